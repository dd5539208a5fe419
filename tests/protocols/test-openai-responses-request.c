/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is read of a Responses request, what of it is told to others, and what is refused. */

#include "way-dialect.h"

#include <string.h>

#define FACE (&way_dialect_openai_responses)
#define CHAT (&way_dialect_openai_chat)
#define PATH "/v1/responses"

/* Facts */

typedef struct
{
  const char *members; /* beside the model */
  const char *flags;   /* those that are set */
  gint64 max_output_tokens;
  gint64 input_tokens_estimate;
} FactsRow;

#define IMAGE "{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,AAAAAAAAAAAAAAAA\"}"

static const FactsRow facts_rows[] = {
  { "\"input\":\"12345678\"", "", WAY_UNKNOWN, 2 },
  { "\"input\":\"\"", "", WAY_UNKNOWN, 0 },
  { "\"input\":[]", "", WAY_UNKNOWN, 0 },
  { "\"stream\":true,\"input\":\"1234\"", "stream", WAY_UNKNOWN, 1 },
  { "\"input\":\"1234\",\"instructions\":\"1234\",\"max_output_tokens\":9", "", 9, 2 },
  { "\"input\":\"1234\",\"max_output_tokens\":null", "", WAY_UNKNOWN, 1 },
  { "\"input\":[{\"role\":\"user\",\"content\":\"1234\"}]", "", WAY_UNKNOWN, 1 },
  { "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"1234\"}," IMAGE
    "]}]",
    "images", WAY_UNKNOWN, 766 },
  { "\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"12345678\"},"
    "{\"type\":\"function_call\",\"arguments\":\"1234\"},7]",
    "", WAY_UNKNOWN, 3 },
  { "\"input\":\"1234\",\"tools\":[{\"type\":\"x\"}]", "tools", WAY_UNKNOWN, 5 },
  { "\"input\":\"1234\",\"tools\":[]", "", WAY_UNKNOWN, 1 },
  { "\"input\":[{\"type\":\"additional_tools\",\"tools\":[{\"type\":\"x\"}]}]", "tools",
    WAY_UNKNOWN, 4 },
  { "\"input\":\"1234\",\"text\":{\"format\":{\"type\":\"json_schema\"}}", "schema", WAY_UNKNOWN,
    1 },
  { "\"input\":\"1234\",\"text\":{\"format\":{\"type\":\"json_object\"}}", "", WAY_UNKNOWN, 1 },
};

static char *
describe_flags (const WayRequestFacts *facts)
{
  const char *set[5] = { NULL };
  gsize n_set = 0;

  if (facts->stream)
    set[n_set++] = "stream";
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
  for (gsize i = 0; i < G_N_ELEMENTS (facts_rows); i++)
    {
      const FactsRow *row = &facts_rows[i];
      g_autofree char *body = g_strdup_printf ("{\"model\":\"m\",%s}", row->members);
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", body);
      FACE->skim_request (PATH, body, strlen (body), &facts, &error);
      g_assert_no_error (error);
      g_autofree char *flags = describe_flags (&facts);
      g_assert_cmpstr (facts.model, ==, "m");
      g_assert_cmpstr (flags, ==, row->flags);
      g_assert_true (facts.wants_usage);
      g_assert_cmpint (facts.max_output_tokens, ==, row->max_output_tokens);
      g_assert_cmpint (facts.input_tokens_estimate, ==, row->input_tokens_estimate);
    }
}

/* Refusals */

#define STORED                                                                                     \
  "The conversation lies at one provider: send its items instead of \"previous_response_id\", "    \
  "\"conversation\" or \"prompt\""

