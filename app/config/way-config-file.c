/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Reading and replacing the config file. Main thread. */

#include "way-config-file.h"

#include "way-error.h"
#include "way-json-scan.h"
#include "way-json.h"
#include "way-limits.h"
#include "way-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE_PRIVATE_FILE 0600
#define MODE_PRIVATE_DIRECTORY 0700
#define LINKS_MAX 40 /* like Linux's own limit */

static gboolean
fail_io (const char *doing, const char *path, int number, GError **error)
{
  g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "%s: %s: %s", path, doing, g_strerror (number));
  return FALSE;
}

static gboolean
check_status (const char *path, int fd, GError **error)
{
  struct stat status;
  if (fstat (fd, &status) != 0)
    return fail_io ("it cannot be read", path, errno, error);
  if (!S_ISREG (status.st_mode))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "%s: it is not a regular file", path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_bounded (const char *path, int fd, GByteArray *content, GError **error)
{
  guint8 buffer[16 * 1024];
  for (;;)
    {
      gssize got = read (fd, buffer, sizeof buffer);
      if (got == 0)
        return TRUE;
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return fail_io ("it cannot be read", path, errno, error);
      if (content->len + (gsize)got > WAY_LIMIT_CONFIG_BYTES)
        {
          g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG, "%s: it is larger than %d bytes", path,
                       WAY_LIMIT_CONFIG_BYTES);
          return FALSE;
        }
      g_byte_array_append (content, buffer, (guint)got);
    }
}

/* Reads the whole file; no file is no failure, and gives NULL. */
gboolean
way_config_file_read (const char *path, GBytes **ret_content, GError **error)
{
  /* O_NONBLOCK: a FIFO in its place must not stop the main thread. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT)
    {
      *ret_content = NULL;
      return TRUE;
    }
  if (fd < 0)
    return fail_io ("it cannot be opened", path, errno, error);

  g_autoptr (GByteArray) content = g_byte_array_new ();
  gboolean done = check_status (path, fd, error) && read_bounded (path, fd, content, error);
  close (fd);
  if (done)
    *ret_content = g_byte_array_free_to_bytes (g_steal_pointer (&content));
  return done;
}

/* An error that begins with the place of a byte as editors count it; @at is the first byte of
 * @data that is not valid, if any is. */
static gboolean
fail_at (const char *path, const char *data, const char *at, const char *what, GError **error)
{
  guint line = 1;
  const char *start = data;
  for (const char *feed; (feed = memchr (start, '\n', (gsize)(at - start))) != NULL; line++)
    start = feed + 1;
  g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG, "%s:%u:%ld: %s", path, line,
               g_utf8_strlen (start, at - start) + 1, what);
  return FALSE;
}

/* What may be meant by a byte that JSON does not have there. */
static const char *
explain_fault (const char *at, const char *data, const char *end)
{
  static const char mark[] = "\xef\xbb\xbf";

  if (at == end)
    return at == data ? "it is empty" : "it ends before all brackets and quotes are closed";
  if (at == data && end - at >= 3 && memcmp (at, mark, 3) == 0)
    return "it begins with a byte order mark, which JSON does not have: save it without";
  if ((guchar)*at >= 0x80)
    return g_utf8_get_char_validated (at, end - at) < 0x110000
             ? "such a character may only be in a string, and a string begins with a straight quote"
             : "this byte is not UTF-8: save the file as UTF-8";
  if (*at == '/' || *at == '#')
    return "JSON has no comments: this one would be lost when Wayfare writes the file";
  if (*at == '\\' || (guchar)*at < 0x20)
    return "in a string a line end is written \\n, a tab \\t, a backslash \\\\";
  if (g_ascii_isdigit (*at) || strchr ("+-.", *at) != NULL)
    return "JSON writes no number so: no 0 and no + comes first, and digits go around a point";
  if (strchr ("\"{[", *at) != NULL)
    return "before this a comma or a colon is missing, or it is nested too deep";
  if (strchr (",:}]", *at) != NULL)
    return "before this something is missing, or a comma is too many";
  return "this is no value: strings are in double quotes, and words are true, false and null";
}

