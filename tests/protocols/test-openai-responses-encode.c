/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → the events and responses of OpenAI's Responses API: their order, their numbers, and what
 * the official SDKs want in them. */

#include "delta-text.h"
#include "way-dialect.h"
#include "way-message.h"
#include "way-sse.h"

#include <string.h>

#define FACE (&way_dialect_openai_responses)

static const WayReplyHead head = { .id = "1", .model = "m", .created_s = 7, .back = "anthropic" };

#define TEXT(words)                                                                                \
  {                                                                                                \
    .type = WAY_DELTA_TEXT, .text = words, .length = sizeof (words) - 1                            \
  }
#define THOUGHT(words)                                                                             \
  {                                                                                                \
    .type = WAY_DELTA_REASONING, .text = words, .length = sizeof (words) - 1                       \
  }
#define SIGNED(words)                                                                              \
  {                                                                                                \
    .type = WAY_DELTA_SIGNATURE, .text = words, .length = sizeof (words) - 1                       \
  }
#define REFUSAL(words)                                                                             \
  {                                                                                                \
    .type = WAY_DELTA_REFUSAL, .text = words, .length = sizeof (words) - 1                         \
  }
#define CALL(number, id, name)                                                                     \
  {                                                                                                \
    .type = WAY_DELTA_TOOL_CALL, .tool = number, .text = "", .tool_id = id, .tool_name = name      \
  }
#define CRUMB(number, words)                                                                       \
  {                                                                                                \
    .type = WAY_DELTA_TOOL_CALL, .tool = number, .text = words, .length = sizeof (words) - 1       \
  }
#define FINISH(how)                                                                                \
  {                                                                                                \
    .type = WAY_DELTA_FINISH, .finish = how, .text = ""                                            \
  }
#define END                                                                                        \
  {                                                                                                \
    .type = WAY_DELTA_END, .text = ""                                                              \
  }
#define MAX_DELTAS 8

/* What a stream became. */
typedef struct
{
  GString *types;  /* of the events, "response." left out */
  GString *deltas; /* that a decoder makes of it */
  char *response;  /* (nullable): of the last event */
  char *last_item; /* (nullable): of the last "output_item.done" */
  guint n_events;
  WayDecoder decoder;
} Seen;

static void
seen_free (Seen *seen)
{
  g_string_free (seen->types, TRUE);
  g_string_free (seen->deltas, TRUE);
  g_free (seen->response);
  g_free (seen->last_item);
  way_decoder_clear (&seen->decoder);
  g_free (seen);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Seen, seen_free)

static void
take (char **text, const WayJsonSpan *span)
{
  if (span->type == WAY_JSON_NONE)
    return;
  g_free (*text);
  *text = g_strndup (span->data, span->length);
}

/* Each event is named twice and numbered from 0. */
static void
on_event (
  const char *event, const char *data, gsize length, const char *raw, gsize n, gpointer user_data)
{
  Seen *seen = user_data;
  g_autoptr (GError) error = NULL;
  WayJsonSpan root;
  WayJsonSpan type = { 0 };
  WayJsonSpan number = { 0 };
  WayJsonSpan response = { 0 };
  WayJsonSpan item = { 0 };
  gint64 sequence = -1;

  g_assert_true (way_json_scan_document (data, length, &root));
  WAY_JSON_COLLECT (&root, { "type", &type }, { "sequence_number", &number },
                    { "response", &response }, { "item", &item });
  g_assert_true (way_json_span_is (&type, event));
  g_assert_true (way_json_span_get_int (&number, 0, G_MAXINT, &sequence));
  g_assert_cmpint (sequence, ==, seen->n_events++);
  g_string_append_printf (seen->types, "%s ", event + strlen ("response."));
  take (&seen->response, &response);
  if (strcmp (event, "response.output_item.done") == 0)
    take (&seen->last_item, &item);
  FACE->decode_event (&seen->decoder, event, data, length, &error);
  g_assert_no_error (error);
}

static Seen *
stream (const WayReplyHead *reply_head, const WayDelta *deltas, gsize n_deltas)
{
  static const WayDelta begin = { .type = WAY_DELTA_BEGIN, .text = "m", .length = 1 };
  g_autoptr (Seen) seen = g_new0 (Seen, 1);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (WaySse) sse = way_sse_new ();
  gpointer encoder = FACE->encoder_new (reply_head);

  FACE->encode_delta (encoder, out, &begin);
  for (gsize i = 0; i < n_deltas && deltas[i].text; i++)
    FACE->encode_delta (encoder, out, &deltas[i]);
  FACE->encoder_free (encoder);
  seen->types = g_string_new (NULL);
  seen->deltas = g_string_new (NULL);
  way_decoder_init (&seen->decoder, delta_text_append, seen->deltas);
  g_assert_true (way_sse_feed (sse, out->str, out->len, on_event, seen));
  g_assert_cmpuint (way_sse_get_pending (sse), ==, 0);
  return g_steal_pointer (&seen);
}

