/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Names are skewed as they are in life: a few have most of the requests and some have one in ten
 * thousand. One request in twenty fails, one in ten is answered by the second attempt, one in ten
 * has a reason that no other has. */

#include "ledger-data.h"

#include "way-id.h"

/* A name and how many of 10,000 requests have it. */
typedef struct
{
  const char *name;
  guint share;
} Share;

static const Share apps[] = {
  { DATA_APP, 4500 },      { "agent", 3000 }, { "notes", 1000 },    { "shell", 600 },
  { DATA_LOCAL_APP, 400 }, { "tests", 300 },  { DATA_RARE_APP, 1 }, { NULL, 199 },
};

typedef struct
{
  guint share;
  const char *requested;
  const char *provider;
  const char *model;
  WayLocality locality;
  gint64 input_price; /* micro-USD per million tokens; output is five times that */
} Target;

static const Target targets[] = {
  { 3000, DATA_ROUTE, "ollama", "qwen3:14b", WAY_LOCALITY_LOCAL, 0 },
  { 500, "qwen3:14b", "ollama", "qwen3:14b", WAY_LOCALITY_LOCAL, 0 },
  { 500, "embed", "ollama", "nomic-embed-text", WAY_LOCALITY_LOCAL, 0 },
  { 500, "gemma3:27b", "lan-box", "gemma3:27b", WAY_LOCALITY_LAN, 0 },
  { 2000, DATA_MODEL, DATA_PROVIDER, DATA_MODEL, WAY_LOCALITY_CLOUD, 250000 },
  { 500, "gpt-5", DATA_PROVIDER, "gpt-5", WAY_LOCALITY_CLOUD, 1250000 },
  { 1500, "claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5", WAY_LOCALITY_CLOUD, 3000000 },
  { 700, "claude-haiku-4-5", "anthropic", "claude-haiku-4-5", WAY_LOCALITY_CLOUD, 1000000 },
  { 400, "gemini-2.5-flash", "gemini", "gemini-2.5-flash", WAY_LOCALITY_CLOUD, 300000 },
  { 300, "mistral-large", "mistral", "mistral-large-latest", WAY_LOCALITY_CLOUD, WAY_UNKNOWN },
  { 99, "deepseek-chat", "deepseek", "deepseek-chat", WAY_LOCALITY_CLOUD, 280000 },
  { 1, DATA_RARE_MODEL, DATA_RARE_PROVIDER, DATA_RARE_MODEL, WAY_LOCALITY_CLOUD, 900000 },
};

typedef struct
{
  guint share;
  WayOutcome outcome;
  guint status;
  const char *error_code;
} End;

static const End ends[] = {
  { 9490, WAY_OUTCOME_DONE, 200, NULL },
  { 250, WAY_OUTCOME_UPSTREAM_ERROR, 502, "upstream_error" },
  { 100, WAY_OUTCOME_UPSTREAM_ERROR, 429, "rate_limited" },
  { 100, WAY_OUTCOME_CLIENT_GONE, 200, NULL },
  { 50, WAY_OUTCOME_REFUSED, 404, "model_not_found" },
  { 9, WAY_OUTCOME_DEADLINE, 504, "upstream_timeout" },
  { 1, WAY_OUTCOME_SHUTDOWN, 503, "upstream_error" },
};

static guint
pick (GRand *rand, const guint *first_share, gsize stride)
{
  gint32 left = g_rand_int_range (rand, 0, 10000);
  guint i = 0;
  for (;; i++)
    {
      left -= (gint32) * (const guint *)((const char *)first_share + i * stride);
      if (left < 0)
        return i;
    }
}

#define PICK(rand, table) (&(table)[pick (rand, &(table)[0].share, sizeof (table)[0])])

static gboolean
happens (GRand *rand, gint32 in_10000)
{
  return g_rand_int_range (rand, 0, 10000) < in_10000;
}

static char *
make_reason (GRand *rand, const Target *target)
{
  if (happens (rand, 1000))
    return g_strdup_printf ("may cost $0.%06d, and openai/gpt-5 $0.%06d",
                            g_rand_int_range (rand, 0, 1000000),
                            g_rand_int_range (rand, 0, 1000000));
  return g_strdup_printf ("first target of %s", target->requested);
}

