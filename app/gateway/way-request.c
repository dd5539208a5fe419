/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A request that has been read and admitted, and the answers to it. Gateway thread. */

#include "way-request.h"

#include "way-clock.h"

#include <string.h>

static gboolean
client_keeps_alive (const WayReceived *received)
{
  if (received->version == SOUP_HTTP_1_0)
    return soup_message_headers_header_contains (received->headers, "Connection", "keep-alive");
  return !soup_message_headers_header_contains (received->headers, "Connection", "close");
}

/**
 * way_request_new:
 * @received: with its body, if that has been read
 * @admission: what the guard said
 *
 * Returns: (transfer full): a request
 */
WayRequest *
way_request_new (const WayReceived *received,
                 WayConnection *connection,
                 WaySnapshot *snapshot,
                 const WayAdmission *admission)
{
  WayRequest *self = g_new0 (WayRequest, 1);

  g_ref_count_init (&self->refs);
  self->connection = way_connection_ref (connection);
  self->headers = soup_message_headers_ref (received->headers);
  self->snapshot = way_snapshot_ref (snapshot);
  self->app = admission->app;
  self->method = received->method;
  self->path = g_strdup (admission->path);
  self->query = g_strdup (received->query);
  self->allow_origin = g_strdup (admission->allow_origin);
  self->body = received->body ? g_bytes_ref (received->body) : g_bytes_new (NULL, 0);
  self->dialect = way_dialect_for_target (self->path, self->query);
  self->arrived_us = way_clock_get_monotonic_us ();
  self->arrived_at_us = way_clock_get_wall_us ();
  self->is_control = way_connection_is_control (connection);
  self->keep_alive = client_keeps_alive (received);
  self->chunked = received->version != SOUP_HTTP_1_0;
  return self;
}

