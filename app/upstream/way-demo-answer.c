/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the demo model says: the last user message, repeated in a friendly frame. A token is a word,
 * in the prompt and in the answer. Any thread. */

#include "way-demo-answer.h"

#include "way-clock.h"
#include "way-dialect.h"
#include "way-id.h"
#include "way-json.h"
#include "way-provider-table.h"

#include <string.h>

#define GREETING "This is Wayfare's built-in demo model. "
#define MAX_ECHO_WORDS 400
#define MODEL_LIST                                                                                 \
  "{\"object\":\"list\",\"data\":[{\"id\":\"demo\",\"object\":\"model\",\"created\":0,"            \
  "\"owned_by\":\"wayfare\"}]}"

/* What the demo reads of a request. */
typedef struct
{
  char *echo; /* of the last user message */
  gint64 n_prompt_words;
  gint64 max_words;
  gboolean is_stream;
  WayReplyHead head;
  char *id;
  char *model;
} Prompt;

static void
prompt_clear (Prompt *prompt)
{
  g_free (prompt->echo);
  g_free (prompt->id);
  g_free (prompt->model);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Prompt, prompt_clear)

static GString *
add_piece (WayDemoAnswer *answer)
{
  GString *piece = g_string_new (NULL);

  g_ptr_array_add (answer->pieces, piece);
  return piece;
}

static void
free_piece (gpointer piece)
{
  g_string_free (piece, TRUE);
}

static void
answer_error (WayDemoAnswer *answer, WayErrorCode code, const char *message)
{
  answer->status = way_error_code_get_status (code);
  way_dialect_openai_chat.encode_error (add_piece (answer), code, answer->status, message);
}

static char **
split_words (const char *text)
{
  g_autofree char *plain = g_strdup (text);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  char *rest = NULL;

  for (char *word = strtok_r (plain, " \t\r\n", &rest); word != NULL;
       word = strtok_r (NULL, " \t\r\n", &rest))
    g_ptr_array_add (words, g_strdup (word));
  g_ptr_array_add (words, NULL);
  return (char **)g_ptr_array_steal (words, NULL);
}

/* A message's text: a string, or the text parts of an array. */
static char *
dup_message_text (JsonObject *message)
{
  const char *plain = way_json_get_string (message, "content");
  JsonArray *parts = way_json_get_array (message, "content");
  g_autoptr (GString) text = g_string_new (plain);

  for (guint i = 0; parts != NULL && i < json_array_get_length (parts); i++)
    {
      JsonNode *node = json_array_get_element (parts, i);
      const char *part = JSON_NODE_HOLDS_OBJECT (node)
                           ? way_json_get_string (json_node_get_object (node), "text")
                           : NULL;
      if (part != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", part);
    }
  return g_strdup (text->str);
}

static void
read_messages (JsonArray *messages, Prompt *prompt)
{
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonNode *node = json_array_get_element (messages, i);
      if (!JSON_NODE_HOLDS_OBJECT (node))
        continue;
      JsonObject *message = json_node_get_object (node);
      g_autofree char *text = dup_message_text (message);
      g_auto (GStrv) words = split_words (text);

      prompt->n_prompt_words += g_strv_length (words);
      if (g_strcmp0 (way_json_get_string (message, "role"), "user") != 0)
        continue;
      g_free (prompt->echo);
      prompt->echo = g_steal_pointer (&text);
    }
}

static gboolean
read_prompt (GBytes *body, Prompt *prompt, GError **error)
{
  gsize length = 0;
  const char *data = body == NULL ? NULL : g_bytes_get_data (body, &length);
  char request_id[WAY_ID_BYTES];
  g_autoptr (JsonNode) node = way_json_parse (data == NULL ? "" : data, length, error);

  if (node == NULL)
    return FALSE;
  JsonObject *root = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray *messages = root == NULL ? NULL : way_json_get_array (root, "messages");
  if (messages == NULL)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "\"messages\" is missing");
      return FALSE;
    }
  read_messages (messages, prompt);
  JsonObject *options = way_json_get_object (root, "stream_options");
  const char *model = way_json_get_string (root, "model");
  gint64 max_tokens = way_json_get_int (root, "max_tokens", 1, G_MAXINT32, G_MAXINT32);
  prompt->max_words = way_json_get_int (root, "max_completion_tokens", 1, G_MAXINT32, max_tokens);
  prompt->is_stream = way_json_get_boolean (root, "stream", FALSE);
  prompt->model = g_strdup (model == NULL ? "demo" : model);
  way_id_new_request (way_clock_get_wall_us (), request_id);
  prompt->id = g_strdup (request_id + strlen ("req_"));
  prompt->head = (WayReplyHead){
    .id = prompt->id,
    .model = prompt->model,
    .created_s = way_clock_get_wall_us () / G_USEC_PER_SEC,
    .wants_usage = options != NULL && way_json_get_boolean (options, "include_usage", FALSE),
  };
  return TRUE;
}

