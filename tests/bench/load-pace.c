/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Plain chats at a pace: `pace`, --rate a second over connections that stay, whether or not the
 * answers keep up. What is late is sent as soon as a connection is free, and its wait counts. */

#include "load.h"

#include <stdio.h>

/* Connecting and filling caches are not what is measured. */
#define WARM_UP_SHARE 0.1

static void
pace_start (Load *load)
{
  load->measured_from_us =
    load->started_us + (gint64)(load->seconds * WARM_UP_SHARE * G_USEC_PER_SEC);
  for (int i = 0; i < load->n_connections; i++)
    load_open (load);
}

static void
pace_tick (Load *load)
{
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 elapsed_us = now_us - load->started_us;
  const guint due = (guint)((double)elapsed_us * load->rate / G_USEC_PER_SEC);

  while (load->n_started < due && !g_queue_is_empty (&load->free_connections))
    {
      LoadConnection *connection = g_queue_pop_head (&load->free_connections);

      connection->due_us =
        load->started_us + (gint64)((double)load->n_started * G_USEC_PER_SEC / load->rate);
      load->n_started++;
      load_send (load, connection);
    }
}

/* The first answer of a connection only says that it is there. */
static void
pace_answered (Load *load, LoadConnection *connection)
{
  if (connection->due_us >= load->measured_from_us)
    load_sample (load, g_get_monotonic_time () - connection->due_us);
  g_queue_push_tail (&load->free_connections, connection);
}

static void
pace_lost (Load *load, LoadConnection *connection)
{
  g_queue_remove (&load->free_connections, connection);
  load_open (load);
}

static void
pace_report (Load *load)
{
  const double seconds =
    (double)(g_get_monotonic_time () - load->measured_from_us) / G_USEC_PER_SEC;

  printf (",\"requests_per_second\":%.1f", seconds > 0 ? load->samples->len / seconds : 0);
}

const LoadMode load_pace = {
  .name = "pace",
  .summary = "plain chats, --rate a second over --connections",
  .start = pace_start,
  .answered = pace_answered,
  .lost = pace_lost,
  .tick = pace_tick,
  .report = pace_report,
};
