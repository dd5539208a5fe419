/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Who is let in, by table. */

#include "way-guard.h"
#include "way-id.h"
#include "way-json.h"

#include <string.h>

#define TOKEN "wf_of-the-editor"
#define ADMITTED -1

static WaySnapshot *
make_snapshot (gboolean require_token)
{
  g_autofree char *hash = way_id_hash_token (TOKEN);
  g_autofree char *text =
    g_strdup_printf ("{\"version\":1,\"listen\":{\"require_token\":%s,"
                     "\"allowed_hosts\":[\"box.example\"],"
                     "\"allowed_origins\":[\"app://notes\"]},"
                     "\"apps\":[{\"id\":\"editor\",\"token_sha256\":\"%s\"}]}",
                     require_token ? "true" : "false", hash);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (text, strlen (text), &error);
  WaySnapshot *snapshot;

  g_assert_no_error (error);
  snapshot = way_snapshot_new_from_json (root, NULL, &error);
  g_assert_no_error (error);
  return snapshot;
}

typedef struct
{
  const char *name;
  gboolean require_token;
  WayRequestHead head;
  int code; /* WayErrorCode or ADMITTED */
  const char *app;
  const char *path;
} Row;

#define CHAT .method = "POST", .path = "/v1/chat/completions"
#define FORM "application/x-www-form-urlencoded"
#define OLLAMA_FORM                                                                                \
  .method = "POST", .path = "/api/generate", .host = "localhost", .content_type = FORM

