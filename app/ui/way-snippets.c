/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A tool is a row. Where a tool can run a helper the token stays in the keyring, and no file has
 * it. Any thread. */

#include "way-snippets.h"

#include <glib/gi18n-lib.h>

#define PROMPT "\"YOUR PROMPT\""
#define MESSAGES "\"messages\": [{\"role\": \"user\", \"content\": " PROMPT "}]"
#define CONTENTS "\"contents\": [{\"parts\": [{\"text\": " PROMPT "}]}]"

static const WaySnippet snippets[] = {
  { "curl", "curl", N_ ("In a terminal"),
    "curl {address}/v1/chat/completions \\\n"
    "  -H 'Authorization: Bearer {token}' \\\n"
    "  -H 'Content-Type: application/json' \\\n"
    "  -d '{\"model\": \"{model}\", \"messages\": [{\"role\": \"user\", \"content\": "
    "\"Hello\"}]}'\n" },
  { "python", "Python", N_ ("With the openai package"),
    "from openai import OpenAI\n"
    "\n"
    "client = OpenAI(base_url=\"{address}/v1\", api_key=\"{token}\")\n"
    "answer = client.chat.completions.create(\n"
    "    model=\"{model}\",\n"
    "    messages=[{\"role\": \"user\", \"content\": \"Hello\"}],\n"
    ")\n"
    "print(answer.choices[0].message.content)\n" },
  { "javascript", "JavaScript", N_ ("With the openai package"),
    "import OpenAI from \"openai\";\n"
    "\n"
    "const client = new OpenAI({ baseURL: \"{address}/v1\", apiKey: \"{token}\" });\n"
    "const answer = await client.chat.completions.create({\n"
    "  model: \"{model}\",\n"
    "  messages: [{ role: \"user\", content: \"Hello\" }],\n"
    "});\n"
    "console.log(answer.choices[0].message.content);\n" },
  { "claude-code", "Claude Code", N_ ("In ~/.claude/settings.json"),
    "{\n"
    "  \"apiKeyHelper\": \"wayfare token {app}\",\n"
    "  \"env\": {\n"
    "    \"ANTHROPIC_BASE_URL\": \"{address}\",\n"
    "    \"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY\": \"1\"\n"
    "  }\n"
    "}\n" },
  { "claude-code-terminal", N_ ("Claude Code (token)"), N_ ("In a terminal, without a keyring"),
    "export ANTHROPIC_BASE_URL={address}\n"
    "export ANTHROPIC_AUTH_TOKEN={token}\n"
    "export CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1\n"
    "claude\n" },
  { "codex", "Codex", N_ ("In ~/.codex/config.toml"),
    "model = \"{model}\"\n"
    "model_provider = \"wayfare\"\n"
    "\n"
    "[model_providers.wayfare]\n"
    "name = \"Wayfare\"\n"
    "base_url = \"{address}/v1\"\n"
    "wire_api = \"responses\"\n"
    "\n"
    "[model_providers.wayfare.auth]\n"
    "command = \"wayfare\"\n"
    "args = [\"token\", \"{app}\"]\n" },
  { "codex-terminal", N_ ("Codex (token)"), N_ ("In a terminal, without a keyring"),
    "export WAYFARE_TOKEN={token}\n"
    "codex -m {model} \\\n"
    "  -c model_provider=wayfare \\\n"
    "  -c model_providers.wayfare.name=Wayfare \\\n"
    "  -c model_providers.wayfare.base_url={address}/v1 \\\n"
    "  -c model_providers.wayfare.wire_api=responses \\\n"
    "  -c model_providers.wayfare.env_key=WAYFARE_TOKEN\n" },
  { "gemini-cli", "Gemini CLI", N_ ("In a terminal"),
    "export GOOGLE_GEMINI_BASE_URL={address}\n"
    "export GEMINI_API_KEY={token}\n"
    "gemini --model {model}\n" },
  { "ollama", N_ ("Ollama clients"), N_ ("Where the tool asks for Ollama’s address"),
    "{address}/a/{token}\n" },
  { "opencode", "opencode", N_ ("In opencode.json"),
    "{\n"
    "  \"provider\": {\n"
    "    \"wayfare\": {\n"
    "      \"npm\": \"@ai-sdk/openai-compatible\",\n"
    "      \"name\": \"Wayfare\",\n"
    "      \"options\": {\n"
    "        \"baseURL\": \"{address}/v1\",\n"
    "        \"apiKey\": \"{token}\"\n"
    "      },\n"
    "      \"models\": { \"{model}\": { \"name\": \"{model}\" } }\n"
    "    }\n"
    "  }\n"
    "}\n" },
  { "aider", "aider", N_ ("In a terminal, in the folder of your code"),
    "export OPENAI_API_BASE={address}/v1\n"
    "export OPENAI_API_KEY={token}\n"
    "aider --model openai/{model}\n" },
  { "open-webui", "Open WebUI", N_ ("Before it starts"),
    "export OPENAI_API_BASE_URL={address}/v1\n"
    "export OPENAI_API_KEY={token}\n"
    "open-webui serve\n" },
};

