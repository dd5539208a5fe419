/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A whole Wayfare for a test: a folder of its own, a port of its own, a keyring in memory. */

#pragma once

#include "way-service.h"

G_BEGIN_DECLS

typedef struct
{
  WayService *service;
  WayKeyring *keyring;
  GAsyncResult *result; /* of the last asynchronous call */
  char *folder;
  char *config_path;
  char *data_dir;
} Fixture;

typedef gboolean (*Condition) (Fixture *fixture, gconstpointer data);

/* A config that needs tokens and has the demo, and what is given besides. */
#define CONFIG(providers, apps)                                                                    \
  "{\"version\": 1,"                                                                               \
  " \"listen\": {\"address\": \"127.0.0.1\", \"port\": 0, \"require_token\": true},"               \
  " \"providers\": [{\"id\": \"demo\", \"kind\": \"demo\"}" providers "],"                         \
  " \"routes\": [], \"apps\": [" apps "]}"

void fixture_set_up (Fixture *fixture, gconstpointer config);
void fixture_tear_down (Fixture *fixture, gconstpointer config);
void fixture_make_service (Fixture *fixture, int port);
void fixture_start (Fixture *fixture);
void fixture_write_config (Fixture *fixture, const char *text);
char *fixture_read_config (Fixture *fixture);

void fixture_wait (Fixture *fixture, Condition condition, gconstpointer data);
void fixture_on_done (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *fixture_take_done (Fixture *fixture);
char *fixture_add_app (Fixture *fixture, const char *name);
guint fixture_chat (Fixture *fixture, const char *token);

char *get_string (gpointer object, const char *property);
gboolean get_boolean (gpointer object, const char *property);
gint64 get_int64 (gpointer object, const char *property);
gpointer find_in (GListModel *list, const char *property, const char *value);

G_END_DECLS
