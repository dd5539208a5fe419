/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Strange heads of requests: one line for each thing the guard looks at. Whom it lets in has a path
 * that begins with a slash and a host that is this machine's. */

#include "way-guard.h"
#include "way-json.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const WaySnapshot *
get_snapshot (void)
{
  static const char config[] =
    "{\"version\":1,\"listen\":{\"require_token\":true,\"allowed_origins\":[\"app://notes\"]},"
    "\"apps\":[{\"id\":\"editor\",\"token_sha256\":"
    "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]}";
  static WaySnapshot *snapshot;

  if (!snapshot)
    {
      g_autoptr (JsonNode) root = way_json_parse (config, strlen (config), NULL);

      snapshot = way_snapshot_new_from_json (root, NULL, NULL);
      g_assert_nonnull (snapshot);
    }
  return snapshot;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 9);
  const char *line[9] = { NULL };
  g_autoptr (GError) error = NULL;
  WayAdmission admission;
  WayRequestHead head;

  for (guint i = 0; i < 9 && lines[i]; i++)
    line[i] = lines[i][0] ? lines[i] : NULL;
  if (!line[0] || !line[1] || line[1][0] != '/')
    return 0; /* the HTTP parser gives neither */
  head = (WayRequestHead){ line[0], line[1], line[2], line[3], line[4], line[5],
                           line[6], line[7], line[8], -1,      0,       FALSE };
  if (!way_guard_admit (get_snapshot (), &head, &admission, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_nonnull (head.host);
  g_assert_cmpint (admission.path[0], ==, '/');
  return 0;
}
