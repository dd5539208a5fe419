/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Strange bodies, spliced: what goes in as a JSON object comes out as one, with the edits in it. */

#include "way-json-scan.h"
#include "way-json-splice.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const WayJsonEdit edits[] = { { "model", "\"new\"" },
                                       { "stream_options.include_usage", "true" },
                                       { "user", NULL } };
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (GBytes) spliced = way_json_splice (body, edits, G_N_ELEMENTS (edits), NULL);
  WayJsonSpan root, member;

  if (!spliced)
    return 0;
  g_autoptr (GBytes) same = way_json_splice_valid (body, edits, G_N_ELEMENTS (edits));
  g_assert_true (g_bytes_equal (same, spliced));
  g_assert_true (
    way_json_scan_document (g_bytes_get_data (spliced, NULL), g_bytes_get_size (spliced), &root));
  member = way_json_scan_member (&root, "model");
  g_assert_true (way_json_span_is (&member, "new"));
  member = way_json_scan_member (&root, "user");
  g_assert_cmpint (member.type, ==, WAY_JSON_NONE);
  member = way_json_scan_member (&root, "stream_options");
  member = way_json_scan_member (&member, "include_usage");
  g_assert_cmpint (member.type, ==, WAY_JSON_TRUE);
  return 0;
}
