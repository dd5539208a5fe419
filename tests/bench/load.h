/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#pragma once

#include "bench-wire.h"

typedef struct _Load Load;
typedef struct _LoadConnection LoadConnection;

/* One kind of load. */
typedef struct
{
  const char *name;
  const char *summary;
  void (*start) (Load *load);
  /* An answer is complete. The connection may be given the next request, or closed. */
  void (*answered) (Load *load, LoadConnection *connection);
  /* A connection ended too early; it is closed after this. */
  void (*lost) (Load *load, LoadConnection *connection);
  /* (nullable): once a round of events */
  void (*tick) (Load *load);
  /* (nullable): bytes of a body */
  void (*body) (LoadConnection *connection, const char *data, gsize length);
  /* Members of the result, after the common ones. */
  void (*report) (Load *load);
} LoadMode;

struct _LoadConnection
{
  int fd;
  Load *load; /* borrowed */
  gboolean is_connected;
  gboolean is_idle; /* held open, not part of the load */
  gsize n_sent;
  gint64 began_us; /* the request */
  gint64 due_us;   /* when it should have begun, of a pace */
  BenchReader reader;
  GString *line; /* nullable: the unfinished line of a stream */
  guint n_events;
};

struct _Load
{
  const LoadMode *mode;
  /* Options. */
  int port;
  int n_connections;
  int n_idle;
  int n_requests; /* 0: until the time is over */
  int rate;       /* events a second of each stream, or requests a second of a pace */
  double seconds;
  /* State. */
  int epoll;
  char *request; /* owned */
  gsize request_length;
  gboolean over;
  gint64 started_us;
  gint64 measured_from_us;
  gint64 end_us;
  guint n_open;
  guint n_started;
  guint n_ready;           /* idle connections with an answer */
  GQueue free_connections; /* of a pace; borrowed */
  /* Results. */
  GArray *samples; /* (element-type gint64): µs */
  guint64 n_answered;
  guint64 n_failed; /* answers that were none */
  guint64 n_lost;   /* connections */
  guint64 n_reads;
  guint64 n_events;
  guint64 n_disordered;
};

extern const LoadMode load_chat;
extern const LoadMode load_pace;
extern const LoadMode load_stream;
extern const LoadMode load_connect;
extern const LoadMode load_churn;

LoadConnection *load_open (Load *load);
void load_close (Load *load, LoadConnection *connection);
void load_send (Load *load, LoadConnection *connection);
void load_sample (Load *load, gint64 us);
gint64 load_percentile (Load *load, guint percent);