/* The first name that an object of the document has twice, or none. json-glib keeps the last one
 * without a word, and a person would look at the other. Recursion is bounded by the parser's
 * WAY_LIMIT_JSON_DEPTH. */
static WayJsonSpan
find_duplicate (const WayJsonSpan *container)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  WayJsonCursor cursor;
  WayJsonSpan name;
  WayJsonSpan value;

  way_json_scan_begin (&cursor, container);
  while (way_json_scan_next (&cursor, &name, &value))
    {
      gboolean is_container = value.type == WAY_JSON_OBJECT || value.type == WAY_JSON_ARRAY;
      WayJsonSpan inner = is_container ? find_duplicate (&value) : (WayJsonSpan){ 0 };
      if (inner.type != WAY_JSON_NONE)
        return inner;
      g_autofree char *text =
        container->type == WAY_JSON_OBJECT ? way_json_span_dup_string (&name) : NULL;
      if (text != NULL && g_hash_table_contains (names, text))
        return name;
      if (text != NULL)
        g_hash_table_add (names, g_steal_pointer (&text));
    }
  return (WayJsonSpan){ 0 };
}

/* Strict JSON: json-glib lets things pass that would be lost when the file is written, such as
 * comments and the first of two members with one name, and says of others neither what nor where.
 */
static gboolean
check_strict (const char *path, const char *data, gsize length, GError **error)
{
  WayJsonSpan root;
  if (!way_json_scan_document (data, length, &root))
    {
      const char *at = way_json_scan_find_fault (data, length);
      return fail_at (path, data, at, explain_fault (at, data, data + length), error);
    }
  WayJsonSpan duplicate = find_duplicate (&root);
  if (duplicate.type == WAY_JSON_NONE)
    return TRUE;
  g_autofree char *name = way_json_span_dup_string (&duplicate);
  g_autofree char *clipped = way_text_clip (name);
  g_autofree char *what = g_strdup_printf ("an object has two members named \"%s\"", clipped);
  return fail_at (path, data, duplicate.data, what, error);
}

/* The JSON tree, or an error that begins with the path, line and column. */
JsonNode *
way_config_file_parse (const char *path, GBytes *content, GError **error)
{
  gsize length = 0;
  const char *bytes = g_bytes_get_data (content, &length);
  const char *data = bytes == NULL ? "" : bytes;
  if (!check_strict (path, data, length, error))
    return NULL;
  JsonNode *root = way_json_parse (data, length, error);
  if (root == NULL)
    g_prefix_error (error, "%s: ", path);
  return root;
}

/* Where @path leads through symbolic links, also if nothing is there yet. */
char *
way_config_file_resolve (const char *path)
{
  g_autofree char *at = g_canonicalize_filename (path, NULL);
  for (guint i = 0; i < LINKS_MAX; i++)
    {
      g_autofree char *link = g_file_read_link (at, NULL);
      if (link == NULL)
        break;
      g_autofree char *directory = g_path_get_dirname (at);
      g_free (at);
      at = g_canonicalize_filename (link, directory);
    }
  return g_steal_pointer (&at);
}

/* Replaces the file in one step, or leaves it as it was. A symbolic link stays one: its target is
 * replaced. */
gboolean
way_config_file_replace (const char *path, GBytes *content, GError **error)
{
  g_autofree char *target = way_config_file_resolve (path);
  g_autofree char *directory = g_path_get_dirname (target);
  if (g_mkdir_with_parents (directory, MODE_PRIVATE_DIRECTORY) != 0)
    return fail_io ("the directory cannot be made", directory, errno, error);

  gsize length = 0;
  const char *data = g_bytes_get_data (content, &length);
  g_autoptr (GError) failure = NULL;
  /* CONSISTENT writes a temporary file beside it, and renames; DURABLE syncs file and directory. */
  if (g_file_set_contents_full (target, data, (gssize)length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                MODE_PRIVATE_FILE, &failure))
    return TRUE;
  g_set_error (error, WAY_ERROR, WAY_ERROR_IO,
               "%s: it cannot be written, and was left as it is: %s", path, failure->message);
  return FALSE;
}