static const struct
{
  const char *members;
  const char *message;
} refusals[] = {
  { "\"input\":7", "\"input\" must be a string or an array of items" },
  { "\"previous_response_id\":\"resp_1\",\"input\":\"a\"", STORED },
  { "\"conversation\":\"conv_1\",\"input\":\"a\"", STORED },
  { "\"prompt\":{\"id\":\"pmpt_1\"},\"input\":\"a\"", STORED },
  { "\"background\":true,\"input\":\"a\"",
    "\"background\" works only with the provider that keeps the response" },
  { "\"input\":[{\"type\":\"item_reference\",\"id\":\"msg_1\"}]",
    "An \"item_reference\" points to what one provider keeps: send the items themselves" },
  { "\"input\":[{\"role\":\"tool\",\"content\":\"a\"}]",
    "\"role\" of a message must be user, assistant, system or developer" },
  { "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"file_id\":\"f\"}]}]",
    "An \"input_image\" has no \"image_url\": files that lie at one provider cannot go to "
    "another" },
  { "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file_id\":\"f\"}]}]",
    "An \"input_file\" has no \"file_data\" or \"file_url\": files that lie at one provider cannot "
    "go to another" },
  { "\"input\":[{\"type\":\"function_call\",\"call_id\":\"c\"}]",
    "A call of the conversation has no \"name\"" },
  { "\"input\":\"a\",\"tools\":[{\"type\":\"function\"}]", "A tool has no \"name\"" },
  { "\"input\":\"a\",\"tools\":{}", "\"tools\" must be an array" },
  { "\"input\":\"a\",\"text\":{\"format\":{\"type\":\"json_schema\"}}",
    "\"text.format\" has no \"schema\"" },
  { "\"input\":\"a\",\"max_output_tokens\":\"many\"",
    "\"max_output_tokens\" must be a whole number" },
  { "\"input\":\"a\",\"temperature\":\"hot\"", "\"temperature\" must be a number" },
};

static void
test_refusals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"model\":\"m\",%s}", refusals[i].members);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", body);
      g_assert_null (FACE->decode_request (PATH, body, strlen (body), &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
      g_assert_cmpstr (error->message, ==, refusals[i].message);
    }
}

/* What is told to another provider: fixtures of three lines a request. */

typedef struct
{
  const char *file;
  const WayDialect *face;
  const WayDialect *back;
  WayTri can_reason;
  const char *before_said;
  const char *before_told;
  const char *after_told;
} Frame;

#define HI "\"role\":\"user\",\"content\":"
#define SAID "{\"model\":\"m\",\"input\":\"hi\","
#define SAID_IN_CHAT "{\"model\":\"m\",\"messages\":[{" HI "\"hi\"}],"
#define TOLD                                                                                       \
  "{\"model\":\"x\",\"input\":[{\"type\":\"message\"," HI                                          \
  "[{\"type\":\"input_text\",\"text\":\"hi\"}]}]"

static const Frame frames[] = {
  { "items", FACE, FACE, WAY_TRI_UNSET,
    "{\"model\":\"m\",\"input\":", "{\"model\":\"x\",\"input\":", ",\"store\":false}" },
  { "settings", FACE, FACE, WAY_TRI_UNSET, SAID, TOLD, "}" },
  { "reasoning-model", FACE, FACE, WAY_TRI_YES, SAID, TOLD, "}" },
  { "plain-model", FACE, FACE, WAY_TRI_NO, SAID, TOLD, "}" },
  { "to-chat", FACE, CHAT, WAY_TRI_UNSET, "{\"model\":\"m\",", "{\"model\":\"x\",", "}" },
  { "from-chat", CHAT, FACE, WAY_TRI_UNSET, SAID_IN_CHAT, TOLD, "}" },
};

static char *
join (const GPtrArray *dropped, const GPtrArray *ignored)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_ptr_array_extend (names, (GPtrArray *)dropped, NULL, NULL);
  g_ptr_array_extend (names, (GPtrArray *)ignored, NULL, NULL);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **)names->pdata);
}

