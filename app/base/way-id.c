/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Names that are made, not given. Any thread. */

#include "way-id.h"

#include <string.h>
#include <sys/random.h>

#define POOL_BYTES 512
#define TOKEN_BYTES 32

/* Crockford's base 32: no letters that look like digits, and it sorts like the number it spells. */
static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void
fill_random (guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = getrandom (bytes, length, 0);

      if (n > 0)
        {
          bytes += n;
          length -= n;
        }
    }
}

/* A system call for each id would cost more than the rest of it. */
static void
take_from_pool (guint8 *bytes, gsize length)
{
  static __thread guint8 pool[POOL_BYTES];
  static __thread gsize left;

  if (left < length)
    {
      fill_random (pool, sizeof pool);
      left = sizeof pool;
    }
  left -= length;
  memcpy (bytes, pool + left, length);
}

/**
 * way_id_new_request:
 * @wall_us: when the request arrived
 *
 * Makes "req_" and 26 base 32 characters: 48 bits of milliseconds, then 80 random bits (as a ULID),
 * so ids sort by time.
 */
void
way_id_new_request (gint64 wall_us, char ret_id[WAY_ID_BYTES])
{
  guint64 time_ms = wall_us / 1000;
  guint8 random[10];
  char *at = ret_id + 4;

  take_from_pool (random, sizeof random);
  memcpy (ret_id, "req_", 4);
  for (int shift = 45; shift >= 0; shift -= 5)
    *at++ = base32[(time_ms >> shift) & 31];
  for (int half = 0; half < 2; half++)
    {
      guint64 bits = 0;

      for (int i = 0; i < 5; i++)
        bits = bits << 8 | random[half * 5 + i];
      for (int shift = 35; shift >= 0; shift -= 5)
        *at++ = base32[(bits >> shift) & 31];
    }
  *at = '\0';
}

/**
 * way_id_new_token:
 *
 * Returns: (transfer full): a new app token: "wf_" and 256 random bits in base64url
 */
char *
way_id_new_token (void)
{
  guint8 random[TOKEN_BYTES];
  g_autofree char *base64 = NULL;

  fill_random (random, sizeof random);
  base64 = g_base64_encode (random, sizeof random);
  explicit_bzero (random, sizeof random);
  g_strdelimit (base64, "+", '-');
  g_strdelimit (base64, "/", '_');
  g_strdelimit (base64, "=", '\0');
  return g_strconcat ("wf_", base64, NULL);
}

/**
 * way_id_hash_token:
 *
 * Returns: (transfer full): SHA-256 of @token in lower-case hex. A token has 256 random bits, so a
 *   plain hash is as good as a slow one.
 */
char *
way_id_hash_token (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

/**
 * way_id_equal_constant_time:
 *
 * Returns: whether both are equal, in a time that tells nothing of where they differ, only of their
 *   lengths
 */
gboolean
way_id_equal_constant_time (const char *a, const char *b)
{
  gsize length = strlen (a);
  volatile guint8 difference = 0;

  if (strlen (b) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guint8)(a[i] ^ b[i]);
  return difference == 0;
}