static void
add_first_attempt (GRand *rand, WayRecord *record)
{
  WayAttempt *attempt = way_record_add_attempt (record, "ollama", "qwen3:14b", WAY_LOCALITY_LOCAL);
  attempt->verdict = WAY_VERDICT_FAILED;
  attempt->reason = g_strdup ("refused the connection");
  attempt->started_us = g_rand_int_range (rand, 20, 90);
  attempt->connect_us = g_rand_int_range (rand, 100, 900);
  attempt->duration_us = g_rand_int_range (rand, 1000, 900000);
}

static void
add_attempt (GRand *rand, WayRecord *record, const Target *target)
{
  WayAttempt *attempt =
    way_record_add_attempt (record, target->provider, target->model, target->locality);
  attempt->verdict =
    record->outcome == WAY_OUTCOME_DONE ? WAY_VERDICT_ANSWERED : WAY_VERDICT_FAILED;
  attempt->reason = g_strdup (record->reason);
  attempt->status = record->status;
  attempt->started_us = g_rand_int_range (rand, 20, 900);
  attempt->connect_us = 0;
  attempt->first_byte_us = record->first_token_us;
  attempt->duration_us = record->duration_us;
  attempt->usage = record->usage;
  attempt->cost_nano_usd = record->cost_nano_usd;
}

static void
fill_answer (GRand *rand, WayRecord *record, const Target *target)
{
  WayUsage *usage = &record->usage;
  usage->input_tokens = g_rand_int_range (rand, 200, 20000);
  usage->cache_read_tokens = happens (rand, 3000) ? g_rand_int_range (rand, 1000, 90000) : 0;
  usage->output_tokens = g_rand_int_range (rand, 10, 3000);
  record->first_token_us = g_rand_int_range (rand, 90000, 3000000);
  record->response_bytes = g_rand_int_range (rand, 500, 300000);
  if (target->input_price == WAY_UNKNOWN)
    return;
  record->price.input = target->input_price;
  record->price.cache_read = target->input_price / 10;
  record->price.output = target->input_price * 5;
  record->price.as_of = 20260801;
  record->cost_nano_usd = (usage->input_tokens * record->price.input +
                           usage->cache_read_tokens * record->price.cache_read +
                           usage->output_tokens * record->price.output) /
                          1000;
}

/* (transfer full): a request of that time */
WayRecord *
data_make_record (GRand *rand, gint64 started_at_us)
{
  const char *app = PICK (rand, apps)->name;
  const Target *target = g_strcmp0 (app, DATA_LOCAL_APP) == 0 ? &targets[0] : PICK (rand, targets);
  const End *end = PICK (rand, ends);
  char id[WAY_ID_BYTES];
  way_id_new_request (started_at_us, id);
  WayRecord *record = way_record_new (id, "/v1/chat/completions", started_at_us);
  record->app = g_strdup (app);
  record->dialect = g_strdup ("openai-chat");
  record->requested_model = g_strdup (target->requested);
  record->outcome = end->outcome;
  record->status = end->status;
  record->error_code = g_strdup (end->error_code);
  record->streamed = happens (rand, 7000);
  record->duration_us = g_rand_int_range (rand, 500, 60000000);
  record->request_bytes = g_rand_int_range (rand, 500, 90000);
  record->tag =
    happens (rand, 100) ? g_strdup (happens (rand, 100) ? DATA_RARE_TAG : "nightly") : NULL;
  if (end->outcome == WAY_OUTCOME_REFUSED)
    {
      record->reason = g_strdup_printf ("no provider serves %s", target->requested);
      return record;
    }

  record->answered_model = g_strdup (target->model);
  record->provider = g_strdup (target->provider);
  record->locality = target->locality;
  record->reason = make_reason (rand, target);
  if (end->status == 200)
    fill_answer (rand, record, target);
  if (happens (rand, 1000))
    add_first_attempt (rand, record);
  add_attempt (rand, record, target);
  return record;
}
