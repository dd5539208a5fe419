/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A config file in a directory of its own, and what its config has announced. */

#pragma once

#include "way-config.h"

G_BEGIN_DECLS

typedef struct
{
  char *directory;
  char *path;
  WayConfig *config; /* not loaded */
  guint changes;
  guint local_only_notifications;
} ConfigFixture;

void config_fixture_set_up (ConfigFixture *fixture, gconstpointer data);
void config_fixture_tear_down (ConfigFixture *fixture, gconstpointer data);
void config_fixture_write (ConfigFixture *fixture, const char *text);
void config_fixture_load (ConfigFixture *fixture, const char *text);
char *config_fixture_read (ConfigFixture *fixture);
void config_fixture_assert_file (ConfigFixture *fixture, const char *text);
JsonObject *config_fixture_object (const char *text);

#define CONFIG_SAMPLE                                                                              \
  "{\n"                                                                                            \
  "  \"x-note\": \"keep me\",\n"                                                                   \
  "  \"version\": 1,\n"                                                                            \
  "  \"providers\": [\n"                                                                           \
  "    {\n"                                                                                        \
  "      \"id\": \"first\",\n"                                                                     \
  "      \"x-colour\": [1, 2.5, null],\n"                                                          \
  "      \"kind\": \"openai\",\n"                                                                  \
  "      \"enabled\": true,\n"                                                                     \
  "      \"base_url\": \"https://api.example/v1\"\n"                                               \
  "    },\n"                                                                                       \
  "    { \"id\": \"second\", \"kind\": \"ollama\", \"base_url\": \"http://127.0.0.1:1\" }\n"       \
  "  ],\n"                                                                                         \
  "  \"routes\": [\n"                                                                              \
  "    { \"model\": \"coder\", \"targets\": [{ \"provider\": \"second\", \"model\": \"*\" }] }\n"  \
  "  ]\n"                                                                                          \
  "}\n"

G_END_DECLS
