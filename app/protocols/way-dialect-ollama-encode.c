/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → answers as Ollama gives them, streamed line by line or whole, and errors in its shape.
 * Pure. */

#include "way-dialect-ollama-private.h"

#include "way-json.h"
#include "way-signature.h"

#include <string.h>

/* A tool call, whose arguments may come in crumbs. */
typedef struct
{
  guint number;
  char *id;
  char *name;
  char *signature;
  GString *arguments;
} Call;

/* One answer. Ollama knows one choice. */
typedef struct
{
  const WayReplyHead *head; /* borrowed */
  gboolean is_generate;     /* "response" instead of a message */
  char *created_at;         /* owned: RFC 3339 */
  GPtrArray *calls;         /* owned: (element-type Call): told once they are whole */
  WayUsage usage;
  WayFinish finish;
  gboolean is_finished;
} Encoder;

/* What one line says. */
typedef struct
{
  const char *content;
  gsize content_length;
  const char *thinking;
  gsize thinking_length;
  const char *logprobs;
  gboolean has_calls;
} Words;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->id);
  g_free (call->name);
  g_free (call->signature);
  g_string_free (call->arguments, TRUE);
  g_free (call);
}

static Encoder *
encoder_new (const WayReplyHead *head, gboolean is_generate)
{
  g_autoptr (GDateTime) created = g_date_time_new_from_unix_utc (head->created_s);
  Encoder *encoder = g_new0 (Encoder, 1);

  encoder->head = head;
  encoder->is_generate = is_generate;
  encoder->created_at = g_date_time_format (created, "%Y-%m-%dT%H:%M:%S.000000Z");
  encoder->calls = g_ptr_array_new_with_free_func (call_free);
  encoder->usage = WAY_USAGE_INIT;
  return encoder;
}

gpointer
way_ollama_chat_encoder_new (const WayReplyHead *head)
{
  return encoder_new (head, FALSE);
}

gpointer
way_ollama_generate_encoder_new (const WayReplyHead *head)
{
  return encoder_new (head, TRUE);
}

void
way_ollama_encoder_free (gpointer data)
{
  Encoder *encoder = data;

  g_free (encoder->created_at);
  g_ptr_array_unref (encoder->calls);
  g_free (encoder);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Encoder, way_ollama_encoder_free)

/* Tool calls */

static Call *
find_call (Encoder *encoder, guint number)
{
  Call *call;

  for (guint i = encoder->calls->len; i > 0; i--)
    {
      call = encoder->calls->pdata[i - 1];
      if (call->number == number)
        return call;
    }
  call = g_new0 (Call, 1);
  call->number = number;
  call->arguments = g_string_new (NULL);
  g_ptr_array_add (encoder->calls, call);
  return call;
}

static void
take_text (char **member, const char *text)
{
  if (text == NULL)
    return;
  g_free (*member);
  *member = g_strdup (text);
}

static void
add_call (Encoder *encoder, const WayDelta *delta)
{
  Call *call = find_call (encoder, delta->tool);

  take_text (&call->id, delta->tool_id);
  take_text (&call->name, delta->tool_name);
  take_text (&call->signature, delta->signature);
  if (delta->text != NULL)
    g_string_append_len (call->arguments, delta->text, (gssize)delta->length);
}

static void
append_call (GString *out, const Encoder *encoder, const Call *call, guint index)
{
  g_string_append_c (out, '{');
  if (call->id != NULL)
    {
      g_autoptr (GString) id = g_string_new (NULL);

      way_tool_id_append (id, call->id, call->signature, encoder->head->back);
      g_string_append (out, "\"id\":");
      way_json_append_string (out, id->str);
      g_string_append_c (out, ',');
    }
  g_string_append_printf (out, "\"function\":{\"index\":%u,\"name\":", index);
  way_json_append_string (out, call->name != NULL ? call->name : "");
  g_string_append (out, ",\"arguments\":");
  way_tool_append_arguments (out, call->arguments->str, call->arguments->len);
  g_string_append (out, "}}");
}

