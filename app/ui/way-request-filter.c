/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Words are separated by spaces and all must match; quotes keep spaces, a leading "-" turns a word
 * round. A colon after anything but the known names is part of the text, since models are called
 * "qwen3:14b". Any thread. */

#include "way-request-filter.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NANO_PER_USD 1e9
#define MAX_USD 1e9

typedef enum
{
  TERM_TEXT,
  TERM_APP,
  TERM_PROVIDER,
  TERM_MODEL,
  TERM_STATUS,
  TERM_LOCAL,
  TERM_COST,
  TERM_ERROR,
} TermKind;

typedef enum
{
  STATUS_RUNNING,
  STATUS_OK,
  STATUS_ERROR,
  STATUS_OUTCOME, /* one of WayOutcome */
  STATUS_CODE,    /* one HTTP status */
} StatusKind;

typedef enum
{
  COST_UNKNOWN,
  COST_LESS,
  COST_AT_MOST,
  COST_EQUAL,
  COST_AT_LEAST,
  COST_MORE,
} CostKind;

typedef struct
{
  TermKind kind;
  gboolean negated;
  char *text; /* owned, what is looked for */
  StatusKind status;
  CostKind cost;
  gint64 number; /* outcome, HTTP status, nano-USD or truth, as the kind wants */
} Term;

struct _WayRequestFilter
{
  GPtrArray *terms; /* (element-type Term) */
};

static const struct
{
  const char *prefix;
  TermKind kind;
} prefixes[] = {
  { "app:", TERM_APP },       { "provider:", TERM_PROVIDER }, { "model:", TERM_MODEL },
  { "status:", TERM_STATUS }, { "local:", TERM_LOCAL },       { "cost:", TERM_COST },
  { "error:", TERM_ERROR },
};

static const struct
{
  const char *sign;
  CostKind kind;
} comparisons[] = {
  /* The longer signs come first. */
  { "<=", COST_AT_MOST }, { ">=", COST_AT_LEAST }, { "<", COST_LESS },
  { ">", COST_MORE },     { "=", COST_EQUAL },     { "", COST_EQUAL },
};

static void
term_free (gpointer data)
{
  Term *term = data;

  g_free (term->text);
  g_free (term);
}

static gboolean
parse_status (Term *term, GError **error)
{
  WayOutcome outcome = WAY_OUTCOME_RUNNING;
  guint64 code = 0;

  if (g_str_equal (term->text, "running"))
    term->status = STATUS_RUNNING;
  else if (g_str_equal (term->text, "ok"))
    term->status = STATUS_OK;
  else if (g_str_equal (term->text, "error"))
    term->status = STATUS_ERROR;
  else if (way_outcome_from_name (term->text, &outcome))
    {
      term->status = STATUS_OUTCOME;
      term->number = outcome;
    }
  else if (g_ascii_string_to_unsigned (term->text, 10, 100, 599, &code, NULL))
    {
      term->status = STATUS_CODE;
      term->number = (gint64)code;
    }
  else
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   _ ("status: takes running, ok, error, an outcome or an HTTP status, not “%s”"),
                   term->text);
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_local (Term *term, GError **error)
{
  if (!g_str_equal (term->text, "yes") && !g_str_equal (term->text, "no"))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, _ ("local: takes yes or no, not “%s”"),
                   term->text);
      return FALSE;
    }
  term->number = g_str_equal (term->text, "yes");
  return TRUE;
}

static gboolean
parse_cost (Term *term, GError **error)
{
  const char *value = term->text;
  char *end = NULL;
  double usd = 0;

  if (g_str_equal (value, "unknown"))
    {
      term->cost = COST_UNKNOWN;
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (comparisons); i++)
    {
      if (g_str_has_prefix (value, comparisons[i].sign))
        {
          term->cost = comparisons[i].kind;
          value += strlen (comparisons[i].sign);
          break;
        }
    }
  if (*value == '$')
    value++;
  usd = g_ascii_strtod (value, &end);
  if (end == value || *end != '\0' || !g_ascii_isdigit (*value) || !(usd <= MAX_USD))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   _ ("cost: takes a comparison such as >0.01, or unknown, not “%s”"), term->text);
      return FALSE;
    }
  term->number = (gint64)(usd * NANO_PER_USD + 0.5);
  return TRUE;
}

static gboolean
parse_value (Term *term, GError **error)
{
  switch (term->kind)
    {
    case TERM_STATUS:
      return parse_status (term, error);
    case TERM_LOCAL:
      return parse_local (term, error);
    case TERM_COST:
      return parse_cost (term, error);
    case TERM_TEXT:
    case TERM_APP:
    case TERM_PROVIDER:
    case TERM_MODEL:
    case TERM_ERROR:
      return TRUE;
    }
  g_assert_not_reached ();
}

/* Takes one word off the text; quotes are dropped, and what they keep together stays together. */
static char *
take_word (const char **text)
{
  GString *word = g_string_new (NULL);
  gboolean quoted = FALSE;

  while (**text == ' ')
    (*text)++;
  for (; **text != '\0' && (quoted || **text != ' '); (*text)++)
    {
      if (**text == '"')
        quoted = !quoted;
      else
        g_string_append_c (word, **text);
    }
  return g_string_free (word, FALSE);
}

