/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of the LiteLLM import that makes providers: what stands before the slash of a model, an
 * address and an account. */

#include "way-litellm-private.h"

#include "way-keyring.h"
#include "way-limits.h"
#include "way-provider-table.h"
#include "way-reader.h"

#include <gio/gio.h>
#include <string.h>

#define VARIABLE_PREFIX "os.environ/"

/* LiteLLM's name → the preset, and the id, which stays LiteLLM's name where it has only one. */
static const struct
{
  const char *prefix;
  const char *preset;
  const char *id;
} prefixes[] = {
  { "openai", "openai", "openai" },
  { "text-completion-openai", "openai", "openai" },
  { "anthropic", "anthropic", "anthropic" },
  { "gemini", "google", "gemini" },
  { "azure", "azure", "azure" },
  { "openrouter", "openrouter", "openrouter" },
  { "mistral", "mistral", "mistral" },
  { "groq", "groq", "groq" },
  { "deepseek", "deepseek", "deepseek" },
  { "xai", "xai", "xai" },
  { "together_ai", "together", "together_ai" },
  { "fireworks_ai", "fireworks", "fireworks_ai" },
  { "cerebras", "cerebras", "cerebras" },
  { "sambanova", "sambanova", "sambanova" },
  { "deepinfra", "deepinfra", "deepinfra" },
  { "moonshot", "moonshot", "moonshot" },
  { "zai", "zai", "zai" },
  { "perplexity", "perplexity", "perplexity" },
  { "cohere", "cohere", "cohere" },
  { "cohere_chat", "cohere", "cohere" },
  { "ollama", "ollama", "ollama" },
  { "ollama_chat", "ollama", "ollama" },
  { "lm_studio", "lmstudio", "lm_studio" },
  { "hosted_vllm", "vllm", "hosted_vllm" },
  { "llamafile", "llamacpp", "llamafile" },
  { "openai_like", "openai-compatible", "openai_like" },
  { "custom_openai", "openai-compatible", "custom_openai" },
};

/* They have a wire format or a signature of their own. */
static const char *const foreign[] = {
  "bedrock",   "bedrock_converse", "sagemaker", "vertex_ai",   "vertex_ai_beta", "sagemaker_chat",
  "watsonx",   "watsonx_text",     "replicate", "huggingface", "predibase",      "triton",
  "nlp_cloud", "petals",           "oci",       "aleph_alpha", "vllm",           NULL
};

/* Models that LiteLLM knows without a prefix, by how they begin. */
static const struct
{
  const char *beginning;
  const char *prefix;
} bare_models[] = {
  { "gpt-", "openai" },       { "chatgpt-", "openai" }, { "o1", "openai" },
  { "o3", "openai" },         { "o4", "openai" },       { "text-embedding-", "openai" },
  { "claude-", "anthropic" },
};

/* What people write where a server wants no key but the SDK wants one. */
static const char *const placeholders[] = {
  "none",     "null",       "empty",  "dummy",     "fake-key",           "fake", "any",
  "anything", "not-needed", "ollama", "lm-studio", "sk-no-key-required", NULL
};

typedef struct
{
  const WayPreset *preset;
  const char *id;
  char *prefix; /* owned */
} Origin;

static const WayPreset *
find_preset (const char *id)
{
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);

  for (gsize i = 0; i < n_presets; i++)
    if (g_str_equal (presets[i].id, id))
      return &presets[i];
  g_assert_not_reached ();
}

/* The name of LiteLLM's provider and the model without it; NULL if it cannot be told. */
static char *
split_model (const char *model, const char *custom, gboolean has_address, const char **ret_rest)
{
  const char *slash = strchr (model, '/');
  const gsize length = slash == NULL ? 0 : (gsize)(slash - model);

  *ret_rest = model;
  if (custom != NULL)
    {
      if (strlen (custom) == length && strncmp (model, custom, length) == 0)
        *ret_rest = slash + 1;
      return g_strdup (custom);
    }
  if (slash != NULL)
    {
      *ret_rest = slash + 1;
      return g_strndup (model, length);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bare_models); i++)
    if (g_str_has_prefix (model, bare_models[i].beginning))
      return g_strdup (bare_models[i].prefix);
  return has_address ? g_strdup ("openai") : NULL;
}