/* A member of the item that a stream's last "output_item.done" held. */
static char *
dup_member (const char *json, const char *name)
{
  WayJsonSpan root;

  g_assert_true (way_json_scan_document (json, strlen (json), &root));
  WayJsonSpan member = way_json_scan_member (&root, name);
  return g_strndup (member.data, member.length);
}

static const struct
{
  WayDelta deltas[MAX_DELTAS];
  const char *types;
  const char *decoded; /* after the beginning, before usage and end */
} streams[] = {
  { { TEXT ("a"), TEXT ("\"b\"\n"), FINISH (WAY_FINISH_STOP), END },
    "created in_progress output_item.added content_part.added output_text.delta output_text.delta "
    "output_text.done content_part.done output_item.done completed ",
    "text 0 \"a\"\ntext 0 \"\\\"b\\\"\\n\"\nfinish 0 stop \"completed\"\nend\n" },
  { { THOUGHT ("hm"), SIGNED ("s"), TEXT ("a"), FINISH (WAY_FINISH_STOP), END },
    "created in_progress output_item.added reasoning_summary_part.added "
    "reasoning_summary_text.delta reasoning_summary_text.done reasoning_summary_part.done "
    "output_item.done output_item.added content_part.added output_text.delta output_text.done "
    "content_part.done output_item.done completed ",
    "reasoning 0 \"hm\"\nsignature 0 \"rs_1_0:wayfare.anthropic.s\"\ntext 0 \"a\"\n"
    "finish 0 stop \"completed\"\nend\n" },
  { { SIGNED ("s"), FINISH (WAY_FINISH_STOP), END },
    "created in_progress output_item.added output_item.done completed ",
    "signature 0 \"rs_1_0:wayfare.anthropic.s\"\nfinish 0 stop \"completed\"\nend\n" },
  { { REFUSAL ("no"), FINISH (WAY_FINISH_STOP), END },
    "created in_progress output_item.added content_part.added refusal.delta refusal.done "
    "content_part.done output_item.done completed ",
    "refusal 0 \"no\"\nfinish 0 stop \"completed\"\nend\n" },
  { { TEXT ("a"), CALL (0, "c", "f"), CRUMB (0, "{"), CRUMB (0, "}"),
      FINISH (WAY_FINISH_TOOL_CALLS), END },
    "created in_progress output_item.added content_part.added output_text.delta output_text.done "
    "content_part.done output_item.done output_item.added function_call_arguments.delta "
    "function_call_arguments.delta function_call_arguments.done output_item.done completed ",
    "text 0 \"a\"\ntool 0.0 id=c name=f \"\"\ntool 0.0 \"{\"\ntool 0.0 \"}\"\n"
    "finish 0 tool-calls \"completed\"\nend\n" },
  /* Crumbs of two calls by turns. */
  { { CALL (0, "c", "f"), CALL (1, "d", "g"), CRUMB (0, "{}"), CRUMB (1, "{}"),
      FINISH (WAY_FINISH_TOOL_CALLS), END },
    "created in_progress output_item.added output_item.added function_call_arguments.delta "
    "function_call_arguments.delta function_call_arguments.done output_item.done "
    "function_call_arguments.done output_item.done completed ",
    "tool 0.0 id=c name=f \"\"\ntool 0.1 id=d name=g \"\"\ntool 0.0 \"{}\"\ntool 0.1 \"{}\"\n"
    "finish 0 tool-calls \"completed\"\nend\n" },
  { { FINISH (WAY_FINISH_STOP), END },
    "created in_progress completed ",
    "finish 0 stop \"completed\"\nend\n" },
  /* A stream that is cut has no end. */
  { { TEXT ("a") },
    "created in_progress output_item.added content_part.added output_text.delta ",
    "text 0 \"a\"\n" },
  /* Of several choices there is one. */
  { { TEXT ("a"), { .type = WAY_DELTA_TEXT, .choice = 1, .text = "b", .length = 1 }, END },
    "created in_progress output_item.added content_part.added output_text.delta output_text.done "
    "content_part.done output_item.done completed ",
    "text 0 \"a\"\nfinish 0 stop \"completed\"\nend\n" },
};