WayRequest *
way_request_ref (WayRequest *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

void
way_request_unref (WayRequest *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  way_connection_unref (self->connection);
  soup_message_headers_unref (self->headers);
  way_snapshot_unref (self->snapshot);
  g_free (self->path);
  g_free (self->query);
  g_free (self->allow_origin);
  g_bytes_unref (self->body);
  g_free (self);
}

/**
 * way_request_get_header:
 *
 * Returns: (transfer none) (nullable): the first header of that name
 */
const char *
way_request_get_header (const WayRequest *self, const char *name)
{
  return soup_message_headers_get_one (self->headers, name);
}

/**
 * way_request_dup_query_value:
 *
 * Returns: (transfer full) (nullable): the decoded value of a query parameter
 */
char *
way_request_dup_query_value (const WayRequest *self, const char *name)
{
  g_autoptr (GHashTable) form = self->query ? soup_form_decode (self->query) : NULL;

  return form ? g_strdup (g_hash_table_lookup (form, name)) : NULL;
}

/* Whether a model's name begins at @at: it may have any slashes inside it. */
static gboolean
follows_models (const char *path, const char *at)
{
  static const char segment[] = "/models/";
  gsize length = strlen (segment);

  return at[-1] == '/' && (gsize)(at - path) >= length &&
         memcmp (at - length, segment, length) == 0;
}

/**
 * way_path_tidy:
 * @path: of a request, without its query; changed in place
 *
 * Takes out the slashes that come of joining a base URL and a path: doubled ones, but for those
 * inside a model's name, and those at the end.
 */
void
way_path_tidy (char *path)
{
  char *end = path;
  gboolean in_name = FALSE;

  for (const char *at = path; *at != '\0'; at++)
    {
      if (*at == '/' && end > path && end[-1] == '/' && !in_name)
        continue;
      in_name = in_name || (end > path && *at != '/' && follows_models (path, end));
      *end++ = *at;
    }
  while (end > path + 1 && end[-1] == '/')
    end--;
  *end = '\0';
}

static void
note_header (const char *name, const char *value, gpointer user_data)
{
  WayRequestHead *head = user_data;

  head->n_headers++;
  if (g_ascii_strcasecmp (name, "Referer") == 0 || g_ascii_strcasecmp (name, "Sec-Fetch-Site") == 0)
    head->is_from_page = TRUE;
}

/**
 * way_request_fill_head:
 * @head: (out): strings borrowed from @received
 */
void
way_request_fill_head (const WayReceived *received, gboolean is_control, WayRequestHead *head)
{
  SoupMessageHeaders *headers = received->headers;
  gboolean has_length = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH;

  *head = (WayRequestHead){
    .method = received->method,
    .path = received->path,
    .host = soup_message_headers_get_one (headers, "Host"),
    .origin = soup_message_headers_get_one (headers, "Origin"),
    .content_type = soup_message_headers_get_one (headers, "Content-Type"),
    .authorization = soup_message_headers_get_one (headers, "Authorization"),
    .x_api_key = soup_message_headers_get_one (headers, "x-api-key"),
    .api_key = soup_message_headers_get_one (headers, "api-key"),
    .x_goog_api_key = soup_message_headers_get_one (headers, "x-goog-api-key"),
    .content_length = has_length ? soup_message_headers_get_content_length (headers) : -1,
    .is_control = is_control,
  };
  soup_message_headers_foreach (headers, note_header, head);
}

/* Answers */

/* The date changes once a second; formatting it costs more than the rest of a head. */
static const char *
get_http_date (gint64 wall_us)
{
  static char text[64];
  static gint64 second;
  gint64 now_s = wall_us / G_USEC_PER_SEC;

  if (now_s != second)
    {
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (now_s);
      g_autofree char *formatted = soup_date_time_to_string (date, SOUP_DATE_HTTP);

      g_strlcpy (text, formatted, sizeof text);
      second = now_s;
    }
  return text;
}

/* The usual head of an answer fits without growing. A GString takes the next power of two, and what
 * is larger than 1 KiB costs malloc() a search. */
#define HEAD_BYTES 1000

#define NUMBER_BYTES 20 /* 2^64 - 1 in decimal digits */

/* Writes @number so that it ends before @end, and returns its first digit. Each answer has two
 * numbers and each piece of a stream one; printf() would be a good part of what a piece costs. */
static char *
spell_number (gsize number, guint base, char *end)
{
  do
    *--end = "0123456789abcdef"[number % base];
  while ((number /= base) > 0);
  return end;
}

static void
append_number (GString *head, gsize number)
{
  char digits[NUMBER_BYTES];
  char *end = digits + sizeof digits;
  const char *first = spell_number (number, 10, end);

  g_string_append_len (head, first, end - first);
}

/**
 * way_reply_begin:
 *
 * Returns: (transfer full): the head of an answer, to which headers can be added
 */
GString *
way_reply_begin (const WayRequest *self, guint status)
{
  GString *head = g_string_sized_new (HEAD_BYTES);

  g_string_append (head, "HTTP/1.1 ");
  append_number (head, status);
  g_string_append_c (head, ' ');
  g_string_append (head, soup_status_get_phrase (status));
  g_string_append_len (head, "\r\n", 2);
  way_reply_add_header (head, "Date", get_http_date (way_clock_get_wall_us ()));
  if (self->allow_origin)
    {
      way_reply_add_header (head, "Access-Control-Allow-Origin", self->allow_origin);
      way_reply_add_header (head, "Vary", "Origin");
    }
  return head;
}

/* Appends what a header may hold, as far as it goes. Returns how many bytes that were. */
static gsize
append_plain (GString *head, const char *text)
{
  gsize length = 0;

  while (text[length] >= ' ' && text[length] < 0x7f)
    length++;
  g_string_append_len (head, text, length);
  return length;
}

/**
 * way_reply_add_header:
 * @value: (nullable): no header for NULL; what no header may hold is replaced
 */
void
way_reply_add_header (GString *head, const char *name, const char *value)
{
  const char *at;

  if (!value)
    return;
  g_string_append (head, name);
  g_string_append_len (head, ": ", 2);
  at = value + append_plain (head, value);
  while (*at)
    {
      if (g_str_has_prefix (at, "→"))
        g_string_append (head, "->");
      else if ((*at & 0xc0) != 0x80) /* one mark a character, whatever its length in UTF-8 */
        g_string_append_c (head, '?');
      at++;
      at += append_plain (head, at);
    }
  g_string_append_len (head, "\r\n", 2);
}

/* Who is not told that the connection closes may send the next request into the void; who speaks
 * HTTP/1.0 expects it to, and is told if not (RFC 9112, 9.3). */
static void
add_connection (WayRequest *self, GString *head, gboolean has_end)
{
  gboolean stays = has_end && self->keep_alive && way_connection_may_stay (self->connection);

  if (!stays)
    way_reply_add_header (head, "Connection", "close");
  else if (!self->chunked)
    way_reply_add_header (head, "Connection", "keep-alive");
}

/**
 * way_reply_send:
 * @head: (transfer full): from way_reply_begin()
 *
 * Sends a whole answer in one system call and gives the connection back.
 *
 * Returns: bytes of the body that went out: none for HEAD
 */
gsize
way_reply_send (
  WayRequest *self, GString *head, const char *content_type, const char *body, gsize length)
{
  gboolean has_body = strcmp (self->method, "HEAD") != 0;
  struct iovec parts[2];

  way_reply_add_header (head, "Content-Type", content_type);
  add_connection (self, head, TRUE);
  g_string_append (head, "Content-Length: ");
  append_number (head, length);
  g_string_append_len (head, "\r\n\r\n", 4);
  parts[0] = (struct iovec){ head->str, head->len };
  parts[1] = (struct iovec){ (void *)body, has_body ? length : 0 };
  way_connection_send (self->connection, parts, 2);
  way_connection_end_answer (self->connection, self->keep_alive);
  g_string_free (head, TRUE);
  return has_body ? length : 0;
}

/**
 * way_reply_send_json:
 * @body: (transfer full): JSON text
 */
void
way_reply_send_json (WayRequest *self, guint status, GString *body)
{
  way_reply_send (self, way_reply_begin (self, status), "application/json", body->str, body->len);
  g_string_free (body, TRUE);
}

/* Also of paths where no model is called, such as the lists of models. */
static const WayDialect *
find_error_dialect (WayRequest *self)
{
  static const struct
  {
    const char *prefix;
    const char *dialect;
  } families[] = {
    { "/api/", "ollama" },
    { "/v1beta/", "gemini" },
  };
  const WayDialect *dialect = self->dialect;

  for (gsize i = 0; !dialect && i < G_N_ELEMENTS (families); i++)
    if (g_str_has_prefix (self->path, families[i].prefix))
      dialect = way_dialect_by_name (families[i].dialect);
  if (!dialect && way_request_get_header (self, "anthropic-version"))
    dialect = way_dialect_by_name ("anthropic");
  return dialect ? dialect : &way_dialect_openai_chat;
}

/**
 * way_reply_send_error:
 * @error: in #WAY_ERROR
 *
 * Says @error in the dialect of the path or its family, else in OpenAI's shape.
 */
void
way_reply_send_error (WayRequest *self, const GError *error)
{
  way_reply_send_error_with (self, way_reply_begin (self, way_error_code_get_status (error->code)),
                             error);
}

/**
 * way_reply_send_error_with:
 * @head: (transfer full): of the error's status
 * @error: in #WAY_ERROR
 *
 * Like way_reply_send_error(), with headers of its own.
 */
void
way_reply_send_error_with (WayRequest *self, GString *head, const GError *error)
{
  g_autoptr (GString) body = g_string_new (NULL);

  find_error_dialect (self)->encode_error (body, error->code,
                                           way_error_code_get_status (error->code), error->message);
  way_reply_send (self, head, "application/json", body->str, body->len);
}

/**
 * way_reply_begin_stream:
 * @head: (transfer full): from way_reply_begin()
 *
 * Sends the head of a streamed answer. A client of HTTP/1.0 gets the bytes as they are and sees the
 * end when the connection closes.
 */
void
way_reply_begin_stream (WayRequest *self, GString *head, const char *content_type)
{
  struct iovec part;

  way_reply_add_header (head, "Content-Type", content_type);
  way_reply_add_header (head, "Cache-Control", "no-cache");
  if (self->chunked)
    way_reply_add_header (head, "Transfer-Encoding", "chunked");
  add_connection (self, head, self->chunked);
  g_string_append_len (head, "\r\n", 2);
  part = (struct iovec){ head->str, head->len };
  way_connection_send (self->connection, &part, 1);
  g_string_free (head, TRUE);
}

/**
 * way_reply_send_piece:
 *
 * Sends a piece of a streamed answer as one chunk in one system call.
 */
void
way_reply_send_piece (WayRequest *self, const char *data, gsize length)
{
  char size[NUMBER_BYTES + 2];
  char *end = size + NUMBER_BYTES;
  char *first = spell_number (length, 16, end);
  struct iovec parts[3];

  if (length == 0)
    return; /* an empty chunk is the end */
  memcpy (end, "\r\n", 2);
  parts[0] = (struct iovec){ first, end + 2 - first };
  parts[1] = (struct iovec){ (void *)data, length };
  parts[2] = (struct iovec){ (void *)"\r\n", 2 };
  if (self->chunked)
    way_connection_send (self->connection, parts, 3);
  else
    way_connection_send (self->connection, &parts[1], 1);
}

/**
 * way_reply_end_stream:
 *
 * The clean end of a streamed answer. One that was cut is aborted instead.
 */
void
way_reply_end_stream (WayRequest *self)
{
  struct iovec last = { (void *)"0\r\n\r\n", 5 };

  if (self->chunked)
    way_connection_send (self->connection, &last, 1);
  way_connection_end_answer (self->connection, self->keep_alive && self->chunked);
}
