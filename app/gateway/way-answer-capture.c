/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Keeps the words of an exchange, if the user wants that. Gateway thread. */

#include "way-capture.h"
#include "way-exchange-private.h"
#include "way-mask.h"

#include <string.h>

/**
 * way_answer_overhear:
 * @data: what the client gets
 *
 * Listens to an answer that may be kept. What is beyond the size that is kept is only counted, as
 * `response_bytes` of the record.
 */
void
way_answer_overhear (WayExchange *self, const char *data, gsize length)
{
  gsize room;

  if (self->request->snapshot->capture.bodies == WAY_CAPTURE_OFF)
    return;
  if (!self->heard)
    self->heard = g_string_new (NULL);
  room = WAY_CAPTURE_BODY_BYTES - MIN (self->heard->len, WAY_CAPTURE_BODY_BYTES);
  g_string_append_len (self->heard, data, (gssize)MIN (length, room));
}

static GBytes *
prepare (const char *data, gsize length, gboolean mask)
{
  gsize kept = MIN (length, WAY_CAPTURE_BODY_BYTES);

  return mask ? g_string_free_to_bytes (way_mask_secrets (data, kept)) : g_bytes_new (data, kept);
}

/**
 * way_answer_capture:
 *
 * The exchange has ended: gives its words to the ledger, if those of such requests are kept.
 */
void
way_answer_capture (WayExchange *self)
{
  const WayCaptureTerms *terms = &self->request->snapshot->capture;
  const WayRecord *record = self->record;
  gboolean is_wanted = terms->bodies == WAY_CAPTURE_ALL ||
                       (terms->bodies == WAY_CAPTURE_ERRORS && way_record_has_failed (record));
  WayBodies *bodies;
  gsize length;
  const char *data;

  if (!is_wanted)
    return;
  data = g_bytes_get_data (self->request->body, &length);
  bodies = g_new0 (WayBodies, 1);
  bodies->at_us = record->started_at_us;
  bodies->masked = terms->mask;
  bodies->request_bytes = (gint64)length;
  bodies->answer_bytes = record->response_bytes;
  bodies->request = prepare (data ? data : "", length, terms->mask);
  bodies->answer =
    prepare (self->heard ? self->heard->str : "", self->heard ? self->heard->len : 0, terms->mask);
  way_ledger_capture (self->core->ledger, record->id, bodies);
}
