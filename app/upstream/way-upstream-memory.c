/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* libcurl's memory. It copies request headers, and so keys, into buffers of its own and frees them
 * as they are; these functions wipe what it frees. Receive buffers, which never hold a key, are
 * kept for the next transfers instead: each transfer takes one, and is done with it when it ends.
 */

#include "way-upstream-private.h"

#include <malloc.h>
#include <string.h>

/* With the NUL that libcurl adds. Since libcurl 8.8 one buffer serves all transfers of a multi
 * handle, and none is asked for here. */
#define RECEIVE_BUFFER_BYTES (WAY_UPSTREAM_RECEIVE_BYTES + 1)
#define MAX_SPARE_BUFFERS 64

/* libcurl's strings start with 32 bytes and double; a block that starts larger, and then grows to
 * the largest that malloc() keeps at hand for a thread, saves most moves and their wipes. */
#define FIRST_STRING_BYTES 248
#define SECOND_STRING_BYTES 1024

typedef struct
{
  GHashTable *all;   /* (element-type gpointer): what was given out as a receive buffer */
  GPtrArray *spares; /* (element-type gpointer): those without a transfer */
} ReceiveBuffers;

static void
receive_buffers_free (gpointer data)
{
  ReceiveBuffers *buffers = data;

  g_ptr_array_unref (buffers->spares);
  g_hash_table_unref (buffers->all);
  g_free (buffers);
}

/* Each thread's own: a transfer begins and ends on one. */
static GPrivate receive_buffers = G_PRIVATE_INIT (receive_buffers_free);

static ReceiveBuffers *
ensure_receive_buffers (void)
{
  ReceiveBuffers *buffers = g_private_get (&receive_buffers);

  if (buffers == NULL)
    {
      buffers = g_new0 (ReceiveBuffers, 1);
      buffers->all = g_hash_table_new (NULL, NULL);
      buffers->spares = g_ptr_array_new_full (MAX_SPARE_BUFFERS, free);
      g_private_set (&receive_buffers, buffers);
    }
  return buffers;
}

static void *
allocate (size_t size)
{
  if (size != RECEIVE_BUFFER_BYTES)
    return malloc (size);

  ReceiveBuffers *buffers = ensure_receive_buffers ();
  if (buffers->spares->len > 0)
    return g_ptr_array_steal_index_fast (buffers->spares, buffers->spares->len - 1);
  void *buffer = malloc (size);
  if (buffer != NULL)
    g_hash_table_add (buffers->all, buffer);
  return buffer;
}

static gboolean
take_back_receive_buffer (void *block)
{
  ReceiveBuffers *buffers = g_private_get (&receive_buffers);

  if (buffers == NULL || !g_hash_table_contains (buffers->all, block))
    return FALSE;
  if (buffers->spares->len < MAX_SPARE_BUFFERS)
    g_ptr_array_add (buffers->spares, block);
  else
    {
      g_hash_table_remove (buffers->all, block);
      free (block); /* most of its pages were never touched, and a wipe would bring them in */
    }
  return TRUE;
}

static void
wipe_and_free (void *block)
{
  if (block == NULL)
    return;
  gsize usable_bytes = malloc_usable_size (block);
  if (usable_bytes >= RECEIVE_BUFFER_BYTES && take_back_receive_buffer (block))
    return;
  explicit_bzero (block, usable_bytes);
  free (block);
}

/* realloc() may move a block and leave its old bytes behind. */
static void *
move_and_wipe (void *block, size_t size)
{
  gsize old_size = block == NULL ? 0 : malloc_usable_size (block);

  if (block != NULL && size != 0 && size <= old_size)
    return block;
  void *moved = malloc (MAX (size, block == NULL ? FIRST_STRING_BYTES : SECOND_STRING_BYTES));
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
  CURLcode code = curl_global_init_mem (CURL_GLOBAL_DEFAULT, allocate, wipe_and_free, move_and_wipe,
                                        strdup, calloc);
  g_assert (code == CURLE_OK); /* fails for want of memory alone */
  g_once_init_leave (&is_done, 1);
}