/**
 * way_snippets:
 * @ret_n_snippets: (out): their number
 *
 * Any thread.
 *
 * Returns: (transfer none) (array length=ret_n_snippets): the tools there is a text for
 */
const WaySnippet *
way_snippets (gsize *ret_n_snippets)
{
  g_return_val_if_fail (ret_n_snippets != NULL, NULL);

  *ret_n_snippets = G_N_ELEMENTS (snippets);
  return snippets;
}

/**
 * way_snippet_fill:
 * @snippet: one of way_snippets()
 * @facts: what to fill in
 *
 * Any thread.
 *
 * Returns: (transfer full): the text to paste
 */
char *
way_snippet_fill (const WaySnippet *snippet, const WaySnippetFacts *facts)
{
  GString *text = NULL;

  g_return_val_if_fail (snippet != NULL && facts != NULL, NULL);

  text = g_string_new (snippet->template);
  g_string_replace (text, "{address}", facts->address, 0);
  g_string_replace (text, "{token}", facts->token, 0);
  g_string_replace (text, "{model}", facts->model, 0);
  g_string_replace (text, "{app}", facts->app, 0);
  return g_string_free (text, FALSE);
}

/**
 * way_snippet_mask:
 * @token: a secret
 *
 * Returns: (transfer full): what is shown instead: dots, whose number says nothing
 */
char *
way_snippet_mask (const char *token)
{
  return g_strdup ("••••••••••••");
}

/* A string for JSON that itself stands between single quotes of a shell. */
static char *
quote_for_json_in_shell (const char *value)
{
  GString *text = g_string_new ("\"");

  for (const char *p = value; *p != '\0'; p++)
    {
      const guchar c = (guchar)*p;

      if (c == '\'')
        g_string_append (text, "'\\''");
      else if (c == '"' || c == '\\')
        g_string_append_printf (text, "\\%c", c);
      else if (c < 0x20)
        g_string_append_printf (text, "\\u%04x", c);
      else
        g_string_append_c (text, (char)c);
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

/* What a call has in it, by the end of its path; the first that fits. */
static const struct
{
  const char *suffix;
  const char *body;
  gboolean has_model;   /* else it is in the path */
  gboolean says_if_not; /* streams unless told not to */
} call_rows[] = {
  { "/chat/completions", MESSAGES, TRUE, FALSE },
  { "/messages", "\"max_tokens\": 1024, " MESSAGES, TRUE, FALSE },
  { "/messages/count_tokens", MESSAGES, TRUE, FALSE },
  { "/api/chat", MESSAGES, TRUE, TRUE },
  { "/api/generate", "\"prompt\": " PROMPT, TRUE, TRUE },
  { "/completions", "\"prompt\": " PROMPT, TRUE, FALSE },
  { "/responses", "\"input\": " PROMPT, TRUE, FALSE },
  { "/api/embeddings", "\"prompt\": " PROMPT, TRUE, FALSE },
  { "/embeddings", "\"input\": " PROMPT, TRUE, FALSE },
  { "/api/embed", "\"input\": " PROMPT, TRUE, FALSE },
  { "Content", CONTENTS, FALSE, FALSE },
  { ":countTokens", CONTENTS, FALSE, FALSE },
};

/* (nullable): the body of a call to @path */
static char *
dup_body (const char *path, const char *model, gboolean streamed)
{
  g_autofree char *quoted_model = quote_for_json_in_shell (model);

  for (gsize i = 0; i < G_N_ELEMENTS (call_rows); i++)
    {
      const char *stream = "";

      if (!g_str_has_suffix (path, call_rows[i].suffix))
        continue;
      if (!call_rows[i].has_model)
        return g_strdup_printf ("{%s}", call_rows[i].body);
      if (streamed || call_rows[i].says_if_not)
        stream = streamed ? ", \"stream\": true" : ", \"stream\": false";
      return g_strdup_printf ("{\"model\": %s%s, %s}", quoted_model, stream, call_rows[i].body);
    }
  return NULL;
}

/**
 * way_snippet_curl:
 * @address: where the router listens, without path
 * @path: of the request
 * @model: (nullable): what was asked for
 * @streamed: whether the answer was streamed
 *
 * The request again, as a command: the token is a variable of the shell, and the prompt is a
 * placeholder since it is not kept. Any thread.
 *
 * Returns: (transfer full): the command
 */
char *
way_snippet_curl (const char *address, const char *path, const char *model, gboolean streamed)
{
  const gboolean needs_sse = g_str_has_suffix (path, ":streamGenerateContent");
  g_autofree char *url = g_strconcat (address, path, needs_sse ? "?alt=sse" : "", NULL);
  g_autofree char *quoted_url = g_shell_quote (url);
  g_autofree char *body = model != NULL ? dup_body (path, model, streamed) : NULL;

  if (body == NULL)
    return g_strdup_printf ("curl %s \\\n  -H \"Authorization: Bearer $WAYFARE_TOKEN\"\n",
                            quoted_url);
  return g_strdup_printf ("curl %s%s \\\n"
                          "  -H \"Authorization: Bearer $WAYFARE_TOKEN\" \\\n"
                          "  -H 'Content-Type: application/json' \\\n"
                          "  -d '%s'\n",
                          streamed ? "-N " : "", quoted_url, body);
}
