/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Request ids on disk: the 26 characters after "req_" are base 32 of 128 bits, so 16 bytes hold
 * what the text needs 30 for, twice a request (in the table and in its index). Pure. */

#include "way-ledger-private.h"

#include <string.h>

#define PREFIX "req_"
#define CHARACTERS 26

/* Crockford's base 32: no I, L, O, U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* FALSE when @id is not of the usual form and can only be kept as the text it is. */
gboolean
way_ledger_id_pack (const char *id, guint8 ret_bytes[WAY_LEDGER_ID_BYTES])
{
  if (!g_str_has_prefix (id, PREFIX) || strlen (id) != strlen (PREFIX) + CHARACTERS)
    return FALSE;

  unsigned __int128 value = 0;
  const char *digits = id + strlen (PREFIX);
  for (guint i = 0; i < CHARACTERS; i++)
    {
      const char *digit = strchr (alphabet, digits[i]);
      /* 26 digits are 130 bits: the first may use only three of its five. */
      if (!digit || (i == 0 && digit - alphabet > 7))
        return FALSE;
      value = value << 5 | (unsigned)(digit - alphabet);
    }
  for (guint i = 0; i < WAY_LEDGER_ID_BYTES; i++)
    ret_bytes[i] = (guint8)(value >> (8 * (WAY_LEDGER_ID_BYTES - 1 - i)));
  return TRUE;
}

/* The wall clock in the id's first 48 bits (milliseconds, as a ULID), or WAY_UNKNOWN. */
gint64
way_ledger_id_get_time_us (const char *id)
{
  guint8 bytes[WAY_LEDGER_ID_BYTES];
  if (!way_ledger_id_pack (id, bytes))
    return WAY_UNKNOWN;
  gint64 time_ms = 0;
  for (guint i = 0; i < 6; i++)
    time_ms = time_ms << 8 | bytes[i];
  return time_ms * 1000;
}

/* (transfer full): the id that was packed into @bytes. */
char *
way_ledger_id_unpack (const guint8 bytes[WAY_LEDGER_ID_BYTES])
{
  unsigned __int128 value = 0;
  for (guint i = 0; i < WAY_LEDGER_ID_BYTES; i++)
    value = value << 8 | bytes[i];

  char digits[CHARACTERS + 1] = { 0 };
  for (guint i = 0; i < CHARACTERS; i++)
    digits[i] = alphabet[(guint)(value >> (5 * (CHARACTERS - 1 - i))) & 31];
  return g_strconcat (PREFIX, digits, NULL);
}
