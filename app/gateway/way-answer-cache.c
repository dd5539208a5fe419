/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of exchanges into and out of the cache. Gateway thread. */

#include "way-clock.h"
#include "way-exchange-private.h"

/* The cache is of the newest settings, and a request of those it began with. */
static gboolean
is_of_cache (WayExchange *self)
{
  return self->request->snapshot == self->core->snapshot;
}

/* Whether an answer to this request may be kept and given again. */
static gboolean
may_be_cached (WayExchange *self)
{
  const WayApp *app = self->request->app;
  WayCaching caching = app ? app->caching : WAY_CACHING_DETERMINISTIC;
  WayOperation operation = self->request->dialect->operation;

  if (way_cache_get_largest (self->core->cache) == 0 || !is_of_cache (self) ||
      operation == WAY_OPERATION_COUNT || way_exchange_header_is_set (self, "x-wayfare-no-cache"))
    return FALSE;
  switch (caching)
    {
    case WAY_CACHING_OFF:
      return FALSE;
    case WAY_CACHING_ALL:
      return TRUE;
    case WAY_CACHING_DETERMINISTIC:
      return operation == WAY_OPERATION_EMBED || self->facts.is_deterministic;
    }
  g_assert_not_reached ();
}

static char *
dup_key (WayExchange *self)
{
  const WayRequest *request = self->request;
  gboolean local_only = way_exchange_is_local_only (self);
  g_autofree char *context =
    g_strdup_printf ("%s %s %d %s", request->dialect->name, request->dialect->stream_type,
                     local_only, self->record->tag ? self->record->tag : "");

  return way_cache_dup_key (request->app ? request->app->id : NULL, request->path, context,
                            request->body);
}

static void
fill_record (WayRecord *record, const WayCachedAnswer *answer)
{
  record->cache_hit = TRUE;
  record->saved_nano_usd = answer->cost_nano_usd;
  record->usage = (WayUsage){ .reported_cost_nano_usd = WAY_UNKNOWN };
  record->answered_model = g_strdup (answer->model);
  record->provider = g_strdup (answer->provider);
  record->dropped = g_strdup (answer->dropped);
  record->locality = answer->locality;
  record->substituted = answer->substituted;
  record->reason = g_strdup ("the same request was answered before; its answer was kept");
}

static void
send_answer (WayExchange *self, const WayCachedAnswer *answer)
{
  GString *head = way_reply_begin (self->request, 200);
  gsize length;
  const char *body = g_bytes_get_data (answer->body, &length);

  way_answer_add_headers (self, head);
  if (!self->facts.stream)
    {
      way_reply_add_header (head, "x-wayfare-cost-usd", "0");
      way_answer_end (self, &way_ending_done, head, answer->type, body, length);
      return;
    }
  way_reply_begin_stream (self->request, head, answer->type);
  way_answer_end_pieces (self, &way_ending_done, body, length);
}

/**
 * way_answer_from_cache:
 *
 * Answers with what the same request was answered with before, if that was kept; a stream comes as
 * a stream again, at once. Otherwise notes whether this answer is to be kept.
 *
 * Returns: whether the exchange has ended
 */
gboolean
way_answer_from_cache (WayExchange *self)
{
  const WayCachedAnswer *answer;

  if (!may_be_cached (self))
    return FALSE;
  self->cache_key = dup_key (self);
  answer = self->cache_key
             ? way_cache_find (self->core->cache, self->cache_key, way_clock_get_wall_us ())
             : NULL;
  if (!answer)
    return FALSE;
  fill_record (self->record, answer);
  self->record->first_token_us = way_exchange_get_elapsed_us (self);
  send_answer (self, answer);
  return TRUE;
}

/**
 * way_answer_collect:
 * @data: what the client gets
 *
 * Collects an answer that may be kept, until it is too long for that.
 */
void
way_answer_collect (WayExchange *self, const char *data, gsize length)
{
  if (!self->cache_key)
    return;
  if (!self->kept)
    self->kept = g_byte_array_new ();
  g_byte_array_append (self->kept, (const guint8 *)data, (guint)length);
  if (self->kept->len > way_cache_get_largest (self->core->cache))
    {
      g_clear_pointer (&self->cache_key, g_free);
      g_clear_pointer (&self->kept, g_byte_array_unref);
    }
}

/**
 * way_answer_keep:
 * @type: media type of the answer that is complete now
 *
 * Keeps what was collected, unless there are new settings meanwhile: under them the request may be
 * answered by somebody else.
 */
void
way_answer_keep (WayExchange *self, const char *type)
{
  const WayRecord *record = self->record;
  WayCachedAnswer *answer;

  if (!self->cache_key || !self->kept || self->status != 200 || !is_of_cache (self))
    return;
  answer = g_new0 (WayCachedAnswer, 1);
  answer->type = g_strdup (type);
  answer->body = g_byte_array_free_to_bytes (g_steal_pointer (&self->kept));
  answer->provider = g_strdup (record->provider);
  answer->model = g_strdup (record->answered_model);
  answer->dropped = g_strdup (record->dropped);
  answer->locality = record->locality;
  answer->substituted = record->substituted;
  answer->cost_nano_usd = self->attempt->cost_nano_usd;
  way_cache_keep (self->core->cache, self->cache_key, answer, way_clock_get_wall_us ());
}