static void
test_streams (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autofree char *decoded = g_strconcat ("begin \"m\"\n", streams[i].decoded, NULL);
      g_autoptr (Seen) seen = stream (&head, streams[i].deltas, MAX_DELTAS);

      g_assert_cmpstr (seen->types->str, ==, streams[i].types);
      g_assert_cmpstr (seen->deltas->str, ==, decoded);
    }
}

/* An answer that is not streamed is what a stream ends with. */
static void
test_reply_is_what_a_stream_ends_with (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autoptr (WayMessage) message = way_message_new ();
      g_autoptr (GString) whole = g_string_new (NULL);
      g_autoptr (Seen) seen = stream (&head, streams[i].deltas, MAX_DELTAS);

      if (!g_str_has_suffix (seen->types->str, "completed "))
        continue;
      for (gsize j = 0; j < MAX_DELTAS && streams[i].deltas[j].text; j++)
        way_message_add (&streams[i].deltas[j], message);
      FACE->encode_reply (whole, &head, way_message_get_deltas (message));
      g_assert_cmpstr (whole->str, ==, seen->response);
    }
}

#define LOGPROB(token)                                                                             \
  "[{\"token\":\"" token "\",\"logprob\":-1,\"bytes\":[1],\"top_logprobs\":[]}]"

static void
test_logprobs_are_joined (void)
{
  static const WayDelta deltas[] = {
    { .type = WAY_DELTA_TEXT, .text = "a", .length = 1, .logprobs = LOGPROB ("a") },
    { .type = WAY_DELTA_TEXT, .text = "b", .length = 1, .logprobs = LOGPROB ("b") },
    END,
  };
  g_autoptr (Seen) seen = stream (&head, deltas, G_N_ELEMENTS (deltas));

  g_assert_cmpstr (seen->last_item, ==,
                   "{\"type\":\"message\",\"id\":\"msg_1_0\",\"status\":\"completed\",\"role\":"
                   "\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"ab\","
                   "\"annotations\":[],\"logprobs\":[{\"token\":\"a\",\"logprob\":-1,\"bytes\":[1],"
                   "\"top_logprobs\":[]},{\"token\":\"b\",\"logprob\":-1,\"bytes\":[1],"
                   "\"top_logprobs\":[]}]}]}");
}

static const struct
{
  WayFinish finish;
  const char *status;
  const char *details;
} ends[] = {
  { WAY_FINISH_STOP, "completed", "null" },
  { WAY_FINISH_STOP_SEQUENCE, "completed", "null" },
  { WAY_FINISH_TOOL_CALLS, "completed", "null" },
  { WAY_FINISH_OTHER, "completed", "null" },
  { WAY_FINISH_PAUSE, "completed", "null" },
  { WAY_FINISH_LENGTH, "incomplete", "{\"reason\":\"max_output_tokens\"}" },
  { WAY_FINISH_CONTEXT, "incomplete", "{\"reason\":\"max_output_tokens\"}" },
  { WAY_FINISH_REFUSAL, "incomplete", "{\"reason\":\"content_filter\"}" },
};

static void
test_ends (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const WayDelta deltas[] = { TEXT ("a"), FINISH (ends[i].finish), END };
      g_autoptr (Seen) seen = stream (&head, deltas, G_N_ELEMENTS (deltas));
      g_autofree char *status = dup_member (seen->response, "status");
      g_autofree char *details = dup_member (seen->response, "incomplete_details");
      g_autofree char *item_status = dup_member (seen->last_item, "status");
      g_autofree char *event = g_strdup_printf (" %s ", ends[i].status);
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", ends[i].status);

      g_assert_true (g_str_has_suffix (seen->types->str, event));
      g_assert_cmpstr (status, ==, quoted);
      g_assert_cmpstr (item_status, ==, quoted);
      g_assert_cmpstr (details, ==, ends[i].details);
    }
}