static const Row rows[] = {
  { "plain", FALSE, { CHAT, .host = "localhost:4114" }, ADMITTED, NULL, "/v1/chat/completions" },
  { "address", FALSE, { CHAT, .host = "127.0.0.1" }, ADMITTED, NULL, "/v1/chat/completions" },
  { "v6-address", FALSE, { CHAT, .host = "[::1]:4114" }, ADMITTED, NULL, "/v1/chat/completions" },
  { "localhost-name", FALSE, { CHAT, .host = "a.localhost" }, ADMITTED, NULL, NULL },
  { "host-case", FALSE, { CHAT, .host = "LocalHost:1" }, ADMITTED, NULL, NULL },
  { "allowed-host", FALSE, { CHAT, .host = "Box.Example:4114" }, ADMITTED, NULL, NULL },
  { "rebound-host", FALSE, { CHAT, .host = "evil.example" }, WAY_ERROR_FORBIDDEN_HOST },
  { "looks-like-localhost",
    FALSE,
    { CHAT, .host = "localhost.evil.example" },
    WAY_ERROR_FORBIDDEN_HOST },
  { "no-host", FALSE, { CHAT }, WAY_ERROR_FORBIDDEN_HOST },
  { "open-bracket", FALSE, { CHAT, .host = "[::1" }, WAY_ERROR_FORBIDDEN_HOST },
  { "name-behind-v6", FALSE, { CHAT, .host = "[::1].evil.example" }, WAY_ERROR_FORBIDDEN_HOST },
  { "name-behind-v4",
    FALSE,
    { CHAT, .host = "[127.0.0.1]evil.example" },
    WAY_ERROR_FORBIDDEN_HOST },
  { "name-as-port", FALSE, { CHAT, .host = "[::1]:evil.example" }, WAY_ERROR_FORBIDDEN_HOST },
  { "no-port", FALSE, { CHAT, .host = "localhost:x.example" }, WAY_ERROR_FORBIDDEN_HOST },
  { "control-needs-no-host", FALSE, { CHAT, .is_control = TRUE }, ADMITTED, NULL, NULL },
  { "web-origin",
    FALSE,
    { CHAT, .host = "localhost", .origin = "https://evil.example" },
    WAY_ERROR_FORBIDDEN_HOST },
  { "null-origin",
    FALSE,
    { CHAT, .host = "localhost", .origin = "null" },
    WAY_ERROR_FORBIDDEN_HOST },
  { "allowed-origin",
    FALSE,
    { CHAT, .host = "localhost", .origin = "app://notes" },
    ADMITTED,
    NULL,
    NULL },
  { "form",
    FALSE,
    { CHAT, .host = "localhost", .content_type = "text/plain" },
    WAY_ERROR_BAD_REQUEST },
  { "form-of-curl", FALSE, { OLLAMA_FORM }, ADMITTED, NULL, "/api/generate" },
  { "form-of-curl-with-token",
    TRUE,
    { .method = "POST",
      .path = "/a/" TOKEN "/api/generate",
      .host = "localhost",
      .content_type = FORM "; charset=utf-8" },
    ADMITTED,
    "editor",
    "/api/generate" },
  { "form-of-a-page", FALSE, { OLLAMA_FORM, .is_from_page = TRUE }, WAY_ERROR_BAD_REQUEST },
  { "form-of-a-foreign-page", FALSE, { OLLAMA_FORM, .origin = "null" }, WAY_ERROR_FORBIDDEN_HOST },
  { "form-of-an-allowed-page",
    FALSE,
    { OLLAMA_FORM, .origin = "app://notes" },
    WAY_ERROR_BAD_REQUEST },
  { "form-elsewhere",
    FALSE,
    { CHAT, .host = "localhost", .content_type = FORM },
    WAY_ERROR_BAD_REQUEST },
  { "text-for-ollama",
    FALSE,
    { .method = "POST", .path = "/api/chat", .host = "localhost", .content_type = "text/plain" },
    WAY_ERROR_BAD_REQUEST },
  { "json-with-charset",
    FALSE,
    { CHAT, .host = "localhost", .content_type = "Application/JSON; charset=utf-8" },
    ADMITTED,
    NULL,
    NULL },
  { "too-long",
    FALSE,
    { CHAT, .host = "localhost", .content_length = 64 * 1024 * 1024 + 1 },
    WAY_ERROR_REQUEST_TOO_LARGE },
  { "just-fits",
    FALSE,
    { CHAT, .host = "localhost", .content_length = 64 * 1024 * 1024 },
    ADMITTED,
    NULL,
    NULL },
  { "many-headers",
    FALSE,
    { CHAT, .host = "localhost", .n_headers = 101 },
    WAY_ERROR_REQUEST_TOO_LARGE },
  { "bearer",
    TRUE,
    { CHAT, .host = "localhost", .authorization = "Bearer " TOKEN },
    ADMITTED,
    "editor",
    NULL },
  { "x-api-key",
    TRUE,
    { CHAT, .host = "localhost", .x_api_key = TOKEN },
    ADMITTED,
    "editor",
    NULL },
  { "api-key", TRUE, { CHAT, .host = "localhost", .api_key = TOKEN }, ADMITTED, "editor", NULL },
  { "x-goog-api-key",
    TRUE,
    { CHAT, .host = "localhost", .x_goog_api_key = TOKEN },
    ADMITTED,
    "editor",
    NULL },
  { "path-token",
    TRUE,
    { .method = "POST", .path = "/a/" TOKEN "/v1/chat/completions", .host = "localhost" },
    ADMITTED,
    "editor",
    "/v1/chat/completions" },
  { "bare-path-token",
    TRUE,
    { .method = "GET", .path = "/a/" TOKEN, .host = "localhost" },
    ADMITTED,
    "editor",
    "/" },
  { "no-token", TRUE, { CHAT, .host = "localhost" }, WAY_ERROR_UNAUTHORIZED },
  { "wrong-token",
    TRUE,
    { CHAT, .host = "localhost", .authorization = "Bearer " TOKEN "x" },
    WAY_ERROR_UNAUTHORIZED },
  { "dummy-token-where-none-is-needed",
    FALSE,
    { CHAT, .host = "localhost", .authorization = "Bearer sk-none" },
    ADMITTED,
    NULL,
    NULL },
  { "health-is-open",
    TRUE,
    { .method = "GET", .path = "/health", .host = "localhost" },
    ADMITTED,
    NULL,
    NULL },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (WaySnapshot) snapshot = make_snapshot (row->require_token);
  g_autoptr (GError) error = NULL;
  WayAdmission admission;
  gboolean admitted = way_guard_admit (snapshot, &row->head, &admission, &error);

  if (row->code != ADMITTED)
    {
      g_assert_false (admitted);
      g_assert_error (error, WAY_ERROR, row->code);
      g_assert_null (strstr (error->message, TOKEN));
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (admission.app ? admission.app->id : NULL, ==, row->app);
  if (row->path)
    g_assert_cmpstr (admission.path, ==, row->path);
}

static void
test_administer (void)
{
  WayRequestHead tcp = { .method = "GET", .path = "/wayfare/v1/status" };
  WayRequestHead control = { .method = "GET", .path = "/wayfare/v1/status", .is_control = TRUE };
  WayApp admin = { .id = (char *)"ops", .admin = TRUE };
  WayApp other = { .id = (char *)"editor" };
  g_autoptr (GError) error = NULL;

  g_assert_true (way_guard_may_administer (&control, NULL, NULL));
  g_assert_true (way_guard_may_administer (&tcp, &admin, NULL));
  g_assert_false (way_guard_may_administer (&tcp, NULL, NULL));
  g_assert_false (way_guard_may_administer (&tcp, &other, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_UNAUTHORIZED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/gateway/guard/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/gateway/guard/administer", test_administer);
  return g_test_run ();
}
