/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is known of one request. Filled on the gateway thread, then sealed. */

#include "way-record-private.h"

#include <string.h>

static const char *const locality_names[] = { "local", "lan", "cloud" };
static const char *const outcome_names[] = {
  "running", "done", "refused", "upstream_error", "client_gone", "deadline", "shutdown",
};
static const char *const verdict_names[] = { "skipped", "trying", "failed", "answered" };

static gboolean
find_name (const char *const *names, gsize n_names, const char *name, guint *ret_index)
{
  for (guint i = 0; name && i < n_names; i++)
    if (strcmp (names[i], name) == 0)
      {
        *ret_index = i;
        return TRUE;
      }
  return FALSE;
}

const gsize way_record_strings[WAY_RECORD_N_STRINGS] = {
  G_STRUCT_OFFSET (WayRecord, app),
  G_STRUCT_OFFSET (WayRecord, path),
  G_STRUCT_OFFSET (WayRecord, dialect),
  G_STRUCT_OFFSET (WayRecord, route),
  G_STRUCT_OFFSET (WayRecord, tag),
  G_STRUCT_OFFSET (WayRecord, dropped),
  G_STRUCT_OFFSET (WayRecord, requested_model),
  G_STRUCT_OFFSET (WayRecord, answered_model),
  G_STRUCT_OFFSET (WayRecord, provider),
  G_STRUCT_OFFSET (WayRecord, error_code),
  G_STRUCT_OFFSET (WayRecord, reason),
};

const gsize way_attempt_strings[WAY_ATTEMPT_N_STRINGS] = {
  G_STRUCT_OFFSET (WayAttempt, provider),
  G_STRUCT_OFFSET (WayAttempt, model),
  G_STRUCT_OFFSET (WayAttempt, reason),
};

/* Replaces each string by what @func makes of it; those that are not there stay so. */
static void
map_strings (gpointer data, const gsize *offsets, gsize n_offsets, char *(*func) (char *string))
{
  for (gsize i = 0; i < n_offsets; i++)
    {
      char **string = G_STRUCT_MEMBER_P (data, offsets[i]);

      if (*string != NULL)
        *string = func (*string);
    }
}

static char *
string_copy (char *string)
{
  return g_strdup (string);
}

static char *
string_share (char *string)
{
  return g_ref_string_new_intern (string);
}

static char *
string_free (char *string)
{
  g_free (string);
  return NULL;
}

static char *
string_release (char *string)
{
  g_ref_string_release (string);
  return NULL;
}

static void
attempt_free (gpointer data)
{
  map_strings (data, way_attempt_strings, WAY_ATTEMPT_N_STRINGS, string_free);
  g_free (data);
}

static void
attempt_free_compact (gpointer data)
{
  map_strings (data, way_attempt_strings, WAY_ATTEMPT_N_STRINGS, string_release);
  g_free (data);
}

/**
 * way_record_new:
 * @id: from way_id_new_request()
 * @started_at_us: wall clock
 *
 * Returns: (transfer full): a record of a request of which nothing else is known
 */
WayRecord *
way_record_new (const char *id, const char *path, gint64 started_at_us)
{
  WayRecord *record = g_new0 (WayRecord, 1);

  g_atomic_ref_count_init (&record->refs);
  record->id = g_strdup (id);
  record->path = g_strdup (path);
  record->started_at_us = started_at_us;
  record->first_token_us = WAY_UNKNOWN;
  record->duration_us = WAY_UNKNOWN;
  record->cost_nano_usd = WAY_UNKNOWN;
  record->saved_nano_usd = WAY_UNKNOWN;
  record->usage = WAY_USAGE_INIT;
  record->price = WAY_PRICE_UNKNOWN;
  record->attempts = g_ptr_array_new_with_free_func (attempt_free);
  return record;
}

/**
 * way_record_ref:
 *
 * Any thread. Returns: (transfer full): @record
 */
