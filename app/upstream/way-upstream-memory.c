/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* libcurl's memory. It copies request headers, and so keys, into buffers of its own and frees them
 * as they are; these functions wipe what it frees. */

#include "way-upstream-private.h"

#include <malloc.h>
#include <string.h>

static void
wipe_and_free (void *block)
{
  if (block == NULL)
    return;
  explicit_bzero (block, malloc_usable_size (block));
  free (block);
}

/* realloc() may move a block and leave its old bytes behind. */
static void *
move_and_wipe (void *block, size_t size)
{
  gsize old_size = block == NULL ? 0 : malloc_usable_size (block);

  if (block != NULL && size != 0 && size <= old_size)
    return block;
  void *moved = malloc (size);
  if (moved == NULL || block == NULL)
    return moved;
  memcpy (moved, block, MIN (old_size, size));
  wipe_and_free (block);
  return moved;
}

/**
 * way_upstream_init_curl:
 *
 * Initialises libcurl, once in the life of the process, with allocations that are wiped when they
 * are freed. Where another library was first, its memory functions stay.
 */
void
way_upstream_init_curl (void)
{
  static gsize is_done = 0;

  if (!g_once_init_enter (&is_done))
    return;
  CURLcode code = curl_global_init_mem (CURL_GLOBAL_DEFAULT, malloc, wipe_and_free, move_and_wipe,
                                        strdup, calloc);
  g_assert (code == CURLE_OK); /* fails for want of memory alone */
  g_once_init_leave (&is_done, 1);
}
