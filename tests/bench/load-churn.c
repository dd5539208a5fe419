/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Connections that come and go: `connect`, all at the same moment; `churn`, one after the other,
 * each closed by the client once it has its answer, when the server takes it for idle. */

#include "load.h"

#include <stdio.h>

static void
end_if_done (Load *load, guint wanted)
{
  if (load->n_answered + load->n_failed + load->n_lost >= wanted)
    load->over = TRUE;
}

static void
connect_start (Load *load)
{
  for (int i = 0; i < load->n_connections; i++)
    load_open (load);
}

/* From the start of all, not of each: what counts is when the last one has its answer. */
static void
connect_answered (Load *load, LoadConnection *connection)
{
  load_sample (load, g_get_monotonic_time () - load->started_us);
  end_if_done (load, (guint)load->n_connections);
}

static void
connect_lost (Load *load, LoadConnection *connection)
{
  end_if_done (load, (guint)load->n_connections);
}

static void
report_nothing (Load *load)
{
}

const LoadMode load_connect = {
  .name = "connect",
  .summary = "--connections at the same moment, each with one request",
  .start = connect_start,
  .answered = connect_answered,
  .lost = connect_lost,
  .report = report_nothing,
};

static void
open_next (Load *load)
{
  if (load->n_started < (guint)load->n_requests)
    {
      load->n_started++;
      load_open (load);
    }
  end_if_done (load, (guint)load->n_requests);
}

static void
churn_start (Load *load)
{
  for (int i = 0; i < load->n_connections; i++)
    open_next (load);
}

static void
churn_answered (Load *load, LoadConnection *connection)
{
  load_sample (load, g_get_monotonic_time () - connection->began_us);
  load_close (load, connection);
  open_next (load);
}

static void
churn_lost (Load *load, LoadConnection *connection)
{
  open_next (load);
}

const LoadMode load_churn = {
  .name = "churn",
  .summary = "--requests connections in all, --connections at a time, one request each",
  .start = churn_start,
  .answered = churn_answered,
  .lost = churn_lost,
  .report = report_nothing,
};