WayRecord *
way_record_ref (WayRecord *record)
{
  g_atomic_ref_count_inc (&record->refs);
  return record;
}

/**
 * way_record_unref:
 *
 * Any thread.
 */
void
way_record_unref (WayRecord *record)
{
  if (!g_atomic_ref_count_dec (&record->refs))
    return;
  map_strings (record, way_record_strings, WAY_RECORD_N_STRINGS,
               record->is_compact ? string_release : string_free);
  g_free (record->id);
  g_ptr_array_unref (record->attempts);
  g_free (record);
}

static WayRecord *
copy (const WayRecord *record, gboolean is_compact)
{
  char *(*take) (char *) = is_compact ? string_share : string_copy;
  WayRecord *result = g_memdup2 (record, sizeof *record);

  g_atomic_ref_count_init (&result->refs);
  result->is_compact = is_compact;
  result->id = g_strdup (record->id);
  map_strings (result, way_record_strings, WAY_RECORD_N_STRINGS, take);
  result->attempts =
    g_ptr_array_new_full (record->attempts->len, is_compact ? attempt_free_compact : attempt_free);
  for (guint i = 0; i < record->attempts->len; i++)
    {
      WayAttempt *attempt = g_memdup2 (record->attempts->pdata[i], sizeof *attempt);

      map_strings (attempt, way_attempt_strings, WAY_ATTEMPT_N_STRINGS, take);
      g_ptr_array_add (result->attempts, attempt);
    }
  return result;
}

/**
 * way_record_copy:
 *
 * Returns: (transfer full): a deep copy with a reference count of its own
 */
WayRecord *
way_record_copy (const WayRecord *record)
{
  return copy (record, FALSE);
}

/**
 * way_record_copy_compact:
 *
 * For whoever keeps records by the hundred thousand. The strings belong to all compact copies that
 * have them alike, so it is sealed: only a plain copy of it may be changed. Any thread.
 *
 * Returns: (transfer full): a deep copy with a reference count of its own
 */
WayRecord *
way_record_copy_compact (const WayRecord *record)
{
  return copy (record, TRUE);
}

/**
 * way_record_add_attempt:
 *
 * Returns: (transfer none): a new last candidate, skipped so far, of which nothing is known
 */
WayAttempt *
way_record_add_attempt (WayRecord *record,
                        const char *provider,
                        const char *model,
                        WayLocality locality)
{
  WayAttempt *attempt = g_new0 (WayAttempt, 1);

  attempt->provider = g_strdup (provider);
  attempt->model = g_strdup (model);
  attempt->locality = locality;
  attempt->verdict = WAY_VERDICT_SKIPPED;
  attempt->started_us = WAY_UNKNOWN;
  attempt->connect_us = WAY_UNKNOWN;
  attempt->first_byte_us = WAY_UNKNOWN;
  attempt->duration_us = WAY_UNKNOWN;
  attempt->usage = WAY_USAGE_INIT;
  attempt->cost_nano_usd = WAY_UNKNOWN;
  g_ptr_array_add (record->attempts, attempt);
  return attempt;
}

/**
 * way_record_count_tried:
 *
 * Returns: how many candidates were really asked
 */
guint
way_record_count_tried (const WayRecord *record)
{
  guint n_tried = 0;

  for (guint i = 0; i < record->attempts->len; i++)
    if (((const WayAttempt *)record->attempts->pdata[i])->verdict != WAY_VERDICT_SKIPPED)
      n_tried++;
  return n_tried;
}

/**
 * way_record_get_asked:
 *
 * Returns: (transfer none) (nullable): the candidate that was asked last
 */
const WayAttempt *
way_record_get_asked (const WayRecord *record)
{
  for (guint i = record->attempts->len; i > 0; i--)
    {
      const WayAttempt *attempt = record->attempts->pdata[i - 1];

      if (attempt->verdict != WAY_VERDICT_SKIPPED)
        return attempt;
    }
  return NULL;
}