static char *
join_words (char **words, gsize n_words)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < n_words && words[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : " ", words[i]);
  return g_strdup (text->str);
}

static char **
compose_words (const Prompt *prompt)
{
  g_auto (GStrv) echo = split_words (prompt->echo == NULL ? "" : prompt->echo);
  g_autofree char *said = join_words (echo, MAX_ECHO_WORDS);
  g_autofree char *text =
    g_strconcat (GREETING, *said == '\0' ? "You said nothing yet." : "You said: ", said, NULL);

  return split_words (text);
}

static WayDelta
new_delta (WayDeltaType type, const char *text)
{
  return (WayDelta){ .type = type, .text = text, .length = strlen (text), .usage = WAY_USAGE_INIT };
}

static WayDelta
new_finish (WayFinish finish)
{
  WayDelta delta = new_delta (WAY_DELTA_FINISH, "");

  delta.finish = finish;
  return delta;
}

static WayDelta
new_usage (const Prompt *prompt, gint64 n_words)
{
  WayDelta delta = new_delta (WAY_DELTA_USAGE, "");

  delta.usage.input_tokens = prompt->n_prompt_words;
  delta.usage.output_tokens = n_words;
  return delta;
}

static void
answer_stream (
  WayDemoAnswer *answer, const Prompt *prompt, char **words, gint64 n_words, WayFinish finish)
{
  const WayDialect *dialect = &way_dialect_openai_chat;
  WayDelta opening = new_delta (WAY_DELTA_BEGIN, prompt->model);
  WayDelta last[] = { new_finish (finish), new_usage (prompt, n_words),
                      new_delta (WAY_DELTA_END, "") };
  gpointer encoder = dialect->encoder_new (&prompt->head);

  answer->is_stream = TRUE;
  dialect->encode_delta (encoder, add_piece (answer), &opening);
  for (gint64 i = 0; i < n_words; i++)
    {
      g_autofree char *text = g_strconcat (i == 0 ? "" : " ", words[i], NULL);
      WayDelta delta = new_delta (WAY_DELTA_TEXT, text);

      dialect->encode_delta (encoder, add_piece (answer), &delta);
    }
  GString *end = add_piece (answer);
  for (guint i = 0; i < G_N_ELEMENTS (last); i++)
    dialect->encode_delta (encoder, end, &last[i]);
  dialect->encoder_free (encoder);
}

static void
answer_whole (
  WayDemoAnswer *answer, const Prompt *prompt, char **words, gint64 n_words, WayFinish finish)
{
  g_autofree char *text = join_words (words, (gsize)n_words);
  WayDelta deltas[] = { new_delta (WAY_DELTA_TEXT, text), new_finish (finish),
                        new_usage (prompt, n_words) };
  g_autoptr (GArray) reply = g_array_new (FALSE, FALSE, sizeof (WayDelta));

  g_array_append_vals (reply, deltas, G_N_ELEMENTS (deltas));
  way_dialect_openai_chat.encode_reply (add_piece (answer), &prompt->head, reply);
}

static void
answer_chat (WayDemoAnswer *answer, GBytes *body)
{
  g_auto (Prompt) prompt = { 0 };
  g_autoptr (GError) error = NULL;

  if (!read_prompt (body, &prompt, &error))
    {
      answer_error (answer, WAY_ERROR_BAD_REQUEST, error->message);
      return;
    }
  g_auto (GStrv) words = compose_words (&prompt);
  gint64 n_all = g_strv_length (words);
  gint64 n_words = MIN (n_all, prompt.max_words);
  WayFinish finish = n_words < n_all ? WAY_FINISH_LENGTH : WAY_FINISH_STOP;

  if (prompt.is_stream)
    answer_stream (answer, &prompt, words, n_words, finish);
  else
    answer_whole (answer, &prompt, words, n_words, finish);
}

/**
 * way_demo_answer_init:
 * @answer: (out caller-allocates): cleared by way_demo_answer_clear()
 * @path: below the base URL
 * @body: (nullable): of the request
 *
 * Lays out the whole answer to one request. Pure but for the clock and the id.
 */
void
way_demo_answer_init (WayDemoAnswer *answer, const char *method, const char *path, GBytes *body)
{
  const WayKindRow *row = way_kind_row (WAY_KIND_DEMO);

  answer->pieces = g_ptr_array_new_with_free_func (free_piece);
  answer->status = 200;
  answer->is_stream = FALSE;
  if (g_str_equal (path, row->calls[0].path) && g_str_equal (method, "POST"))
    answer_chat (answer, body);
  else if (g_str_equal (path, row->models_path) && g_str_equal (method, "GET"))
    g_string_append (add_piece (answer), MODEL_LIST);
  else
    answer_error (answer, WAY_ERROR_NOT_FOUND, "the demo model only chats and lists itself");
}

/**
 * way_demo_answer_clear:
 *
 * Frees what @answer holds.
 */
void
way_demo_answer_clear (WayDemoAnswer *answer)
{
  g_clear_pointer (&answer->pieces, g_ptr_array_unref);
}
