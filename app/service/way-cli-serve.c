/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare serve`: the router with no display, until a signal ends it. */

#include "way-cli-private.h"

#include "way-log.h"
#include "way-notify.h"
#include "way-service.h"

#include <glib-unix.h>
#include <stdio.h>

#define DRAIN_MS 10000
#define PORT_OF_CONFIG G_MININT

/* What the options ask for. */
typedef struct
{
  char *config_path;
  char *data_dir;
  const char *listen_address;
  int port;
  gboolean verbose;
} ServeOptions;

/* The running server, for the signals. */
typedef struct
{
  WayService *service;
  GMainLoop *loop;
} Server;

static gboolean
on_terminate (gpointer user_data)
{
  Server *server = user_data;

  g_main_loop_quit (server->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hang_up (gpointer user_data)
{
  Server *server = user_data;

  way_log_notice ("reading the config again");
  way_service_reload (server->service);
  return G_SOURCE_CONTINUE;
}

static void
announce (const char *address)
{
  g_autofree char *state = g_strdup_printf ("READY=1\nSTATUS=listening on %s", address);

  g_print ("wayfare: listening on %s\n", address);
  fflush (stdout);
  way_notify (state);
}

/* Serves until a signal. Whoever reads the address may send one at once, so they are watched before
 * it is told. */
static void
run_until_signal (WayService *service)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Server server = { service, loop };
  const guint sources[] = {
    g_unix_signal_add (SIGTERM, on_terminate, &server),
    g_unix_signal_add (SIGINT, on_terminate, &server),
    g_unix_signal_add (SIGHUP, on_hang_up, &server),
  };

  announce (way_service_get_address (service));
  g_main_loop_run (loop);

  /* Without their sources the signals have their own meaning again: while requests drain, a second
   * one ends the process. The ledger bears that. */
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

/* The defaults, which ask nobody for a token, are not for who named a file. */
static gboolean
check_config_exists (const char *path, GError **error)
{
  if (path == NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG,
               "%s: there is no such config file: write one, or leave --config out", path);
  return FALSE;
}

/* What --listen means, or NULL. */
static const char *
read_address (const char *text)
{
  const char *literal = g_str_equal (text, "localhost") ? "127.0.0.1" : text;

  return g_hostname_is_ip_address (literal) ? literal : NULL;
}

static int
serve (const ServeOptions *options)
{
  const WayServiceOptions service_options = {
    .config_path = options->config_path,
    .data_dir = options->data_dir,
    .listen_address = options->listen_address,
    .listen_port = options->port == PORT_OF_CONFIG ? -1 : options->port,
  };
  g_autoptr (WayService) service = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_config_exists (options->config_path, &error))
    return way_cli_fail (error);
  way_log_init (options->verbose);
  service = way_service_new (&service_options);
  if (!way_service_start (service, &error))
    return way_cli_fail (error);

  run_until_signal (service);
  way_notify ("STOPPING=1");
  way_log_notice ("stopping: requests in flight have %d s to end", DRAIN_MS / 1000);
  way_service_stop (service, DRAIN_MS);
  return WAY_EXIT_DONE;
}

int
way_cli_serve (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *config_path = NULL;
  g_autofree char *data_dir = NULL;
  g_autofree char *listen_address = NULL;
  ServeOptions options = { .port = PORT_OF_CONFIG };
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "Config file", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, "Folder of the ledger", "DIR" },
    { "port", 0, 0, G_OPTION_ARG_INT, &options.port, "Port; 0 picks a free one", "N" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen_address, "Address to listen on", "ADDR" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &options.verbose, "Log more", NULL },
    { NULL },
  };

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (options.port != PORT_OF_CONFIG && (options.port < 0 || options.port > G_MAXUINT16))
    return way_cli_fail_usage (verb, "a port is a number from 0 to 65535");
  if (listen_address != NULL && read_address (listen_address) == NULL)
    return way_cli_fail_usage (verb, "--listen takes an IP address such as 127.0.0.1 or ::1");
  options.config_path = config_path;
  options.data_dir = data_dir;
  options.listen_address = listen_address != NULL ? read_address (listen_address) : NULL;
  return serve (&options);
}
