/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A provider that misbehaves as told: a raw HTTP/1.1 server on a loopback port of its own, in a
 * thread of its own, that sends exactly the bytes of its script and notes what it got. All
 * functions are for the test's thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MockUpstream MockUpstream;

/* What happens once the bytes of a reply are sent. */
typedef enum
{
  MOCK_THEN_KEEP,   /* wait for the next request on the connection */
  MOCK_THEN_CLOSE,  /* end the connection in order */
  MOCK_THEN_RESET,  /* end it with a TCP reset */
  MOCK_THEN_STALL,  /* stay silent */
  MOCK_THEN_REPEAT, /* send the tail again and again */
} MockThen;

/**
 * MockReply:
 * @bytes: all that is sent, status line included; %NULL for nothing
 * @length: of @bytes; 0 means strlen()
 * @tail: for %MOCK_THEN_REPEAT
 * @delay_ms: pause before the first byte
 * @drip_ms: pause between single bytes; 0 sends them at once
 * @close_if_reused: end a connection that has answered before instead of answering on it
 */
typedef struct
{
  const char *bytes;
  gsize length;
  const char *tail;
  MockThen then;
  guint delay_ms;
  guint drip_ms;
  gboolean close_if_reused;
} MockReply;

MockUpstream *mock_upstream_new (void);
void mock_upstream_free (MockUpstream *mock);
guint mock_upstream_get_port (MockUpstream *mock);
char *mock_upstream_dup_url (MockUpstream *mock);
void mock_upstream_script (MockUpstream *mock, const char *path, const MockReply *reply);
void mock_upstream_answer (MockUpstream *mock,
                           const char *path,
                           guint status,
                           const char *content_type,
                           const char *headers,
                           const char *body);

guint mock_upstream_get_n_connections (MockUpstream *mock);
guint mock_upstream_get_n_open (MockUpstream *mock);
guint mock_upstream_get_n_requests (MockUpstream *mock);
guint64 mock_upstream_get_bytes_sent (MockUpstream *mock);
char *mock_upstream_dup_request (MockUpstream *mock, guint index);

guint mock_closed_port (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MockUpstream, mock_upstream_free)

G_END_DECLS