static void
assert_told (const Frame *frame, const char *said, const char *told, const char *dropped_names)
{
  WayRequestTarget target = { .model = "x",
                              .max_output_tokens = WAY_UNKNOWN,
                              .can_reason = frame->can_reason };
  g_autofree char *body = g_strconcat (frame->before_said, said, "}", NULL);
  g_autofree char *expected = g_strconcat (frame->before_told, told, frame->after_told, NULL);
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayChat) chat = frame->face->decode_request (PATH, body, strlen (body), &error);

  g_test_message ("%s", body);
  g_assert_no_error (error);
  frame->back->encode_request (chat, &target, out, dropped, &error);
  g_assert_no_error (error);
  g_autofree char *names = join (dropped, chat->ignored);
  g_assert_cmpstr (out->str, ==, expected);
  g_assert_cmpstr (names, ==, dropped_names);
}

static char *
read_fixture (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".requests", NULL);
  g_autofree char *path =
    g_test_build_filename (G_TEST_DIST, "fixtures", "openai-responses", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static const char *
read_line (const char *line, const char *label)
{
  g_assert_true (line && g_str_has_prefix (line, label));
  return g_strchug ((char *)line + strlen (label));
}

static void
test_told (gconstpointer data)
{
  const Frame *frame = data;
  g_autofree char *text = read_fixture (frame->file);
  g_auto (GStrv) blocks = g_strsplit (g_strchomp (text), "\n\n", -1);

  g_assert_nonnull (blocks[0]);
  g_assert_nonnull (blocks[1]);
  for (gsize i = 1; blocks[i]; i++)
    {
      g_auto (GStrv) lines = g_strsplit (blocks[i], "\n", 3);

      assert_told (frame, read_line (lines[0], "said"), read_line (lines[1], "told"),
                   read_line (lines[2], "dropped"));
    }
}

/* What would change the meaning is left to other providers. */

static const struct
{
  const char *body; /* of a chat completions request */
  const char *message;
} cannot[] = {
  { "{\"model\":\"m\",\"n\":2,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}",
    "cannot give 2 choices" },
  { "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\","
    "\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}]}]}",
    "cannot hear audio" },
};

static void
test_cannot (void)
{
  WayRequestTarget target = { .model = "x", .max_output_tokens = WAY_UNKNOWN };

  for (gsize i = 0; i < G_N_ELEMENTS (cannot); i++)
    {
      g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (WayChat) chat = way_dialect_openai_chat.decode_request (
        "/v1/chat/completions", cannot[i].body, strlen (cannot[i].body), &error);

      g_assert_no_error (error);
      g_assert_false (FACE->encode_request (chat, &target, out, dropped, &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
      g_assert_cmpstr (error->message, ==, cannot[i].message);
    }
}

static void
test_edits (void)
{
  static const char body[] =
    "{\"model\":\"m\",\"previous_response_id\":\"resp_1\",\"input\":\"a\"}";
  WayRequestTarget target = { .model = "n\"1", .max_output_tokens = WAY_UNKNOWN };
  g_auto (WayRequestFacts) facts = { 0 };
  g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
  WayJsonEdit edits[WAY_DIALECT_MAX_EDITS];
  g_autoptr (GError) error = NULL;

  FACE->skim_request (PATH, body, strlen (body), &facts, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (FACE->plan_edits (&facts, &target, body, strlen (body), arena, edits), ==, 1);
  g_assert_cmpstr (edits[0].path, ==, "model");
  g_assert_cmpstr (edits[0].json, ==, "\"n\\\"1\"");
  target.model = "m";
  g_assert_cmpuint (FACE->plan_edits (&facts, &target, body, strlen (body), arena, edits), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/openai-responses/facts", test_facts);
  g_test_add_func ("/protocols/openai-responses/refusals", test_refusals);
  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autofree char *path = g_strconcat ("/protocols/openai-responses/", frames[i].file, NULL);

      g_test_add_data_func (path, &frames[i], test_told);
    }
  g_test_add_func ("/protocols/openai-responses/cannot", test_cannot);
  g_test_add_func ("/protocols/openai-responses/edits", test_edits);
  return g_test_run ();
}