static const struct
{
  WayUsage usage;
  const char *json;
} usages[] = {
  { { 10, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, 5, WAY_UNKNOWN, WAY_UNKNOWN, FALSE },
    "{\"input_tokens\":10,\"input_tokens_details\":{\"cached_tokens\":0,\"cache_write_tokens\":0},"
    "\"output_tokens\":5,\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":15}" },
  { { 10, 90, 3, 4, 5, 2, WAY_UNKNOWN, FALSE },
    "{\"input_tokens\":107,\"input_tokens_details\":{\"cached_tokens\":90,\"cache_write_tokens\":7}"
    ","
    "\"output_tokens\":5,\"output_tokens_details\":{\"reasoning_tokens\":2},\"total_tokens\":"
    "112}" },
  { { WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, 5, WAY_UNKNOWN, WAY_UNKNOWN, FALSE },
    "null" },
  { { 10, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, FALSE },
    "null" },
};

static void
test_usage (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (usages); i++)
    {
      const WayDelta deltas[] = { { .type = WAY_DELTA_USAGE, .text = "", .usage = usages[i].usage },
                                  END };
      g_autoptr (Seen) seen = stream (&head, deltas, G_N_ELEMENTS (deltas));
      g_autofree char *json = dup_member (seen->response, "usage");

      g_assert_cmpstr (json, ==, usages[i].json);
    }
}

/* What the SDKs' types have without a default, and what those who read them by hand rely on. */
static void
test_response_has_its_members (void)
{
  static const char *const members[] = {
    "id",          "object",       "created_at",   "status",
    "error",       "output",       "model",        "incomplete_details",
    "usage",       "instructions", "metadata",     "parallel_tool_calls",
    "temperature", "tool_choice",  "tools",        "top_p",
    "background",  "reasoning",    "store",        "previous_response_id",
    "text",        "truncation",   "top_logprobs", "max_output_tokens",
    "user",        "service_tier",
  };
  const WayDelta deltas[] = { END };
  g_autoptr (Seen) seen = stream (&head, deltas, G_N_ELEMENTS (deltas));

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      WayJsonSpan root;

      g_test_message ("%s", members[i]);
      g_assert_true (way_json_scan_document (seen->response, strlen (seen->response), &root));
      g_assert_cmpint (way_json_scan_member (&root, members[i]).type, !=, WAY_JSON_NONE);
    }
}

/* Names that the backs were given go back to what the client calls its tools. */

static const char request[] =
  "{\"model\":\"m\",\"input\":[],\"tools\":[{\"type\":\"function\",\"name\":\"plain\"},"
  "{\"type\":\"custom\",\"name\":\"patch\"},{\"type\":\"namespace\",\"name\":\"agents\",\"tools\":["
  "{\"type\":\"function\",\"name\":\"spawn\"},{\"type\":\"custom\",\"name\":\"run\"}]}]}";

static const struct
{
  const char *name;
  const char *arguments;
  const char *item; /* after its id and status */
} calls[] = {
  { "plain", "{\"a\":1}", "\"call_id\":\"c\",\"name\":\"plain\",\"arguments\":\"{\\\"a\\\":1}\"}" },
  { "agents__spawn", "{}",
    "\"call_id\":\"c\",\"name\":\"spawn\",\"namespace\":\"agents\",\"arguments\":\"{}\"}" },
  { "patch", "{\"input\":\"a\\nb\"}", "\"call_id\":\"c\",\"name\":\"patch\",\"input\":\"a\\nb\"}" },
  { "agents__run", "{\"input\":\"ls\"}",
    "\"call_id\":\"c\",\"name\":\"run\",\"namespace\":\"agents\",\"input\":\"ls\"}" },
  /* Words that are no such object are what the model meant. */
  { "patch", "*** Begin", "\"call_id\":\"c\",\"name\":\"patch\",\"input\":\"*** Begin\"}" },
  { "patch", "{\"other\":1}",
    "\"call_id\":\"c\",\"name\":\"patch\",\"input\":\"{\\\"other\\\":1}\"}" },
  { "unknown", "{}", "\"call_id\":\"c\",\"name\":\"unknown\",\"arguments\":\"{}\"}" },
};

static void
test_calls_are_named_as_the_client_does (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayChat) chat =
    FACE->decode_request ("/v1/responses", request, strlen (request), &error);
  WayReplyHead asked = head;

  g_assert_no_error (error);
  asked.chat = chat;
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      const WayDelta deltas[] = {
        { .type = WAY_DELTA_TOOL_CALL, .text = "", .tool_id = "c", .tool_name = calls[i].name },
        { .type = WAY_DELTA_TOOL_CALL,
          .text = calls[i].arguments,
          .length = strlen (calls[i].arguments) },
        END,
      };
      g_autoptr (Seen) seen = stream (&asked, deltas, G_N_ELEMENTS (deltas));

      g_test_message ("%s", seen->last_item);
      g_assert_true (g_str_has_suffix (seen->last_item, calls[i].item));
    }
}

