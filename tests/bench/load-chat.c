/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Plain chats over connections that stay: `chat`, each connection's next request follows its last
 * answer. */

#include "load.h"

#include <stdio.h>

/* Connecting and filling caches are not what is measured. */
#define WARM_UP_SHARE 0.1

static void
start_connections (Load *load)
{
  load->started_us = g_get_monotonic_time ();
  load->measured_from_us =
    load->started_us + (gint64)(load->seconds * WARM_UP_SHARE * G_USEC_PER_SEC);
  load->end_us = load->started_us + (gint64)(load->seconds * G_USEC_PER_SEC);
  for (int i = 0; i < load->n_connections; i++)
    load_open (load);
}

static void
chat_start (Load *load)
{
  for (int i = 0; i < load->n_idle; i++)
    {
      LoadConnection *connection = load_open (load);

      if (connection != NULL)
        connection->is_idle = TRUE;
    }
  if (load->n_open == 0)
    start_connections (load);
}

static void
chat_answered (Load *load, LoadConnection *connection)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (connection->is_idle)
    {
      load->n_ready++;
      if (load->n_ready == (guint)load->n_idle)
        start_connections (load);
      return;
    }
  if (connection->began_us >= load->measured_from_us)
    load_sample (load, now_us - connection->began_us);
  if (now_us >= load->end_us ||
      (load->n_requests > 0 && load->n_answered >= (guint64)load->n_requests))
    load->over = TRUE;
  else
    load_send (load, connection);
}

static void
chat_lost (Load *load, LoadConnection *connection)
{
  if (!connection->is_idle)
    load_open (load);
}

static void
chat_report (Load *load)
{
  const double seconds =
    (double)(g_get_monotonic_time () - load->measured_from_us) / G_USEC_PER_SEC;

  printf (",\"idle\":%u,\"requests_per_second\":%.1f", load->n_ready,
          seconds > 0 ? load->samples->len / seconds : 0);
}

const LoadMode load_chat = {
  .name = "chat",
  .summary = "plain chats in a closed loop, with --idle connections held open besides",
  .start = chat_start,
  .answered = chat_answered,
  .lost = chat_lost,
  .report = chat_report,
};
