/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A cursor over JSON bytes that allocates nothing: finds members where they lie, so that a request
 * can be read, and one member replaced, without re-spelling the rest. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WAY_JSON_NONE, /* absent, or the end */
  WAY_JSON_NULL,
  WAY_JSON_FALSE,
  WAY_JSON_TRUE,
  WAY_JSON_NUMBER,
  WAY_JSON_STRING, /* span includes the quotes */
  WAY_JSON_OBJECT,
  WAY_JSON_ARRAY,
} WayJsonType;

/* Bytes of somebody else's buffer: borrowed, valid as long as that buffer. */
typedef struct
{
  const char *data;
  gsize length;
  WayJsonType type;
  gboolean is_repeated; /* by way_json_collect(): the object has several members of that name */
} WayJsonSpan;

/* A member somebody looks for and where its value goes. */
typedef struct
{
  const char *name;
  WayJsonSpan *ret_value;
} WayJsonMember;

/* Finds several members in one walk: { "name", &span }, … */
#define WAY_JSON_COLLECT(object, ...)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const WayJsonMember collected[] = { __VA_ARGS__ };                                             \
    way_json_collect ((object), collected, G_N_ELEMENTS (collected));                              \
  }                                                                                                \
  G_STMT_END

/* Where an iteration stands; start it with way_json_scan_begin(). */
typedef struct
{
  const char *at;
  const char *end;
  gboolean is_object;
  gboolean started;
} WayJsonCursor;

gboolean way_json_scan_document (const char *data, gsize length, WayJsonSpan *ret_root);
const char *way_json_scan_find_fault (const char *data, gsize length);
WayJsonSpan way_json_scan_root (const char *data, gsize length);
void way_json_scan_begin (WayJsonCursor *cursor, const WayJsonSpan *container);
gboolean way_json_scan_next (WayJsonCursor *cursor, WayJsonSpan *ret_name, WayJsonSpan *ret_value);
WayJsonSpan way_json_scan_member (const WayJsonSpan *object, const char *name);

void way_json_collect (const WayJsonSpan *object, const WayJsonMember *members, gsize n_members);

gboolean way_json_span_is (const WayJsonSpan *string, const char *text);
char *way_json_span_dup_string (const WayJsonSpan *string);
void way_json_span_append_string (const WayJsonSpan *string, GString *text);
gboolean way_json_span_get_int (const WayJsonSpan *number,
                                gint64 minimum,
                                gint64 maximum,
                                gint64 *ret_value);
gboolean
way_json_span_get_decimal (const WayJsonSpan *number, guint fraction_digits, gint64 *ret_value);

G_END_DECLS
