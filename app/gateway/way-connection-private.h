/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the files of a connection share: -connection (its life and what is sent), -connection-input
 * (what is received). Gateway thread. */

#pragma once

#include "way-connection.h"

G_BEGIN_DECLS

#define WAY_BODY_UNTIL_CLOSE G_MAXINT64

typedef enum
{
  WAY_PHASE_IDLE,      /* between requests, or in the middle of a head: only the poller holds it */
  WAY_PHASE_PARSING,   /* SoupServer reads */
  WAY_PHASE_ANSWERING, /* an answer is being made and sent */
  WAY_PHASE_FLUSHING,  /* the answer is complete, the client still takes it */
  WAY_PHASE_LINGERING, /* our side is shut; what the client still sends is thrown away */
  WAY_PHASE_CLOSED,
} WayPhase;

struct _WayConnection
{
  grefcount refs;
  int fd;
  WayWatch *watch;   /* owned */
  GIOStream *stream; /* owned, made at the first request */
  GByteArray *in;    /* owned, nullable: received, not yet given to the parser */
  GByteArray *out;   /* owned, nullable: to be sent */
  gsize out_sent;
  gsize head_length; /* of the request that has begun, with the empty line */
  gsize head_seen;   /* bytes of @in already searched for the end of the head */
  gint64 body_left;  /* bytes of the request's body that @in and the socket still owe */
  gint64 discarded;
  gint64 active_at_us;
  const WayConnectionHost *host;
  gpointer host_data;
  WayConnectionAnswer answer;
  gpointer answer_data;
  WayPhase phase;
  gboolean is_control;
  gboolean readable;
  gboolean writable;
  gboolean peer_left;
  gboolean keep_alive;
  gboolean is_retired;
  gboolean in_input;
};

/* way-connection.c */
void way_connection_close (WayConnection *connection);

/* way-connection-input.c */
void way_connection_process_input (WayConnection *connection);
char *way_connection_dup_refusal (const char *status, const char *code, const char *message);
gssize way_connection_read_request (gpointer connection, void *buffer, gsize count, GError **error);

G_END_DECLS
