/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is known of one request. Filled on the gateway thread, then sealed. */

#include "way-record.h"

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

static void
attempt_free (gpointer data)
{
  WayAttempt *attempt = data;

  g_free (attempt->provider);
  g_free (attempt->model);
  g_free (attempt->reason);
  g_free (attempt);
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
  g_free (record->id);
  g_free (record->app);
  g_free (record->path);
  g_free (record->dialect);
  g_free (record->route);
  g_free (record->tag);
  g_free (record->requested_model);
  g_free (record->answered_model);
  g_free (record->provider);
  g_free (record->error_code);
  g_free (record->reason);
  g_ptr_array_unref (record->attempts);
  g_free (record);
}

static gpointer
attempt_copy (gconstpointer source, gpointer user_data)
{
  const WayAttempt *attempt = source;
  WayAttempt *copy = g_memdup2 (attempt, sizeof *attempt);

  copy->provider = g_strdup (attempt->provider);
  copy->model = g_strdup (attempt->model);
  copy->reason = g_strdup (attempt->reason);
  return copy;
}

/**
 * way_record_copy:
 *
 * Returns: (transfer full): a deep copy with a reference count of its own
 */
WayRecord *
way_record_copy (const WayRecord *record)
{
  WayRecord *copy = g_memdup2 (record, sizeof *record);

  g_atomic_ref_count_init (&copy->refs);
  copy->id = g_strdup (record->id);
  copy->app = g_strdup (record->app);
  copy->path = g_strdup (record->path);
  copy->dialect = g_strdup (record->dialect);
  copy->route = g_strdup (record->route);
  copy->tag = g_strdup (record->tag);
  copy->requested_model = g_strdup (record->requested_model);
  copy->answered_model = g_strdup (record->answered_model);
  copy->provider = g_strdup (record->provider);
  copy->error_code = g_strdup (record->error_code);
  copy->reason = g_strdup (record->reason);
  copy->attempts = g_ptr_array_copy (record->attempts, (GCopyFunc)attempt_copy, NULL);
  g_ptr_array_set_free_func (copy->attempts, attempt_free);
  return copy;
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
 * way_record_is_fallback:
 *
 * Returns: whether another than the first candidate answered, be it that the first was asked in
 * vain or that it was not fit to be asked
 */
gboolean
way_record_is_fallback (const WayRecord *record)
{
  for (guint i = 1; i < record->attempts->len; i++)
    if (((const WayAttempt *)record->attempts->pdata[i])->verdict == WAY_VERDICT_ANSWERED)
      return TRUE;
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
