/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A strict view of a JSON tree: every getter checks type and range, and what is wrong is collected
 * with its JSON path instead of ending the reading, so that one run tells all. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WayReader:
 * @faults: (element-type utf8): what makes the file unusable
 * @warnings: (element-type utf8): what is read over
 * @path: where the reading stands, e.g. "routes[1].targets[0]"; empty at the root
 */
typedef struct
{
  GPtrArray *faults;   /* borrowed */
  GPtrArray *warnings; /* borrowed */
  GString *path;       /* owned */
} WayReader;

typedef enum
{
  WAY_READER_OPTIONAL,
  WAY_READER_REQUIRED,
} WayReaderNeed;

void way_reader_init (WayReader *reader, GPtrArray *faults, GPtrArray *warnings);
void way_reader_clear (WayReader *reader);

gsize way_reader_enter (WayReader *reader, const char *member);
gsize way_reader_enter_element (WayReader *reader, guint index);
void way_reader_leave (WayReader *reader, gsize mark);

void way_reader_fault (WayReader *reader, const char *member, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
void way_reader_warn (WayReader *reader, const char *member, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

const char *
way_reader_get_string (WayReader *reader, JsonObject *object, const char *name, WayReaderNeed need);
gboolean way_reader_get_boolean (WayReader *reader,
                                 JsonObject *object,
                                 const char *name,
                                 gboolean *ret_value);
gboolean way_reader_get_int (WayReader *reader,
                             JsonObject *object,
                             const char *name,
                             gint64 minimum,
                             gint64 maximum,
                             gint64 *ret_value);
gboolean way_reader_get_decimal (
  WayReader *reader, JsonObject *object, const char *name, gint64 maximum, gint64 *ret_ppm);
gboolean way_reader_get_choice (WayReader *reader,
                                JsonObject *object,
                                const char *name,
                                const char *const *choices,
                                guint *ret_index);
char **way_reader_dup_strings (WayReader *reader,
                               JsonObject *object,
                               const char *name,
                               const char *const *choices);
JsonObject *way_reader_get_object (WayReader *reader, JsonObject *object, const char *name);
JsonArray *way_reader_get_array (WayReader *reader, JsonObject *object, const char *name);
JsonObject *way_reader_get_element (WayReader *reader, JsonArray *array, guint index);

void way_reader_check_members (WayReader *reader,
                               JsonObject *object,
                               const char *const *known,
                               const char *secret_advice);

char *way_text_clip (const char *text);
char *way_text_suggest (const char *word, const char *const *candidates);

G_END_DECLS
