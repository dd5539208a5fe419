/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A record as bytes and back: for the same program on the same machine, as a file that outlives a
 * process but not an update. Any thread. */

#include "way-record-bytes.h"

#include "way-record-private.h"

#include <string.h>

/* Before each string stands its length; this one stands for no string. */
#define NO_STRING G_MAXUINT32

static void
append_string (GByteArray *bytes, const char *string)
{
  guint32 length = string ? (guint32)strlen (string) : NO_STRING;

  g_byte_array_append (bytes, (const guint8 *)&length, sizeof length);
  if (string)
    g_byte_array_append (bytes, (const guint8 *)string, length);
}

static void
append_strings (GByteArray *bytes, gconstpointer data, const gsize *offsets, gsize n_offsets)
{
  for (gsize i = 0; i < n_offsets; i++)
    append_string (bytes, G_STRUCT_MEMBER (const char *, data, offsets[i]));
}

/**
 * way_record_append_bytes:
 *
 * Appends all of @record to @bytes.
 */
void
way_record_append_bytes (const WayRecord *record, GByteArray *bytes)
{
  append_string (bytes, record->id);
  append_strings (bytes, record, way_record_strings, WAY_RECORD_N_STRINGS);
  g_byte_array_append (bytes, (const guint8 *)record + WAY_RECORD_PLAIN_OFFSET,
                       WAY_RECORD_PLAIN_BYTES);
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const guint8 *attempt = record->attempts->pdata[i];

      append_strings (bytes, attempt, way_attempt_strings, WAY_ATTEMPT_N_STRINGS);
      g_byte_array_append (bytes, attempt + WAY_ATTEMPT_PLAIN_OFFSET, WAY_ATTEMPT_PLAIN_BYTES);
    }
}

/* What is left to read; @at is NULL once something was not as it should be. */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Reader;

static const guint8 *
take (Reader *reader, gsize length)
{
  const guint8 *taken = reader->at;

  if (!taken || (gsize)(reader->end - taken) < length)
    {
      reader->at = NULL;
      return NULL;
    }
  reader->at += length;
  return taken;
}

static void
take_plain (Reader *reader, gpointer data, gsize offset, gsize length)
{
  const guint8 *plain = take (reader, length);

  if (plain)
    memcpy ((guint8 *)data + offset, plain, length);
}

static char *
take_string (Reader *reader)
{
  guint32 length = NO_STRING;
  const guint8 *text;

  take_plain (reader, &length, 0, sizeof length);
  text = length == NO_STRING ? NULL : take (reader, length);
  return text ? g_strndup ((const char *)text, length) : NULL;
}

static void
take_strings (Reader *reader, gpointer data, const gsize *offsets, gsize n_offsets)
{
  for (gsize i = 0; i < n_offsets; i++)
    {
      char **string = G_STRUCT_MEMBER_P (data, offsets[i]);

      g_free (*string);
      *string = take_string (reader);
    }
}

/**
 * way_record_new_from_bytes:
 * @data: what way_record_append_bytes() appended, all of it
 *
 * Returns: (transfer full) (nullable): the record, %NULL for bytes that are none
 */
WayRecord *
way_record_new_from_bytes (const guint8 *data, gsize length)
{
  Reader reader = { data, data + length };
  g_autofree char *id = take_string (&reader);
  g_autoptr (WayRecord) record = way_record_new (id ? id : "", "", 0);

  take_strings (&reader, record, way_record_strings, WAY_RECORD_N_STRINGS);
  take_plain (&reader, record, WAY_RECORD_PLAIN_OFFSET, WAY_RECORD_PLAIN_BYTES);
  while (reader.at && reader.at < reader.end)
    {
      WayAttempt *attempt = way_record_add_attempt (record, NULL, NULL, WAY_LOCALITY_LOCAL);

      take_strings (&reader, attempt, way_attempt_strings, WAY_ATTEMPT_N_STRINGS);
      take_plain (&reader, attempt, WAY_ATTEMPT_PLAIN_OFFSET, WAY_ATTEMPT_PLAIN_BYTES);
    }
  return reader.at && id && record->path ? g_steal_pointer (&record) : NULL;
}