static void
append_calls (GString *out, const Encoder *encoder)
{
  for (guint i = 0; i < encoder->calls->len; i++)
    {
      g_string_append (out, i == 0 ? ",\"tool_calls\":[" : ",");
      append_call (out, encoder, encoder->calls->pdata[i], i);
    }
  if (encoder->calls->len > 0)
    g_string_append_c (out, ']');
}

/* Lines */

static void
append_line (GString *out, const Encoder *encoder, const Words *words)
{
  g_string_append (out, "{\"model\":");
  way_json_append_string (out, encoder->head->model);
  g_string_append_printf (out, ",\"created_at\":\"%s\"", encoder->created_at);
  g_string_append (out, encoder->is_generate ? ",\"response\":"
                                             : ",\"message\":{\"role\":\"assistant\",\"content\":");
  way_json_append_string_len (out, words->content != NULL ? words->content : "",
                              words->content_length);
  if (words->thinking_length > 0)
    {
      g_string_append (out, ",\"thinking\":");
      way_json_append_string_len (out, words->thinking, words->thinking_length);
    }
  if (words->has_calls)
    append_calls (out, encoder);
  if (!encoder->is_generate)
    g_string_append_c (out, '}');
  if (words->logprobs != NULL)
    g_string_append_printf (out, ",\"logprobs\":%s", words->logprobs);
}

static void
append_running_line (GString *out, const Encoder *encoder, const Words *words)
{
  append_line (out, encoder, words);
  g_string_append (out, ",\"done\":false}\n");
}

/* A request without turns asks for the model to be loaded, and is answered so. */
static const char *
get_done_reason (const Encoder *encoder)
{
  const WayChat *chat = encoder->head->chat;

  switch (encoder->finish)
    {
    case WAY_FINISH_LENGTH:
    case WAY_FINISH_CONTEXT:
      return "length";
    case WAY_FINISH_OTHER:
      return chat != NULL && chat->turns->len == 0 ? "load" : "stop";
    case WAY_FINISH_STOP:
    case WAY_FINISH_STOP_SEQUENCE:
    case WAY_FINISH_TOOL_CALLS:
    case WAY_FINISH_REFUSAL:
    case WAY_FINISH_PAUSE:
      return "stop";
    }
  g_return_val_if_reached ("stop");
}

static void
append_count (GString *out, const char *name, gint64 count)
{
  if (count != WAY_UNKNOWN)
    g_string_append_printf (out, ",\"%s\":%" G_GINT64_FORMAT, name, count);
}

/* How long the model took nobody told, so the durations are left out as Ollama leaves out what it
 * did not measure. */
static void
append_last_line (GString *out, const Encoder *encoder, const Words *words)
{
  append_line (out, encoder, words);
  g_string_append_printf (out, ",\"done\":true,\"done_reason\":\"%s\"", get_done_reason (encoder));
  append_count (out, "prompt_eval_count", way_usage_get_prompt_tokens (&encoder->usage));
  append_count (out, "eval_count", encoder->usage.output_tokens);
  g_string_append_c (out, '}');
}

static void
take_finish (Encoder *encoder, WayFinish finish)
{
  if (!encoder->is_finished)
    encoder->finish = finish;
  encoder->is_finished = TRUE;
}

/* Calls are told together when no crumb can come any more. */
static void
flush_calls (Encoder *encoder, GString *out)
{
  if (encoder->calls->len == 0)
    return;
  append_running_line (out, encoder, &(Words){ .has_calls = TRUE });
  g_ptr_array_set_size (encoder->calls, 0);
}

static void
encode_end (Encoder *encoder, GString *out)
{
  flush_calls (encoder, out);
  append_last_line (out, encoder, &(Words){ 0 });
  g_string_append_c (out, '\n');
}

