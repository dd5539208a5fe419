/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a provider is sent: the client's own bytes with a little spliced in where both speak the
 * same dialect, else the request written anew. Gateway thread. */

#include "way-exchange-private.h"
#include "way-provider-table.h"
#include "way-signature.h"

#include <string.h>

/* What a client may tell its provider through us. Whose account it is, and where it is sent, is
 * Wayfare's matter. What belongs to a family of dialects goes to that family only. */
static const struct
{
  const char *name;
  const char *family; /* prefix of a dialect's name; NULL for all */
} forwarded_headers[] = {
  { "User-Agent", NULL },
  { "HTTP-Referer", NULL },
  { "X-Title", NULL },
  { "Idempotency-Key", NULL },
  { "X-Client-Request-Id", NULL },
  { "OpenAI-Beta", "openai-" },
  { "anthropic-version", "anthropic" },
  { "anthropic-beta", "anthropic" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (forwarded_headers) <= WAY_ATTEMPT_MAX_HEADERS);

/**
 * way_attempt_collect_headers:
 * @ret_headers: (array fixed-size=WAY_ATTEMPT_MAX_HEADERS)
 *
 * Returns: how many of the client's headers go to the provider
 */
gsize
way_attempt_collect_headers (WayExchange *self, WayHeader *ret_headers)
{
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (forwarded_headers); i++)
    {
      const char *family = forwarded_headers[i].family;
      const char *value = way_request_get_header (self->request, forwarded_headers[i].name);

      if (value && (!family || g_str_has_prefix (self->candidate->dialect->name, family)))
        ret_headers[n++] = (WayHeader){ forwarded_headers[i].name, value };
    }
  return n;
}

/**
 * way_attempt_find_model:
 * @ret_model: what is known of the model that is asked
 *
 * Returns: whether anything is
 */
gboolean
way_attempt_find_model (WayExchange *self, WayModel *ret_model)
{
  return way_pricing_find (self->plan->pricing, self->plan->snapshot, self->candidate->provider,
                           self->candidate->model, ret_model);
}

static WayRequestTarget
describe_target (WayExchange *self)
{
  const WayCandidate *candidate = self->candidate;
  WayModel model;
  WayRequestTarget target = {
    .model = candidate->model,
    .context_tokens = candidate->context_tokens,
    .max_output_tokens = WAY_UNKNOWN,
    .is_local = candidate->provider->locality == WAY_LOCALITY_LOCAL,
    .quirks = way_provider_get_quirks (candidate->provider),
  };

  if (!way_attempt_find_model (self, &model))
    return target;
  target.max_output_tokens = model.max_output_tokens;
  target.can_reason = model.capabilities & WAY_CAPABILITY_REASONING ? WAY_TRI_YES : WAY_TRI_NO;
  return target;
}

static GBytes *
splice_body (WayExchange *self, const WayRequestTarget *target)
{
  g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
  WayJsonEdit edits[WAY_DIALECT_MAX_EDITS];
  gsize length;
  const char *data = g_bytes_get_data (self->request->body, &length);
  gsize n_edits =
    self->request->dialect->plan_edits (&self->facts, target, data, length, arena, edits);

  if (n_edits == 0)
    return g_bytes_ref (self->request->body);
  return way_json_splice_valid (self->request->body, edits, n_edits); /* skimmed before */
}

/* The id of the answer is the request's own, which the client also finds in the headers. */
static gboolean
decode_request (WayExchange *self, GError **error)
{
  WayRequest *request = self->request;
  WayReplyHead head = {
    .id = self->record->id + strlen ("req_"),
    .created_s = self->record->started_at_us / G_USEC_PER_SEC,
    .wants_usage = self->facts.wants_usage,
  };

  if (!self->translation)
    self->translation =
      way_translation_new (request->dialect, request->path, request->body, &head, error);
  return self->translation != NULL;
}

static gboolean
must_translate (WayExchange *self)
{
  const WayDialect *face = self->request->dialect;
  gsize length;
  const char *data = g_bytes_get_data (self->request->body, &length);

  if (self->candidate->dialect != face)
    return TRUE;
  /* A conversation that another dialect's provider had a part in is cleaned of its signatures. */
  return face->operation == WAY_OPERATION_CHAT && way_signature_is_foreign (data, length);
}

/**
 * way_attempt_write_body:
 *
 * Writes what the candidate is sent, and notes whether it is translated.
 *
 * Returns: (transfer full) (nullable): %NULL with %WAY_ERROR_BAD_REQUEST, a predicate of the
 * provider, if the request cannot be said to it
 */
GBytes *
way_attempt_write_body (WayExchange *self, GError **error)
{
  WayRequestTarget target = describe_target (self);
  g_autoptr (GError) fault = NULL;

  self->is_translated = must_translate (self);
  if (!self->is_translated)
    return splice_body (self, &target);
  if (decode_request (self, &fault))
    return way_translation_write_request (self->translation, self->candidate->dialect, &target,
                                          error);
  g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
               "speaks %s, and the request cannot be "
               "said in it: %s",
               self->candidate->dialect->name, fault->message);
  return NULL;
}