/**
 * way_record_has_answer:
 *
 * The record names an answerer as soon as headers came, an error's too. Only words are an answer,
 * even if they were cut off.
 *
 * Returns: whether somebody answered or, while the request runs, seems to be about to
 */
gboolean
way_record_has_answer (const WayRecord *record)
{
  const WayAttempt *asked = way_record_get_asked (record);

  if (record->answered_model == NULL)
    return FALSE;
  return record->outcome == WAY_OUTCOME_RUNNING || record->outcome == WAY_OUTCOME_DONE ||
         record->first_token_us >= 0 || (asked != NULL && asked->verdict == WAY_VERDICT_ANSWERED);
}

/**
 * way_record_is_fallback:
 *
 * Returns: whether another than the first candidate answered, be it that the first was asked in
 * vain or that it was not fit to be asked; asking the same one again is no fallback
 */
gboolean
way_record_is_fallback (const WayRecord *record)
{
  const WayAttempt *first = record->attempts->len > 0 ? record->attempts->pdata[0] : NULL;

  for (guint i = 1; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = record->attempts->pdata[i];

      if (attempt->verdict == WAY_VERDICT_ANSWERED)
        return g_strcmp0 (attempt->provider, first->provider) != 0 ||
               g_strcmp0 (attempt->model, first->model) != 0;
    }
  return FALSE;
}

/**
 * way_record_has_failed:
 *
 * Returns: whether the request ended without its answer; a client that leaves is nobody's failure
 */
gboolean
way_record_has_failed (const WayRecord *record)
{
  switch (record->outcome)
    {
    case WAY_OUTCOME_RUNNING:
    case WAY_OUTCOME_DONE:
    case WAY_OUTCOME_CLIENT_GONE:
      return FALSE;
    case WAY_OUTCOME_REFUSED:
    case WAY_OUTCOME_UPSTREAM_ERROR:
    case WAY_OUTCOME_DEADLINE:
    case WAY_OUTCOME_SHUTDOWN:
      return TRUE;
    }
  g_assert_not_reached ();
}

/**
 * way_record_get_known_cost_nano_usd:
 *
 * Returns: what the attempts are known to have cost, be it all or a part: for sums, which tell
 *   beside it how many requests have a part that is unknown
 */
gint64
way_record_get_known_cost_nano_usd (const WayRecord *record)
{
  gint64 sum = 0;

  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = record->attempts->pdata[i];

      if (attempt->verdict != WAY_VERDICT_SKIPPED)
        sum += MAX (attempt->cost_nano_usd, 0);
    }
  return sum;
}

/**
 * way_record_sum_cost_nano_usd:
 *
 * Returns: what the attempts cost together. A failed one that may have been charged without saying
 *   so makes it %WAY_UNKNOWN, never smaller.
 */
gint64
way_record_sum_cost_nano_usd (const WayRecord *record)
{
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = record->attempts->pdata[i];

      if (attempt->verdict != WAY_VERDICT_SKIPPED && attempt->cost_nano_usd == WAY_UNKNOWN)
        return WAY_UNKNOWN;
    }
  return way_record_get_known_cost_nano_usd (record);
}

const char *
way_locality_get_name (WayLocality locality)
{
  return locality_names[locality];
}

gboolean
way_locality_from_name (const char *name, WayLocality *ret_locality)
{
  return find_name (locality_names, G_N_ELEMENTS (locality_names), name, ret_locality);
}

const char *
way_outcome_get_name (WayOutcome outcome)
{
  return outcome_names[outcome];
}

gboolean
way_outcome_from_name (const char *name, WayOutcome *ret_outcome)
{
  return find_name (outcome_names, G_N_ELEMENTS (outcome_names), name, ret_outcome);
}

const char *
way_verdict_get_name (WayVerdict verdict)
{
  return verdict_names[verdict];
}

gboolean
way_verdict_from_name (const char *name, WayVerdict *ret_verdict)
{
  return find_name (verdict_names, G_N_ELEMENTS (verdict_names), name, ret_verdict);
}
