/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A request that has been read and admitted, and the answers to it. Gateway thread. */

#pragma once

#include "way-connection.h"
#include "way-dialect.h"
#include "way-guard.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * WayReceived:
 * @method: lives as long as the program
 * @path: tidy, without query
 * @query: (nullable)
 * @body: (nullable): for none
 *
 * What was read of a request; borrowed from who read it.
 */
typedef struct
{
  const char *method;
  const char *path;
  const char *query;
  SoupMessageHeaders *headers;
  SoupHTTPVersion version;
  GBytes *body;
} WayReceived;

/**
 * WayRequest:
 * @path: without an /a/TOKEN prefix and without query
 * @body: empty, never null
 * @dialect: by path, null for paths that belong to no dialect
 * @keep_alive: whether the client will send another request on this connection
 * @chunked: whether the client understands chunked answers (HTTP/1.1)
 */
typedef struct
{
  grefcount refs;
  WayConnection *connection;   /* owned */
  SoupMessageHeaders *headers; /* owned */
  WaySnapshot *snapshot;       /* owned */
  const WayApp *app;           /* borrowed from @snapshot */
  const WayDialect *dialect;
  const char *method;
  char *path;
  char *query;        /* nullable */
  char *allow_origin; /* nullable */
  GBytes *body;
  gint64 arrived_us;    /* monotonic */
  gint64 arrived_at_us; /* wall */
  gboolean is_control;
  gboolean keep_alive;
  gboolean chunked;
} WayRequest;

WayRequest *way_request_new (const WayReceived *received,
                             WayConnection *connection,
                             WaySnapshot *snapshot,
                             const WayAdmission *admission);
WayRequest *way_request_ref (WayRequest *request);
void way_request_unref (WayRequest *request);
const char *way_request_get_header (const WayRequest *request, const char *name);
char *way_request_dup_query_value (const WayRequest *request, const char *name);
void way_path_tidy (char *path);
void way_request_fill_head (const WayReceived *received, gboolean is_control, WayRequestHead *head);

/* Answers: a head is begun, headers are added, then the whole is sent or a stream begins. */
GString *way_reply_begin (const WayRequest *request, guint status);
void way_reply_add_header (GString *head, const char *name, const char *value);
gsize way_reply_send (
  WayRequest *request, GString *head, const char *content_type, const char *body, gsize length);
void way_reply_send_json (WayRequest *request, guint status, GString *body);
void way_reply_send_error (WayRequest *request, const GError *error);
void way_reply_send_error_with (WayRequest *request, GString *head, const GError *error);
void way_reply_begin_stream (WayRequest *request, GString *head, const char *content_type);
void way_reply_send_piece (WayRequest *request, const char *data, gsize length);
void way_reply_end_stream (WayRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayRequest, way_request_unref)

G_END_DECLS