static gboolean
find_origin (const WayLitellmPlace *place,
             const WayYamlItem *item,
             gboolean has_address,
             Origin *origin)
{
  g_autofree char *clipped = way_text_clip (origin->prefix);

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_equal (prefixes[i].prefix, origin->prefix))
      {
        origin->preset = find_preset (prefixes[i].preset);
        origin->id = prefixes[i].id;
        return TRUE;
      }
  if (g_strv_contains (foreign, origin->prefix) || !has_address)
    {
      way_litellm_note (place, item, "is left out: there is no provider of the kind \"%s\"",
                        clipped);
      return FALSE;
    }
  way_litellm_note (place, item, "\"%s\" is taken to be OpenAI-compatible", clipped);
  origin->preset = find_preset ("openai-compatible");
  origin->id = NULL;
  return TRUE;
}

static gboolean
is_address (const char *address)
{
  g_autoptr (GUri) uri =
    g_uri_parse (address, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *scheme = uri == NULL ? "" : g_uri_get_scheme (uri);

  if (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https"))
    return FALSE;
  for (const char *c = address; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || g_ascii_iscntrl (*c))
      return FALSE;
  const char *host = g_uri_get_host (uri);
  return host != NULL && host[0] != '\0' && g_uri_get_userinfo (uri) == NULL &&
         g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

/* The address as a config has it; NULL and noted if there is none that can be used. */
static char *
dup_address (const WayLitellmPlace *place,
             const WayYamlItem *model,
             const WayYamlItem *given,
             const WayPreset *preset)
{
  if (given == NULL && preset->base_url[0] != '\0')
    return g_strdup (preset->base_url);
  if (given == NULL)
    {
      way_litellm_note (place, model, "is left out: it needs an api_base");
      return NULL;
    }
  const char *address = given->node->type == WAY_YAML_SCALAR ? given->node->text : "";
  if (g_str_has_prefix (address, VARIABLE_PREFIX))
    {
      way_litellm_note (place, given,
                        "an address cannot come from the environment; its model is left out: write "
                        "the address here and import again");
      return NULL;
    }
  if (!is_address (address))
    {
      way_litellm_note (
        place, given,
        "must be an http:// or https:// address without user name, \"?\" and \"#\"; "
        "its model is left out");
      return NULL;
    }
  gsize length = strlen (address);
  while (address[length - 1] == '/')
    length--;
  return g_strndup (address, length);
}

/* The key as LiteLLM would look for it; NULL for none. */
static char *
dup_key (const WayLitellmPlace *place,
         const WayYamlNode *params,
         const Origin *origin,
         gboolean is_usual_address)
{
  const WayYamlItem *item = way_yaml_find (params, "api_key");

  if (item == NULL || way_yaml_is_null (item->node) || item->node->type != WAY_YAML_SCALAR)
    {
      if (!origin->preset->needs_key || !is_usual_address)
        return NULL;
      g_autofree char *upper = g_ascii_strup (origin->id != NULL ? origin->id : origin->prefix, -1);
      g_strdelimit (upper, "-", '_');
      return g_strconcat (VARIABLE_PREFIX, upper, "_API_KEY", NULL);
    }
  g_autofree char *lower = g_ascii_strdown (item->node->text, -1);
  if (lower[0] != '\0' && !g_strv_contains (placeholders, lower))
    return g_strdup (item->node->text);
  way_litellm_note (place, item, "is taken to mean that no key is needed");
  return NULL;
}

static char *
dup_host_id (const char *base_url)
{
  g_autoptr (GUri) uri = g_uri_parse (base_url, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GString) id = g_string_new (g_uri_get_host (uri));

  if (g_uri_get_port (uri) > 0)
    g_string_append_printf (id, "-%d", g_uri_get_port (uri));
  g_string_truncate (id, MIN (id->len, WAY_LIMIT_NAME_BYTES / 2));
  for (gsize i = 0; i < id->len; i++)
    if (!g_ascii_isalnum (id->str[i]) && strchr (".-", id->str[i]) == NULL)
      id->str[i] = '_';
  return g_string_free (g_steal_pointer (&id), FALSE);
}

static gboolean
is_taken (const WayLitellmImport *import, const char *id)
{
  for (guint i = 0; i < import->providers->len; i++)
    if (g_str_equal (((WayLitellmProvider *)g_ptr_array_index (import->providers, i))->id, id))
      return TRUE;
  return g_str_equal (id, "demo"); /* built in */
}

/* A name for whoever is at @base_url: LiteLLM's if it is the usual one, else its host's. */
static char *
make_id (const WayLitellmImport *import, const Origin *origin, const char *base_url)
{
  const WayPreset *found = way_preset_for_url (base_url);
  const gboolean is_own = found == origin->preset || origin->preset->kind != WAY_KIND_OPENAI ||
                          (!origin->preset->needs_key && origin->preset->base_url[0] != '\0');
  g_autofree char *base = is_own          ? g_strdup (origin->id)
                          : found != NULL ? g_strdup (found->id)
                                          : dup_host_id (base_url);
  g_autofree char *id = g_strdup (base);

  for (guint n = 2; is_taken (import, id); n++)
    {
      g_free (id);
      id = g_strdup_printf ("%s-%u", base, n);
    }
  return g_steal_pointer (&id);
}

static WayLitellmProvider *
find_same (const WayLitellmImport *import,
           WayKind kind,
           const char *base_url,
           const char *key,
           const char *api_version)
{
  for (guint i = 0; i < import->providers->len; i++)
    {
      WayLitellmProvider *provider = g_ptr_array_index (import->providers, i);

      if (provider->kind == kind && g_str_equal (provider->base_url, base_url) &&
          g_strcmp0 (provider->key, key) == 0 &&
          g_strcmp0 (provider->api_version, api_version) == 0)
        return provider;
    }
  return NULL;
}

static WayLitellmProvider *
ensure_provider (WayLitellmImport *import,
                 const Origin *origin,
                 const char *base_url,
                 const char *key,
                 const char *api_version)
{
  const WayKind kind = origin->preset->kind;
  WayLitellmProvider *provider = find_same (import, kind, base_url, key, api_version);

  if (provider != NULL)
    return provider;
  provider = g_new0 (WayLitellmProvider, 1);
  provider->id = make_id (import, origin, base_url);
  provider->kind = kind;
  provider->base_url = g_strdup (base_url);
  provider->api_version = g_strdup (api_version);
  provider->key = g_strdup (key);
  if (key != NULL && g_str_has_prefix (key, VARIABLE_PREFIX) &&
      way_credential_is_variable (key + strlen (VARIABLE_PREFIX)))
    provider->variable = g_strdup (key + strlen (VARIABLE_PREFIX));
  g_ptr_array_add (import->providers, provider);
  return provider;
}

/* Goes into the query of each call, so it must be as plain as Azure's are. */
static const char *
get_api_version (const WayLitellmPlace *place, const WayYamlNode *params)
{
  const char *version = way_litellm_get_text (params, "api_version");

  if (version == NULL ||
      strspn (version, "0123456789-abcdefghijklmnopqrstuvwxyz") == strlen (version))
    return version;
  way_litellm_note (place, way_yaml_find (params, "api_version"),
                    "must be a version such as \"2024-10-21\"");
  return NULL;
}

/* The provider that litellm_params @params mean and the name it knows the model by; NULL and noted
 * if there can be none. */
WayLitellmProvider *
way_litellm_find_provider (WayLitellmImport *import,
                           const WayLitellmPlace *place,
                           const WayYamlNode *params,
                           char **ret_model)
{
  const WayYamlItem *model = way_yaml_find (params, "model");
  const WayYamlItem *base = way_yaml_find (params, "api_base");
  const WayYamlItem *given = base != NULL ? base : way_yaml_find (params, "base_url");
  const char *rest = NULL;
  Origin origin = { NULL };

  if (given != NULL && way_yaml_is_null (given->node))
    given = NULL;
  g_autofree char *prefix = split_model (
    model->node->text, way_litellm_get_text (params, "custom_llm_provider"), given != NULL, &rest);
  if (prefix == NULL || rest[0] == '\0')
    {
      way_litellm_note (place, model, "is left out: it must be \"provider/model\"");
      return NULL;
    }
  origin.prefix = prefix;
  if (!find_origin (place, model, given != NULL, &origin))
    return NULL;
  g_autofree char *base_url = dup_address (place, model, given, origin.preset);
  if (base_url == NULL)
    return NULL;

  const gboolean is_usual =
    way_preset_for_url (base_url) == origin.preset || origin.preset->base_url[0] == '\0';
  g_autofree char *key = dup_key (place, params, &origin, is_usual);
  const char *api_version = NULL;
  if (origin.preset->kind == WAY_KIND_AZURE_OPENAI)
    api_version = get_api_version (place, params);
  *ret_model = g_strdup (rest);
  return ensure_provider (import, &origin, base_url, key, api_version);
}
