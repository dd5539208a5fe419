/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A client that says exactly the bytes it is told to, on the main context of the test. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  int fd;
  GString *received;
  gboolean closed; /* the server closed, cleanly or not */
} RawClient;

#define RAW_DEADLINE_US (10 * G_USEC_PER_SEC)

RawClient *raw_client_connect (guint port);
void raw_client_free (RawClient *client);
void raw_client_say (RawClient *client, const char *text);
void raw_client_say_len (RawClient *client, const char *bytes, gsize length);
void raw_client_leave (RawClient *client);
void raw_client_await_text (RawClient *client, const char *text);
void raw_client_await_close (RawClient *client);
void raw_client_read (RawClient *client);
guint raw_client_count (RawClient *client, const char *text);
void raw_spin_until (gboolean (*condition) (gpointer), gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawClient, raw_client_free)

G_END_DECLS
