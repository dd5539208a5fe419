/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the verbs of the command line share. Each verb is a function that gets its own arguments and
 * gives the exit status. */

#pragma once

#include "way-control-client.h"
#include "way-event.h"
#include "way-keyring.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Exit statuses; scripts rely on them. */
typedef enum
{
  WAY_EXIT_DONE = 0,
  WAY_EXIT_FAILED = 1,
  WAY_EXIT_USAGE = 2,
  WAY_EXIT_NOT_RUNNING = 3,
} WayExit;

/**
 * WayCliVerb:
 * @words: what is typed: "status", "app add"
 * @arguments: what follows, for the help: "NAME", or ""
 * @summary: one line
 * @run: @argv[0] is the program, what follows are the verb's own arguments
 */
typedef struct _WayCliVerb WayCliVerb;
struct _WayCliVerb
{
  const char *words;
  const char *arguments;
  const char *summary;
  int (*run) (const WayCliVerb *verb, int argc, char **argv);
};

/* way-cli.c */
gboolean way_cli_parse (
  const WayCliVerb *verb, const GOptionEntry *entries, int n_arguments, int *argc, char ***argv);
int way_cli_fail (const GError *error);
int way_cli_fail_usage (const WayCliVerb *verb, const char *message);
gboolean way_cli_flush (GError **error);

/* way-cli-ask.c */
JsonObject *way_cli_ask (const char *method, const char *path, JsonObject *body, GError **error);
char *way_cli_add_query (const char *path, const char *name, const char *value);
char *way_cli_print_member (JsonObject *object, const char *name);
void way_cli_print_json (JsonObject *object);
char *way_cli_dup_config_path (void);

typedef struct _WayCliWait WayCliWait;
WayCliWait *way_cli_wait_new (void);
void way_cli_wait_free (WayCliWait *wait);
void way_cli_on_done (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *way_cli_wait_run (WayCliWait *wait);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayCliWait, way_cli_wait_free)

/* The verbs */
int way_cli_serve (const WayCliVerb *verb, int argc, char **argv);
int way_cli_status (const WayCliVerb *verb, int argc, char **argv);
int way_cli_tail (const WayCliVerb *verb, int argc, char **argv);
int way_cli_route (const WayCliVerb *verb, int argc, char **argv);
int way_cli_spend (const WayCliVerb *verb, int argc, char **argv);
int way_cli_export_requests (const WayCliVerb *verb, int argc, char **argv);
int way_cli_capture (const WayCliVerb *verb, int argc, char **argv);
int way_cli_capture_show (const WayCliVerb *verb, int argc, char **argv);
int way_cli_capture_clear (const WayCliVerb *verb, int argc, char **argv);
int way_cli_catalog (const WayCliVerb *verb, int argc, char **argv);
int way_cli_catalog_diff (const WayCliVerb *verb, int argc, char **argv);
int way_cli_catalog_accept (const WayCliVerb *verb, int argc, char **argv);
int way_cli_catalog_reset (const WayCliVerb *verb, int argc, char **argv);
int way_cli_check (const WayCliVerb *verb, int argc, char **argv);
int way_cli_import_litellm (const WayCliVerb *verb, int argc, char **argv);
int way_cli_app_add (const WayCliVerb *verb, int argc, char **argv);
int way_cli_app_list (const WayCliVerb *verb, int argc, char **argv);
int way_cli_app_revoke (const WayCliVerb *verb, int argc, char **argv);
int way_cli_token (const WayCliVerb *verb, int argc, char **argv);
int way_cli_key_set (const WayCliVerb *verb, int argc, char **argv);
int way_cli_key_list (const WayCliVerb *verb, int argc, char **argv);
int way_cli_key_delete (const WayCliVerb *verb, int argc, char **argv);
int way_cli_key_test (const WayCliVerb *verb, int argc, char **argv);

G_END_DECLS
