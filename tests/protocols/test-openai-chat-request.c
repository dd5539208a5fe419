/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is read of a chat completions request, what is refused and in which words, and what is
 * changed in it. */

#include "way-dialect.h"
#include "way-limits.h"

#include <string.h>

#define MESSAGES "\"messages\":[{\"role\":\"user\",\"content\":\"12345678\"}]"
#define IMAGE                                                                                      \
  "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/"                                   \
  "png;base64,AAAAAAAAAAAAAAAAAAAA\"}}"

typedef struct
{
  const char *body;
  const char *model;
  const char *flags; /* those that are set */
  gint64 max_output_tokens;
  gint64 input_tokens_estimate;
} FactsRow;

static const FactsRow rows[] = {
  { "{\"model\":\"m\"," MESSAGES "}", "m", "", WAY_UNKNOWN, 2 },
  { " {\n \"model\" : \"org/m:7b\" , " MESSAGES " }\n", "org/m:7b", "", WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"stream\":true," MESSAGES "}", "m", "stream", WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"stream\":null,\"stream_options\":null," MESSAGES "}", "m", "", WAY_UNKNOWN,
    2 },
  { "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," MESSAGES "}",
    "m", "stream usage", WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":false}," MESSAGES "}",
    "m", "stream", WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"tools\":[{\"type\":\"x\"}]," MESSAGES "}", "m", "tools", WAY_UNKNOWN, 6 },
  { "{\"model\":\"m\",\"functions\":[{\"name\":\"x\"}]," MESSAGES "}", "m", "tools", WAY_UNKNOWN,
    6 },
  { "{\"model\":\"m\",\"tools\":[]," MESSAGES "}", "m", "", WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}," MESSAGES
    "}",
    "m", "schema", WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"response_format\":{\"type\":\"json_object\"}," MESSAGES "}", "m", "",
    WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"max_tokens\":7," MESSAGES "}", "m", "", 7, 2 },
  { "{\"model\":\"m\",\"max_tokens\":7,\"max_completion_tokens\":9," MESSAGES "}", "m", "", 9, 2 },
  { "{\"model\":\"m\",\"max_completion_tokens\":null,\"max_tokens\":\"many\"," MESSAGES "}", "m",
    "", WAY_UNKNOWN, 2 },
  { "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"1234\"}," IMAGE
    "]}]}",
    "m", "images", WAY_UNKNOWN, 766 },
  { "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"input_image\"}," IMAGE "]}]}", "m",
    "images", WAY_UNKNOWN, 1530 },
  { "{\"model\":\"m\",\"messages\":[{\"content\":null},{\"content\":\"123\"},7,{}]}", "m", "",
    WAY_UNKNOWN, 1 },
  { "{\"model\":\"gr\\u00fcn\"," MESSAGES "}", "gr\xc3\xbcn", "", WAY_UNKNOWN, 2 },
};

static char *
describe_flags (const WayRequestFacts *facts)
{
  const char *set[6] = { NULL };
  gsize n_set = 0;

  if (facts->stream)
    set[n_set++] = "stream";
  if (facts->wants_usage)
    set[n_set++] = "usage";
  if (facts->has_tools)
    set[n_set++] = "tools";
  if (facts->has_images)
    set[n_set++] = "images";
  if (facts->wants_json_schema)
    set[n_set++] = "schema";
  return g_strjoinv (" ", (char **)set);
}

static void
test_facts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const FactsRow *row = &rows[i];
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", row->body);
      way_dialect_openai_chat.skim_request ("/v1/chat/completions", row->body, strlen (row->body),
                                            &facts, &error);
      g_assert_no_error (error);
      g_autofree char *flags = describe_flags (&facts);
      g_assert_cmpstr (facts.model, ==, row->model);
      g_assert_cmpstr (flags, ==, row->flags);
      g_assert_cmpint (facts.max_output_tokens, ==, row->max_output_tokens);
      g_assert_cmpint (facts.input_tokens_estimate, ==, row->input_tokens_estimate);
    }
}

#define NO_MODEL                                                                                   \
  "The request has no \"model\": name a model or a route, as GET /v1/models lists them"
#define MODEL_NO_STRING "\"model\" must be a string: the name of a model or a route"
#define MODEL_EMPTY "\"model\" must not be empty or hold control characters"
#define NO_MESSAGES "The request has no \"messages\": send an array of at least one message"
#define MESSAGES_EMPTY "\"messages\" must be an array of at least one message"