static void
test_custom_input_streams (void)
{
  g_autoptr (WayChat) chat =
    FACE->decode_request ("/v1/responses", request, strlen (request), NULL);
  const WayDelta deltas[] = { CALL (0, "c", "patch"), CRUMB (0, "{\"input\":"), CRUMB (0, "\"x\"}"),
                              END };
  WayReplyHead asked = head;

  g_assert_nonnull (chat);
  asked.chat = chat;
  g_autoptr (Seen) seen = stream (&asked, deltas, G_N_ELEMENTS (deltas));
  g_assert_cmpstr (seen->types->str, ==,
                   "created in_progress output_item.added custom_tool_call_input.delta "
                   "custom_tool_call_input.done output_item.done completed ");
}

/* What a provider signed comes back to it, whatever dialect it speaks. */
static void
test_signatures_come_back (void)
{
  static const struct
  {
    const char *back;
    const char *encrypted;
  } rows[] = {
    { "anthropic", "wayfare.anthropic.rs_9:s" },
    { "gemini", "wayfare.gemini.rs_9:s" },
    { "openai-responses", "wayfare.openai-responses.rs_9:s" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const WayDelta deltas[] = { THOUGHT ("hm"), SIGNED ("rs_9:s"), END };
      WayReplyHead given = head;
      given.back = rows[i].back;
      g_autoptr (Seen) seen = stream (&given, deltas, G_N_ELEMENTS (deltas));
      g_autofree char *encrypted = dup_member (seen->last_item, "encrypted_content");
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", rows[i].encrypted);
      g_autofree char *next = g_strdup_printf ("{\"model\":\"m\",\"input\":[%s]}", seen->last_item);
      g_autoptr (WayChat) chat = FACE->decode_request ("/v1/responses", next, strlen (next), NULL);

      g_assert_cmpstr (encrypted, ==, quoted);
      g_assert_nonnull (chat);
      const WayTurn *turn = chat->turns->pdata[0];
      const WayPart *part = turn->parts->pdata[0];
      g_assert_cmpint (part->type, ==, WAY_PART_REASONING);
      g_assert_cmpstr (part->text, ==, "hm");
      g_assert_cmpstr (part->signature, ==, "rs_9:s");
      g_assert_cmpstr (part->signature_origin, ==, rows[i].back);
    }
}

/* A running stream ends with what each family of clients takes for a failure, and never cleanly. */
static void
test_stream_error (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  FACE->encode_stream_error (out, WAY_ERROR_UPSTREAM, "a \"b\"\n");
  g_assert_cmpstr (out->str, ==,
                   "event: error\n"
                   "data: {\"type\":\"error\",\"sequence_number\":0,\"code\":\"upstream_error\","
                   "\"message\":\"a \\\"b\\\"\\n\",\"param\":null,\"error\":{\"type\":"
                   "\"server_error\",\"code\":\"upstream_error\",\"message\":\"a \\\"b\\\"\\n\","
                   "\"param\":null}}\n\n"
                   "event: response.failed\n"
                   "data: {\"type\":\"response.failed\",\"sequence_number\":0,\"response\":{"
                   "\"object\":\"response\",\"status\":\"failed\",\"error\":{\"code\":"
                   "\"upstream_error\",\"message\":\"a \\\"b\\\"\\n\"},\"incomplete_details\":null,"
                   "\"output\":[],\"usage\":null}}\n\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/openai-responses/encode-streams", test_streams);
  g_test_add_func ("/protocols/openai-responses/reply-is-what-a-stream-ends-with",
                   test_reply_is_what_a_stream_ends_with);
  g_test_add_func ("/protocols/openai-responses/logprobs-are-joined", test_logprobs_are_joined);
  g_test_add_func ("/protocols/openai-responses/encode-ends", test_ends);
  g_test_add_func ("/protocols/openai-responses/encode-usage", test_usage);
  g_test_add_func ("/protocols/openai-responses/response-has-its-members",
                   test_response_has_its_members);
  g_test_add_func ("/protocols/openai-responses/calls-are-named-as-the-client-does",
                   test_calls_are_named_as_the_client_does);
  g_test_add_func ("/protocols/openai-responses/custom-input-streams", test_custom_input_streams);
  g_test_add_func ("/protocols/openai-responses/signatures-come-back", test_signatures_come_back);
  g_test_add_func ("/protocols/openai-responses/encode-stream-error", test_stream_error);
  return g_test_run ();
}
