/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Streamed chats: `stream`. Each event says when the mock sent it, so what is sampled is the time
 * from there to here; without a proxy between it is that of the two tools alone. */

#include "load.h"

#include <stdio.h>
#include <string.h>

/* Streams do not begin all at once: over this time, evenly. */
#define START_US (G_USEC_PER_SEC / 2)
/* How much longer than its events need a stream may take. */
#define GRACE_US (3 * G_USEC_PER_SEC)

static void
stream_start (Load *load)
{
  load->end_us += START_US + GRACE_US;
}

static void
stream_tick (Load *load)
{
  const gint64 elapsed_us = g_get_monotonic_time () - load->started_us;
  const guint due = elapsed_us >= START_US ? (guint)load->n_connections
                                           : (guint)(load->n_connections * elapsed_us / START_US);

  for (; load->n_started < due; load->n_started++)
    {
      LoadConnection *connection = load_open (load);

      if (connection != NULL)
        connection->line = g_string_new (NULL);
    }
  if (load->n_started == (guint)load->n_connections && load->n_open == 0)
    load->over = TRUE;
}

/* "…#NUMBER@TIME#…" in a line is an event; the one of usage and [DONE] are not counted. */
static void
take_line (LoadConnection *connection, const char *line)
{
  Load *load = connection->load;
  const char *number = strstr (line, "\"#");
  char *end;

  if (number == NULL)
    return;
  if (g_ascii_strtoull (number + 2, &end, 10) != connection->n_events || *end != '@')
    load->n_disordered++;
  connection->n_events++;
  load->n_events++;
  load_sample (load, g_get_monotonic_time () - g_ascii_strtoll (end + 1, NULL, 10));
}

static void
stream_body (LoadConnection *connection, const char *data, gsize length)
{
  const char *end;

  while ((end = memchr (data, '\n', length)) != NULL)
    {
      g_string_append_len (connection->line, data, end - data);
      take_line (connection, connection->line->str);
      g_string_truncate (connection->line, 0);
      length -= (gsize)(end + 1 - data);
      data = end + 1;
    }
  g_string_append_len (connection->line, data, (gssize)length);
}

static void
stream_answered (Load *load, LoadConnection *connection)
{
  load_close (load, connection);
}

static void
stream_lost (Load *load, LoadConnection *connection)
{
}

static void
stream_report (Load *load)
{
  const guint64 expected = (guint64)load->n_connections * (guint64)load->n_requests;

  printf (",\"events\":%" G_GUINT64_FORMAT ",\"events_lost\":%" G_GUINT64_FORMAT
          ",\"disordered\":%" G_GUINT64_FORMAT ",\"reads_per_event\":%.3f",
          load->n_events, expected - MIN (expected, load->n_events), load->n_disordered,
          load->n_events > 0 ? (double)load->n_reads / (double)load->n_events : 0);
}

const LoadMode load_stream = {
  .name = "stream",
  .summary = "--connections streams of --rate events a second for --seconds",
  .start = stream_start,
  .answered = stream_answered,
  .lost = stream_lost,
  .tick = stream_tick,
  .body = stream_body,
  .report = stream_report,
};