static const struct
{
  const char *body;
  const char *message;
} refusals[] = {
  { "", "The request body is not valid JSON" },
  { "{\"model\":\"m\"", "The request body is not valid JSON" },
  { "{\"model\":\"m\"," MESSAGES "} x", "The request body is not valid JSON" },
  { "[1]", "The request body must be a JSON object" },
  { "{" MESSAGES "}", NO_MODEL },
  { "{\"model\":7," MESSAGES "}", MODEL_NO_STRING },
  { "{\"model\":null," MESSAGES "}", MODEL_NO_STRING },
  { "{\"model\":\"\"," MESSAGES "}", MODEL_EMPTY },
  { "{\"model\":\"a\\nx-evil: 1\"," MESSAGES "}", MODEL_EMPTY },
  { "{\"model\":\"m\"}", NO_MESSAGES },
  { "{\"model\":\"m\",\"messages\":[]}", MESSAGES_EMPTY },
  { "{\"model\":\"m\",\"messages\":\"hi\"}", MESSAGES_EMPTY },
  { "{\"model\":\"m\",\"messages\":null}", MESSAGES_EMPTY },
  { "{\"model\":\"m\",\"stream\":\"yes\"," MESSAGES "}", "\"stream\" must be true or false" },
  { "{\"model\":\"m\",\"stream\":1," MESSAGES "}", "\"stream\" must be true or false" },
};

static void
assert_refused (const char *body, const char *message)
{
  WayRequestFacts facts = { .model = NULL, .max_output_tokens = 42 };
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", body);
  g_assert_false (way_dialect_openai_chat.skim_request ("/v1/chat/completions", body, strlen (body),
                                                        &facts, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
  g_assert_cmpstr (error->message, ==, message);
  /* A refusal leaves the caller's facts alone. */
  g_assert_null (facts.model);
  g_assert_cmpint (facts.max_output_tokens, ==, 42);
}

static void
test_refusals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    assert_refused (refusals[i].body, refusals[i].message);
}

static void
test_model_length (void)
{
  g_autofree char *longest = g_strnfill (WAY_LIMIT_NAME_BYTES, 'm');
  g_autofree char *fits = g_strdup_printf ("{\"model\":\"%s\"," MESSAGES "}", longest);
  g_autofree char *too_long = g_strdup_printf ("{\"model\":\"%sm\"," MESSAGES "}", longest);
  g_auto (WayRequestFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;

  way_dialect_openai_chat.skim_request ("/v1/chat/completions", fits, strlen (fits), &facts,
                                        &error);
  g_assert_no_error (error);
  g_assert_cmpstr (facts.model, ==, longest);
  assert_refused (too_long, "\"model\" is too long: at most 256 bytes are allowed");
}

static const struct
{
  const char *body;
  const char *model;
  const char *spliced;
} edits[] = {
  /* Nothing to change: not one byte differs. */
  { "{\"model\":\"m\"," MESSAGES ",\"seed\":1.0e2}", "m",
    "{\"model\":\"m\"," MESSAGES ",\"seed\":1.0e2}" },
  { "{\"model\":\"m\"," MESSAGES ",\"seed\":1.0e2,\"zzz\":{\"b\":1,\"a\":2}}", "n\"7",
    "{\"model\":\"n\\\"7\"," MESSAGES ",\"seed\":1.0e2,\"zzz\":{\"b\":1,\"a\":2}}" },
  { "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," MESSAGES "}",
    "m",
    "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," MESSAGES "}" },
  { "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":false}," MESSAGES "}",
    "n",
    "{\"model\":\"n\",\"stream\":true,\"stream_options\":{\"include_usage\":true}," MESSAGES "}" },
};

static void
test_edits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      WayJsonEdit planned[WAY_DIALECT_MAX_EDITS];
      g_autoptr (GBytes) body = g_bytes_new_static (edits[i].body, strlen (edits[i].body));

      way_dialect_openai_chat.skim_request ("/v1/chat/completions", edits[i].body,
                                            strlen (edits[i].body), &facts, &error);
      g_assert_no_error (error);
      WayRequestTarget target = { .model = edits[i].model };
      gsize n_edits = way_dialect_openai_chat.plan_edits (&facts, &target, edits[i].body,
                                                          strlen (edits[i].body), arena, planned);
      g_assert_cmpuint (n_edits, <=, WAY_DIALECT_MAX_EDITS);
      g_autoptr (GBytes) spliced = way_json_splice (body, planned, n_edits, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (spliced, NULL), g_bytes_get_size (spliced),
                       edits[i].spliced, strlen (edits[i].spliced));
    }
}

/* A stream whose client did not ask for usage is made to report it all the same. */
static void
test_stream_asks_for_usage (void)
{
  WayRequestFacts facts = { .model = (char *)"m", .stream = TRUE };
  g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
  WayJsonEdit planned[WAY_DIALECT_MAX_EDITS];

  WayRequestTarget target = { .model = "m" };
  g_assert_cmpuint (way_dialect_openai_chat.plan_edits (&facts, &target, "", 0, arena, planned), ==,
                    1);
  g_assert_cmpstr (planned[0].path, ==, "stream_options.include_usage");
  g_assert_cmpstr (planned[0].json, ==, "true");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/openai-chat/facts", test_facts);
  g_test_add_func ("/protocols/openai-chat/refusals", test_refusals);
  g_test_add_func ("/protocols/openai-chat/model-length", test_model_length);
  g_test_add_func ("/protocols/openai-chat/edits", test_edits);
  g_test_add_func ("/protocols/openai-chat/stream-asks-for-usage", test_stream_asks_for_usage);
  return g_test_run ();
}
