/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare capture`, `capture show` and `capture clear`: the words of requests that the running
 * instance has kept. */

#include "way-cli-private.h"

#include "way-json.h"

#define BYTES_PER_MEBIBYTE (1024 * 1024)

static gint64
get_count (JsonObject *object, const char *name)
{
  return way_json_get_int (object, name, 0, G_MAXINT64, 0);
}

int
way_cli_capture (const WayCliVerb *verb, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) said = NULL;

  if (!way_cli_parse (verb, NULL, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  said = way_cli_ask ("GET", "/capture", NULL, &error);
  if (said == NULL)
    return way_cli_fail (error);

  const char *since = way_json_get_string (said, "since");
  g_print ("bodies are kept of: %s; for %" G_GINT64_FORMAT " days, in at most %" G_GINT64_FORMAT
           " MiB, secrets %s\n",
           way_json_get_string (said, "bodies"), get_count (said, "keep_days"),
           get_count (said, "max_bytes") / BYTES_PER_MEBIBYTE,
           way_json_get_boolean (said, "mask", TRUE) ? "masked" : "as they are");
  g_print ("requests kept: %" G_GINT64_FORMAT ", %.1f MiB%s%s\n", get_count (said, "requests"),
           (double)get_count (said, "file_bytes") / BYTES_PER_MEBIBYTE,
           since != NULL ? ", since " : "", since != NULL ? since : "");
  return WAY_EXIT_DONE;
}

int
way_cli_capture_show (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) said = NULL;

  if (!way_cli_parse (verb, NULL, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  path = g_strconcat ("/capture/", argv[1], NULL);
  said = way_cli_ask ("GET", path, NULL, &error);
  if (said == NULL)
    return way_cli_fail (error);
  way_cli_print_json (said);
  return WAY_EXIT_DONE;
}

int
way_cli_capture_clear (const WayCliVerb *verb, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) said = NULL;

  if (!way_cli_parse (verb, NULL, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  said = way_cli_ask ("POST", "/capture/clear", NULL, &error);
  return said != NULL ? WAY_EXIT_DONE : way_cli_fail (error);
}
