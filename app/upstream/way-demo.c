/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The built-in demo model: a provider without a peer, behind the same door as the others. It gives
 * its answer out a word each 20 ms when streamed. Gateway thread. */

#include "way-demo.h"

#include "way-demo-answer.h"
#include "way-upstream-private.h"

#define WORD_MS 20

struct _WayDemo
{
  WayDemoAnswer answer;
  WayCall *call;   /* borrowed; owns this */
  GSource *source; /* owned, nullable: none while paused or done */
  guint next_piece;
};

/* Whether there is more to give and it is wanted now. */
static gboolean
give_piece (WayDemo *demo)
{
  WayCall *call = demo->call;
  const GString *piece = g_ptr_array_index (demo->answer.pieces, demo->next_piece);

  if (!call->has_head)
    {
      way_call_add_header (call, "Content-Type",
                           demo->answer.is_stream ? "text/event-stream" : "application/json");
      call->timing.connect_us = 0;
      call->timing.first_byte_us = call->upstream->now_us - call->sent_us;
      if (!way_call_give_head (call, demo->answer.status))
        return FALSE;
    }
  if (!way_call_give_data (call, piece->str, piece->len))
    return FALSE;
  demo->next_piece++;
  call->is_ended = demo->next_piece == demo->answer.pieces->len;
  return !call->is_ended;
}

static gboolean
on_tick (gpointer user_data)
{
  WayDemo *demo = user_data;

  demo->call->upstream->now_us = g_get_monotonic_time ();
  if (give_piece (demo))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&demo->source, g_source_unref);
  if (demo->call->is_ended)
    way_upstream_defer (demo->call->upstream, demo->call);
  return G_SOURCE_REMOVE;
}

/**
 * way_demo_resume:
 *
 * Goes on giving, from the context's next turn on.
 */
void
way_demo_resume (WayDemo *demo)
{
  g_return_if_fail (demo->source == NULL);

  demo->source = g_timeout_source_new (demo->answer.is_stream ? WORD_MS : 0);
  g_source_set_callback (demo->source, on_tick, demo, NULL);
  g_source_attach (demo->source, demo->call->upstream->context);
}

/**
 * way_demo_new:
 * @call: (transfer none): whom to answer
 *
 * Returns: (transfer full): a demo that will answer @call
 */
WayDemo *
way_demo_new (WayCall *call, const WayCallRequest *request)
{
  WayDemo *demo = g_new0 (WayDemo, 1);

  demo->call = call;
  way_demo_answer_init (&demo->answer, request->method, request->path, request->body);
  way_demo_resume (demo);
  return demo;
}

/**
 * way_demo_free:
 *
 * Stops @demo; allowed while it gives.
 */
void
way_demo_free (WayDemo *demo)
{
  if (demo->source != NULL)
    g_source_destroy (demo->source);
  g_clear_pointer (&demo->source, g_source_unref);
  way_demo_answer_clear (&demo->answer);
  g_free (demo);
}
