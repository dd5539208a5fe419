/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* An upstream on a context of its own, a provider that misbehaves, and a caller that notes all. */

#pragma once

#include "mock-upstream.h"
#include "way-upstream.h"

G_BEGIN_DECLS

typedef struct
{
  GMainContext *context;
  WayPoller *poller;
  WayUpstream *upstream;
  MockUpstream *mock;
  WaySnapshot *snapshot; /* one provider, "peer", of kind openai at the mock */
} Fixture;

/* What one caller saw. */
typedef struct
{
  WayCall *call; /* NULL once done */
  GString *body;
  GError *error;
  WayCallTiming timing;
  guint status;
  guint n_heads;
  guint n_done;
  guint n_refused;      /* pieces that were not taken */
  gsize take_bytes;     /* on_data takes nothing beyond this; 0: all */
  gboolean cancel_head; /* cancel in on_head */
  gboolean cancel_data; /* cancel in on_data */
  WayCall *victim;      /* nullable: cancelled in on_data */
} Caller;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

WaySnapshot *snapshot_from_json (const char *json);
WaySnapshot *snapshot_for_url (const char *kind, const char *base_url, const char *more);
WaySnapshot *snapshot_with_key (WaySnapshot *snapshot, const char *value);
WayCallRequest request_to (Fixture *fixture, WaySnapshot *snapshot, const char *path);

extern const WayCallHandlers caller_handlers;
void caller_send (Caller *caller, Fixture *fixture, const WayCallRequest *request);
void caller_clear (Caller *caller);

/* Iterates the context until CONDITION; fails after ten seconds. */
#define WAIT_UNTIL(fixture, condition)                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 give_up_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                             \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, give_up_us);                                  \
        fixture_iterate (fixture);                                                                 \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

void fixture_iterate (Fixture *fixture);
void fixture_settle (Fixture *fixture, guint span_ms);

G_END_DECLS
