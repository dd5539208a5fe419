/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What clients of Ollama ask besides chats: is it there, which version, what can a model do.
 * Gateway thread. */

#include "way-endpoints.h"

#include "way-clock.h"
#include "way-json.h"
#include "way-record-json.h"

#include <string.h>

/* Clients ask for a minimum: VS Code for 0.6.4, for tools and thinking later ones. */
#define OLLAMA_VERSION "0.12.6"

/* What is told of a model whose window nobody knows: Ollama's own default would make clients cut
 * their prompts. */
#define USUAL_CONTEXT_TOKENS 32768

/**
 * way_endpoints_ollama_root:
 *
 * GET /: how Ollama's clients, and people with a browser, see that somebody is there.
 */
void
way_endpoints_ollama_root (WayEndpoints *self, WayRequest *request, const char *rest)
{
  static const char text[] = "Ollama is running";

  if (way_endpoints_begin (request))
    way_reply_send (request, way_reply_begin (request, 200), "text/plain; charset=utf-8", text,
                    strlen (text));
}

void
way_endpoints_ollama_version (WayEndpoints *self, WayRequest *request, const char *rest)
{
  if (way_endpoints_begin (request))
    way_reply_send_json (request, 200, g_string_new ("{\"version\":\"" OLLAMA_VERSION "\"}"));
}

/**
 * way_endpoints_ollama_ps:
 *
 * GET /api/ps. Which models are loaded is the local servers' matter: none is said to be.
 */
void
way_endpoints_ollama_ps (WayEndpoints *self, WayRequest *request, const char *rest)
{
  if (way_endpoints_begin (request))
    way_reply_send_json (request, 200, g_string_new ("{\"models\":[]}"));
}

/**
 * way_endpoints_append_ollama_details:
 *
 * Appends the member "details", whose texts clients show: empty where only the local server knows.
 */
void
way_endpoints_append_ollama_details (GString *text)
{
  way_member_open (text, "details", '{');
  way_member_string (text, "parent_model", "");
  way_member_string (text, "format", "");
  way_member_string (text, "family", "");
  way_member_open (text, "families", '[');
  g_string_append_c (text, ']');
  way_member_string (text, "parameter_size", "");
  way_member_string (text, "quantization_level", "");
  g_string_append_c (text, '}');
}

static gint64
get_context_tokens (const WayCandidate *candidate, const WayModel *model)
{
  if (candidate->context_tokens > 0)
    return candidate->context_tokens;
  return model->context_tokens > 0 ? model->context_tokens : USUAL_CONTEXT_TOKENS;
}

/* Of a model that the catalogue does not know tools are claimed: agents offer no others. */
static void
append_capabilities (GString *text, const WayModel *model)
{
  WayCapabilities known = model->capabilities ? model->capabilities : WAY_CAPABILITY_TOOLS;

  way_member_open (text, "capabilities", '[');
  g_string_append (text, "\"completion\"");
  if (known & WAY_CAPABILITY_TOOLS)
    g_string_append (text, ",\"tools\"");
  if (known & WAY_CAPABILITY_VISION)
    g_string_append (text, ",\"vision\"");
  if (known & WAY_CAPABILITY_REASONING)
    g_string_append (text, ",\"thinking\"");
  g_string_append_c (text, ']');
}

static GString *
describe_model (WayCore *core,
                const WaySnapshot *snapshot,
                const char *name,
                const WayCandidate *candidate)
{
  WayModel model;
  GString *text = g_string_new ("{");

  way_pricing_find (core->pricing, snapshot, candidate->provider, candidate->model, &model);
  way_member_string (text, "license", "");
  way_member_string (text, "modelfile", "");
  way_member_string (text, "parameters", "");
  way_member_string (text, "template", "");
  way_member_string (text, "modified_at", "1970-01-01T00:00:00Z");
  way_endpoints_append_ollama_details (text);
  way_member_open (text, "model_info", '{');
  way_member_string (text, "general.architecture", "wayfare");
  way_member_string (text, "general.basename", name);
  way_member_int (text, "wayfare.context_length", get_context_tokens (candidate, &model));
  g_string_append_c (text, '}');
  append_capabilities (text, &model);
  g_string_append_c (text, '}');
  return text;
}

static const WayCandidate *
find_usable (const WayPlan *plan)
{
  for (guint i = 0; i < plan->candidates->len; i++)
    if (((const WayCandidate *)plan->candidates->pdata[i])->usable)
      return plan->candidates->pdata[i];
  return NULL;
}

static void
show (WayEndpoints *self, WayRequest *request, const char *name)
{
  WayCore *core = way_endpoints_get_core (self);
  WayRouteQuery query = { .model = name, .app = request->app };
  WayEvidence evidence = way_core_get_evidence (core);
  g_autoptr (WayPlan) plan =
    way_router_plan (request->snapshot, &query, &evidence, way_clock_get_wall_us ());
  const WayCandidate *candidate = find_usable (plan);

  if (candidate)
    way_reply_send_json (request, 200, describe_model (core, request->snapshot, name, candidate));
  else
    way_reply_send_error (request, plan->error);
}

/**
 * way_endpoints_ollama_show:
 *
 * POST /api/show {"model": …} (older clients: "name"): what whoever would answer can do.
 */
void
way_endpoints_ollama_show (WayEndpoints *self, WayRequest *request, const char *rest)
{
  gsize length;
  const char *data = g_bytes_get_data (request->body, &length);
  g_autoptr (JsonNode) node = way_json_parse (data ? data : "", length, NULL);
  JsonObject *root = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *name = root ? way_json_get_string (root, "model") : NULL;

  if (root && !name)
    name = way_json_get_string (root, "name");
  if (!way_endpoints_begin (request))
    return;
  if (name && *name)
    show (self, request, name);
  else
    way_endpoints_fail (request, WAY_ERROR_BAD_REQUEST, "\"model\" is missing");
}
