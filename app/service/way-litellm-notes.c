/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Remarks of the LiteLLM import, each with its line and path, and reading of values that makes
 * them. No value of the file is ever quoted here: any of them may be a secret. */

#include "way-litellm-private.h"

#include "way-limits.h"
#include "way-reader.h"

#include <string.h>

/* What is met often and has an answer; everything else "has no counterpart". */
static const struct
{
  const char *name;
  const char *advice;
} advices[] = {
  { "timeout", "write \"deadline_ms\" in its route" },
  { "stream_timeout", "write \"deadline_ms\": {\"first_token\": …} in its route" },
  { "request_timeout", "write \"deadline_ms\" in the routes" },
  { "max_retries", "write \"retry\": {\"attempts\": …}, which is for all routes" },
  { "allowed_fails", "when a failing provider is left alone is decided by itself" },
  { "cooldown_time", "when a failing provider is left alone is decided by itself" },
  { "temperature", "parameters of a request are left to the client" },
  { "top_p", "parameters of a request are left to the client" },
  { "max_tokens", "parameters of a request are left to the client" },
  { "drop_params", "requests pass unchanged where the provider speaks their dialect" },
  { "max_budget", "write \"budget\": {\"usd\": …, \"period\": …}" },
  { "database_url", "requests and costs are kept in a ledger of its own, without a database" },
  { "success_callback", "requests are kept in a ledger of its own" },
  { "callbacks", "requests are kept in a ledger of its own" },
  { "content_policy_fallbacks", "a refused prompt is not sent to another provider" },
};

static const char *
find_advice (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (advices); i++)
    if (g_str_equal (advices[i].name, name))
      return advices[i].advice;
  return NULL;
}

/* Says that @item, a member of the mapping at @place or an element of the sequence there, is not or
 * not wholly carried over. */
void
way_litellm_note (const WayLitellmPlace *place, const WayYamlItem *item, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);

  g_autofree char *member = item->name == NULL ? NULL : way_text_clip (item->name);
  const char *dot = member != NULL && place->path[0] != '\0' ? "." : "";
  WayLitellmNote note = { item->line,
                          g_strdup_printf ("line %u: %s%s%s: %s", item->line, place->path, dot,
                                           member == NULL ? "" : member, text) };
  g_array_append_val (place->notes, note);
}

/* Notes every member that is not @known, unless it says nothing. */
void
way_litellm_note_others (const WayLitellmPlace *place,
                         const WayYamlNode *node,
                         const char *const *known)
{
  for (guint i = 0; i < way_yaml_get_length (node); i++)
    {
      const WayYamlItem *item = way_yaml_get_item (node, i);

      if (item->name == NULL || g_strv_contains (known, item->name) ||
          way_yaml_is_null (item->node))
        continue;
      const char *advice = find_advice (item->name);
      if (advice == NULL)
        way_litellm_note (place, item, "has no counterpart");
      else
        way_litellm_note (place, item, "is not carried over: %s", advice);
    }
}

/* The text of a scalar member; NULL if there is none or it says nothing. */
const char *
way_litellm_get_text (const WayYamlNode *node, const char *name)
{
  const WayYamlItem *item = way_yaml_find (node, name);

  if (item == NULL || item->node->type != WAY_YAML_SCALAR || way_yaml_is_null (item->node))
    return NULL;
  return item->node->text;
}

/* A number within bounds; what is none is noted. */
gboolean
way_litellm_get_number (const WayLitellmPlace *place,
                        const WayYamlNode *node,
                        const char *name,
                        double minimum,
                        double maximum,
                        double *ret_number)
{
  const WayYamlItem *item = way_yaml_find (node, name);
  if (item == NULL || way_yaml_is_null (item->node))
    return FALSE;

  const char *text = item->node->type == WAY_YAML_SCALAR ? item->node->text : "";
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !(number >= minimum && number <= maximum))
    {
      way_litellm_note (place, item, "is not a number from %.15g to %.15g", minimum, maximum);
      return FALSE;
    }
  *ret_number = number;
  return TRUE;
}

/* YAML 1.1 has many words for it. */
gboolean
way_litellm_is_true (const WayYamlNode *node)
{
  static const char *const words[] = { "true", "yes", "on", NULL };

  if (node->type != WAY_YAML_SCALAR)
    return FALSE;
  g_autofree char *word = g_ascii_strdown (node->text, -1);
  return g_strv_contains (words, word);
}

/* Whether the config takes it as the name of a model, with at most one "*". */
gboolean
way_litellm_is_name (const char *name)
{
  const char *star = strchr (name, '*');

  if (name[0] == '\0' || strlen (name) > WAY_LIMIT_NAME_BYTES ||
      (star != NULL && strchr (star + 1, '*') != NULL))
    return FALSE;
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}