void
way_ollama_encode_delta (gpointer data, GString *out, const WayDelta *delta)
{
  Encoder *encoder = data;
  Words words = { 0 };

  if (delta->choice > 0)
    return;
  switch (delta->type)
    {
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REFUSAL: /* Ollama has no other place for it */
      words.content = delta->text;
      words.content_length = delta->length;
      words.logprobs = delta->logprobs;
      append_running_line (out, encoder, &words);
      return;
    case WAY_DELTA_REASONING:
      words.thinking = delta->text;
      words.thinking_length = delta->length;
      append_running_line (out, encoder, &words);
      return;
    case WAY_DELTA_TOOL_CALL:
      add_call (encoder, delta);
      return;
    case WAY_DELTA_FINISH:
      flush_calls (encoder, out);
      take_finish (encoder, delta->finish);
      return;
    case WAY_DELTA_USAGE:
      way_usage_merge (&encoder->usage, &delta->usage);
      return;
    case WAY_DELTA_ERROR:
      way_ollama_encode_stream_error (out, WAY_ERROR_UPSTREAM, delta->text);
      return;
    case WAY_DELTA_END:
      encode_end (encoder, out);
      return;
    case WAY_DELTA_BEGIN:
    case WAY_DELTA_SIGNATURE:
      return;
    }
  g_assert_not_reached ();
}

/* Whole answers */

typedef struct
{
  GString *content;
  GString *thinking;
  const char *logprobs;
} Joined;

static void
join_delta (Encoder *encoder, Joined *joined, const WayDelta *delta)
{
  switch (delta->type)
    {
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REFUSAL:
      g_string_append_len (joined->content, delta->text, (gssize)delta->length);
      if (joined->logprobs == NULL)
        joined->logprobs = delta->logprobs;
      return;
    case WAY_DELTA_REASONING:
      g_string_append_len (joined->thinking, delta->text, (gssize)delta->length);
      return;
    case WAY_DELTA_TOOL_CALL:
      add_call (encoder, delta);
      return;
    case WAY_DELTA_FINISH:
      take_finish (encoder, delta->finish);
      return;
    case WAY_DELTA_USAGE:
      way_usage_merge (&encoder->usage, &delta->usage);
      return;
    case WAY_DELTA_BEGIN:
    case WAY_DELTA_SIGNATURE:
    case WAY_DELTA_ERROR:
    case WAY_DELTA_END:
      return;
    }
  g_assert_not_reached ();
}

static void
encode_reply (GString *out, const WayReplyHead *head, GArray *deltas, gboolean is_generate)
{
  g_autoptr (Encoder) encoder = encoder_new (head, is_generate);
  g_autoptr (GString) content = g_string_new (NULL);
  g_autoptr (GString) thinking = g_string_new (NULL);
  Joined joined = { content, thinking, NULL };
  Words words = { .has_calls = TRUE };

  for (guint i = 0; i < deltas->len; i++)
    if (g_array_index (deltas, WayDelta, i).choice == 0)
      join_delta (encoder, &joined, &g_array_index (deltas, WayDelta, i));
  words.content = content->str;
  words.content_length = content->len;
  words.thinking = thinking->str;
  words.thinking_length = thinking->len;
  words.logprobs = joined.logprobs;
  append_last_line (out, encoder, &words);
}

void
way_ollama_encode_chat_reply (GString *out, const WayReplyHead *head, GArray *deltas)
{
  encode_reply (out, head, deltas, FALSE);
}

void
way_ollama_encode_generate_reply (GString *out, const WayReplyHead *head, GArray *deltas)
{
  encode_reply (out, head, deltas, TRUE);
}

/* Ollama's errors are a text; the code is Wayfare's own and beside it. */
void
way_ollama_encode_error (GString *out, WayErrorCode code, guint status, const char *message)
{
  g_string_append (out, "{\"error\":");
  way_json_append_string (out, message);
  g_string_append_printf (out, ",\"code\":\"%s\"}", way_error_code_get_name (code));
}

void
way_ollama_encode_stream_error (GString *out, WayErrorCode code, const char *message)
{
  way_ollama_encode_error (out, code, way_error_code_get_status (code), message);
  g_string_append_c (out, '\n');
}
