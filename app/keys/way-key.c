/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A secret in memory. The value lies alone in anonymous pages of its own, so that locking, leaving
 * out of core dumps and wiping concern nothing else. Any thread: the count is atomic and the value
 * never changes. */

#include "way-key.h"

#include "way-limits.h"
#include "way-log.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* A shorter secret would give too much of itself away by four characters. */
#define HINT_MIN_LENGTH 12
#define HINT_LENGTH 4

struct _WayKey
{
  gatomicrefcount refs;
  gsize mapping_bytes;
  /* owned */
  char *value; /* start of the mapping */
};

static gsize
trimmed_length (const char *value, gsize length)
{
  while (length > 0 && (value[length - 1] == '\n' || value[length - 1] == '\r'))
    length--;
  return length;
}

static gboolean
check_value (const char *value, gsize length, GError **error)
{
  if (length > WAY_LIMIT_KEY_BYTES)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_REQUEST_TOO_LARGE,
                   "the key has %" G_GSIZE_FORMAT " bytes, but at most %d are taken", length,
                   WAY_LIMIT_KEY_BYTES);
      return FALSE;
    }

  gboolean blank = TRUE;
  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar)value[i];
      if (c < 0x20 || c > 0x7e)
        {
          g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                       "the key has a line break, control character or non-ASCII character at "
                       "position %" G_GSIZE_FORMAT ", which no HTTP header can carry; "
                       "copy it again without anything around it",
                       i + 1);
          return FALSE;
        }
      blank = blank && c == ' ';
    }
  if (blank)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "the key is empty");
      return FALSE;
    }
  return TRUE;
}

static void
lock_pages (char *pages, gsize size)
{
  static gsize told = 0;

  if (mlock (pages, size) != 0 && g_once_init_enter (&told))
    {
      way_log_debug ("keys may be paged out: RLIMIT_MEMLOCK allows no more locked memory");
      g_once_init_leave (&told, 1);
    }
  /* Both are hints a foreign kernel may not know; what remains is still a private mapping. */
  if (madvise (pages, size, MADV_DONTDUMP) != 0)
    way_log_debug ("keys are not left out of core dumps: the kernel refused MADV_DONTDUMP");
  if (madvise (pages, size, MADV_WIPEONFORK) != 0)
    way_log_debug ("keys are not wiped in child processes: the kernel refused MADV_WIPEONFORK");
}

/* Who sends a key copies it for a moment into memory of another kind: a library's buffers, or its
 * cipher's. So a process that has keys leaves no core file at all. Only the soft limit goes, and
 * who looks for a crash can raise it again. */
static void
forbid_core_files (void)
{
  static gsize is_done = 0;
  struct rlimit limit;

  if (!g_once_init_enter (&is_done))
    return;
  if (getrlimit (RLIMIT_CORE, &limit) == 0)
    {
      limit.rlim_cur = 0;
      setrlimit (RLIMIT_CORE, &limit);
    }
  g_once_init_leave (&is_done, 1);
}

/* A key of the bytes of @prefix and those of @value. */
static WayKey *
lay_out (const char *prefix, const char *value, gsize length, GError **error)
{
  gsize prefix_length = strlen (prefix);
  gsize page = (gsize)sysconf (_SC_PAGESIZE);
  gsize size = (prefix_length + length + 1 + page - 1) / page * page;
  char *pages = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_IO, "no memory is left to keep the key in");
      return NULL;
    }
  forbid_core_files ();
  lock_pages (pages, size);
  memcpy (pages, prefix, prefix_length);
  memcpy (pages + prefix_length, value, length);
  mprotect (pages, size, PROT_READ);

  WayKey *key = g_new0 (WayKey, 1);
  g_atomic_ref_count_init (&key->refs);
  key->value = pages;
  key->mapping_bytes = size;
  return key;
}

/**
 * way_key_new:
 * @value: (array length=length): the secret; need not be terminated
 * @length: bytes of @value
 * @error: return location for an error
 *
 * Copies a secret into memory of its own: locked as far as RLIMIT_MEMLOCK allows, left out of core
 * dumps, wiped in a forked child and when the last reference goes. From the first key on the
 * process leaves no core file (its soft RLIMIT_CORE is 0). Line ends at the end of @value,
 * which files and standard input bring along, are not part of the key. The caller wipes @value.
 *
 * Any thread. Errors: %WAY_ERROR_BAD_REQUEST for an empty value or one that fits no HTTP header,
 * %WAY_ERROR_REQUEST_TOO_LARGE beyond %WAY_LIMIT_KEY_BYTES, %WAY_ERROR_IO without memory. No
 * message quotes the value.
 *
 * Returns: (transfer full) (nullable): the key, or %NULL with @error set
 */
WayKey *
way_key_new (const char *value, gsize length, GError **error)
{
  g_return_val_if_fail (value != NULL || length == 0, NULL);

  length = trimmed_length (value, length);
  if (!check_value (value, length, error))
    return NULL;
  return lay_out ("", value, length, error);
}

/**
 * way_key_new_header:
 * @name_and_scheme: what comes before the key: "Authorization: Bearer "
 * @key: a key
 * @error: return location for an error
 *
 * The header that carries @key, as a key of its own: a request that waits for its answer needs no
 * copy of it in memory that a core dump would have. Any thread. Errors: %WAY_ERROR_IO without
 * memory.
 *
 * Returns: (transfer full) (nullable): the header, or %NULL with @error set
 */
WayKey *
way_key_new_header (const char *name_and_scheme, const WayKey *key, GError **error)
{
  g_return_val_if_fail (name_and_scheme != NULL && key != NULL, NULL);

  return lay_out (name_and_scheme, key->value, strlen (key->value), error);
}

/**
 * way_key_ref:
 * @key: a key
 *
 * Any thread.
 *
 * Returns: (transfer full): @key
 */
WayKey *
way_key_ref (WayKey *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  g_atomic_ref_count_inc (&key->refs);
  return key;
}

/**
 * way_key_unref:
 * @key: (transfer full): a key
 *
 * Gives a reference back; with the last one the value is overwritten and its pages are returned to
 * the system. Any thread.
 */
void
way_key_unref (WayKey *key)
{
  g_return_if_fail (key != NULL);

  if (!g_atomic_ref_count_dec (&key->refs))
    return;

  mprotect (key->value, key->mapping_bytes, PROT_READ | PROT_WRITE);
  explicit_bzero (key->value, key->mapping_bytes);
  munmap (key->value, key->mapping_bytes);
  g_free (key);
}

/**
 * way_key_reveal:
 * @key: a key
 *
 * The value itself. It may be sent as one header of one upstream request, or handed to the keyring;
 * it may not be copied to memory that outlives that, logged, or put into a message. In a forked
 * child it is empty. Any thread.
 *
 * Returns: (transfer none): printable ASCII, valid as long as @key
 */
const char *
way_key_reveal (const WayKey *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  return key->value;
}

/**
 * way_key_dup_hint:
 * @key: a key
 *
 * What may be shown so that a person can tell keys apart: "…" and the last four characters, or only
 * "…" for a key of fewer than twelve. Any thread.
 *
 * Returns: (transfer full): UTF-8
 */
char *
way_key_dup_hint (const WayKey *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  gsize length = strlen (key->value);
  const char *tail = length < HINT_MIN_LENGTH ? "" : key->value + length - HINT_LENGTH;
  return g_strconcat ("…", tail, NULL);
}