static Term *
term_new (const char *word)
{
  Term *term = g_new0 (Term, 1);

  if (*word == '-' && word[1] != '\0')
    {
      term->negated = TRUE;
      word++;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_str_has_prefix (word, prefixes[i].prefix))
        {
          term->kind = prefixes[i].kind;
          word += strlen (prefixes[i].prefix);
          break;
        }
    }
  term->text = g_strdup (word);
  return term;
}

/**
 * way_request_filter_parse:
 * @text: what was typed
 * @error: says which word is at fault and what it takes
 *
 * A name without a value, as while one types "app:", restricts nothing yet. Any thread.
 *
 * Returns: (transfer full) (nullable): the filter, or %NULL with @error set to
 *   %WAY_ERROR_BAD_REQUEST
 */
WayRequestFilter *
way_request_filter_parse (const char *text, GError **error)
{
  g_autoptr (WayRequestFilter) filter = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  filter = g_new0 (WayRequestFilter, 1);
  filter->terms = g_ptr_array_new_with_free_func (term_free);
  while (*text != '\0')
    {
      g_autofree char *word = take_word (&text);
      Term *term = term_new (word);

      if (*term->text == '\0')
        {
          term_free (term);
          continue;
        }
      g_ptr_array_add (filter->terms, term);
      if (!parse_value (term, error))
        return NULL;
    }
  return g_steal_pointer (&filter);
}

/**
 * way_request_filter_is_empty:
 * @filter: a filter
 *
 * Returns: whether it lets everything through
 */
gboolean
way_request_filter_is_empty (const WayRequestFilter *filter)
{
  return filter->terms->len == 0;
}

static gboolean
contains (const char *text, const char *wanted)
{
  return text != NULL && strcasestr (text, wanted) != NULL;
}

static gboolean
matches_text (const WayRecord *record, const char *wanted)
{
  const char *const texts[] = {
    record->requested_model, record->answered_model, record->provider, record->app,  record->route,
    record->reason,          record->error_code,     record->tag,      record->path, record->id,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (contains (texts[i], wanted))
        return TRUE;
    }
  return FALSE;
}

static gboolean
matches_status (const Term *term, const WayRecord *record)
{
  switch (term->status)
    {
    case STATUS_RUNNING:
      return record->outcome == WAY_OUTCOME_RUNNING;
    case STATUS_OK:
      return record->outcome == WAY_OUTCOME_DONE;
    case STATUS_ERROR:
      return record->outcome != WAY_OUTCOME_RUNNING && record->outcome != WAY_OUTCOME_DONE;
    case STATUS_OUTCOME:
      return (gint64)record->outcome == term->number;
    case STATUS_CODE:
      return (gint64)record->status == term->number;
    }
  g_assert_not_reached ();
}

/* An unknown cost is neither more nor less than anything. */
static gboolean
matches_cost (const Term *term, gint64 cost)
{
  if (term->cost == COST_UNKNOWN || cost < 0)
    return term->cost == COST_UNKNOWN && cost < 0;
  switch (term->cost)
    {
    case COST_UNKNOWN:
      return FALSE;
    case COST_LESS:
      return cost < term->number;
    case COST_AT_MOST:
      return cost <= term->number;
    case COST_EQUAL:
      return cost == term->number;
    case COST_AT_LEAST:
      return cost >= term->number;
    case COST_MORE:
      return cost > term->number;
    }
  g_assert_not_reached ();
}

/* One of several codes: "error:cloud_disabled,local_only". */
static gboolean
matches_error (const char *error_code, const char *wanted)
{
  const gsize length = error_code != NULL ? strlen (error_code) : 0;

  while (length > 0 && wanted != NULL)
    {
      if (g_ascii_strncasecmp (wanted, error_code, length) == 0 &&
          (wanted[length] == '\0' || wanted[length] == ','))
        return TRUE;
      wanted = strchr (wanted, ',');
      wanted = wanted != NULL ? wanted + 1 : NULL;
    }
  return FALSE;
}

static gboolean
matches_term (const Term *term, const WayRecord *record)
{
  switch (term->kind)
    {
    case TERM_TEXT:
      return matches_text (record, term->text);
    case TERM_APP:
      return contains (record->app, term->text);
    case TERM_PROVIDER:
      return contains (record->provider, term->text);
    case TERM_MODEL:
      return contains (record->requested_model, term->text) ||
             contains (record->answered_model, term->text);
    case TERM_STATUS:
      return matches_status (term, record);
    case TERM_LOCAL:
      return record->provider != NULL && (record->locality == WAY_LOCALITY_LOCAL) == !!term->number;
    case TERM_COST:
      return matches_cost (term, record->cost_nano_usd);
    case TERM_ERROR:
      return matches_error (record->error_code, term->text);
    }
  g_assert_not_reached ();
}

/**
 * way_request_filter_matches:
 * @filter: a filter
 * @record: a request, in flight or ended
 *
 * Upper and lower case are the same for ASCII. Allocates nothing. Any thread.
 *
 * Returns: whether every word of the filter fits the request
 */
gboolean
way_request_filter_matches (const WayRequestFilter *filter, const WayRecord *record)
{
  for (guint i = 0; i < filter->terms->len; i++)
    {
      const Term *term = g_ptr_array_index (filter->terms, i);

      if (matches_term (term, record) == term->negated)
        return FALSE;
    }
  return TRUE;
}

/**
 * way_request_filter_free:
 * @filter: (transfer full) (nullable): a filter
 */
void
way_request_filter_free (WayRequestFilter *filter)
{
  if (filter == NULL)
    return;
  g_ptr_array_unref (filter->terms);
  g_free (filter);
}
