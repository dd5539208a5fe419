/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the dialects share when they skim a request. Pure. */

#include "way-skim.h"

#include "way-json.h"
#include "way-limits.h"

#include <string.h>

/* A 1024 × 1024 image at high detail: 85 tokens and 170 for each of four tiles, by the rule that
 * OpenAI publishes. An image's bytes say nothing about its tokens. */
#define TOKENS_PER_IMAGE 765
#define BYTES_PER_TOKEN 4

/**
 * way_refuse_request:
 * @message: names the member at fault and what is allowed
 *
 * Sets %WAY_ERROR_BAD_REQUEST.
 *
 * Returns: %FALSE
 */
gboolean
way_refuse_request (GError **error, const char *message)
{
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, message);
  return FALSE;
}

/**
 * way_skim_root:
 * @ret_root: (out): an object
 *
 * Checks that a request's body is a JSON object; cursors over it may then trust its structure.
 */
gboolean
way_skim_root (const char *data, gsize length, WayJsonSpan *ret_root, GError **error)
{
  WayJsonSpan root;

  if (!way_json_scan_document (data, length, &root))
    return way_refuse_request (error, "The request body is not valid JSON");
  if (root.type != WAY_JSON_OBJECT)
    return way_refuse_request (error, "The request body must be a JSON object");
  *ret_root = root;
  return TRUE;
}

/* The name goes into response headers, the ledger and messages: no control characters in it. */
static gboolean
is_model_name (const char *name)
{
  if (*name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/**
 * way_check_model_name:
 * @model: as the client spelled it, in the body or in the path
 *
 * Returns: %FALSE with %WAY_ERROR_BAD_REQUEST if no model can have that name
 */
gboolean
way_check_model_name (const char *model, GError **error)
{
  if (strlen (model) > WAY_LIMIT_NAME_BYTES)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "\"model\" is too long: at most %d bytes are allowed", WAY_LIMIT_NAME_BYTES);
      return FALSE;
    }
  if (!is_model_name (model))
    return way_refuse_request (error, "\"model\" must not be empty or hold control characters");
  return TRUE;
}

/**
 * way_check_one_model:
 * @model: collected from a request
 *
 * Of several the last would be checked and replaced, and a provider may take the first.
 *
 * Returns: %FALSE with %WAY_ERROR_BAD_REQUEST if there are several
 */
gboolean
way_check_one_model (const WayJsonSpan *model, GError **error)
{
  return !model->is_repeated ||
         way_refuse_request (error, "The request has \"model\" more than once: send it once");
}

/**
 * way_skim_model:
 * @span: the "model" of a request, collected from it
 */
gboolean
way_skim_model (const WayJsonSpan *span, char **ret_model, GError **error)
{
  g_autofree char *model = NULL;

  if (!way_check_one_model (span, error))
    return FALSE;
  if (span->type == WAY_JSON_NONE)
    return way_refuse_request (error,
                               "The request has no \"model\": name a model or a route, as GET "
                               "/v1/models lists them");
  if (span->type != WAY_JSON_STRING)
    return way_refuse_request (error, "\"model\" must be a string: the name of a model or a route");
  model = way_json_span_dup_string (span);
  if (!way_check_model_name (model ? model : "", error))
    return FALSE;
  *ret_model = g_steal_pointer (&model);
  return TRUE;
}

/**
 * way_skim_flag:
 * @name: of the member, for the message
 * @fallback: what an absent or null member means
 */
gboolean
way_skim_flag (
  const WayJsonSpan *span, const char *name, gboolean fallback, gboolean *ret_flag, GError **error)
{
  switch (span->type)
    {
    case WAY_JSON_TRUE:
      *ret_flag = TRUE;
      return TRUE;
    case WAY_JSON_FALSE:
      *ret_flag = FALSE;
      return TRUE;
    case WAY_JSON_NONE:
    case WAY_JSON_NULL:
      *ret_flag = fallback;
      return TRUE;
    case WAY_JSON_NUMBER:
    case WAY_JSON_STRING:
    case WAY_JSON_OBJECT:
    case WAY_JSON_ARRAY:
      break;
    }
  g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "\"%s\" must be true or false", name);
  return FALSE;
}

/**
 * way_span_has_items:
 *
 * Returns: whether @array is an array that is not empty
 */
gboolean
way_span_has_items (const WayJsonSpan *array)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (array->type != WAY_JSON_ARRAY)
    return FALSE;
  way_json_scan_begin (&cursor, array);
  return way_json_scan_next (&cursor, NULL, &item);
}

/**
 * way_span_is_zero:
 *
 * Returns: whether @number is a number whose value is 0, however it is spelled
 */
gboolean
way_span_is_zero (const WayJsonSpan *number)
{
  if (number->type != WAY_JSON_NUMBER)
    return FALSE;
  for (gsize i = 0; i < number->length && (number->data[i] | 0x20) != 'e'; i++)
    if (g_ascii_isdigit (number->data[i]) && number->data[i] != '0')
      return FALSE;
  return TRUE;
}

/**
 * way_span_asks_for:
 * @value: of a member by which clients turn something on
 * @refusals: (array zero-terminated=1): the words that turn it off
 *
 * Returns: whether @value is there and neither false, null nor one of @refusals
 */
gboolean
way_span_asks_for (const WayJsonSpan *value, const char *const *refusals)
{
  if (value->type == WAY_JSON_NONE || value->type == WAY_JSON_NULL || value->type == WAY_JSON_FALSE)
    return FALSE;
  for (; *refusals != NULL; refusals++)
    if (way_json_span_is (value, *refusals))
      return FALSE;
  return TRUE;
}

/**
 * way_span_get_string_bytes:
 *
 * Returns: the length of a JSON string as it is spelled, 0 for anything else
 */
gsize
way_span_get_string_bytes (const WayJsonSpan *string)
{
  return string->type == WAY_JSON_STRING ? string->length - 2 : 0;
}

/**
 * way_volume_estimate_tokens:
 *
 * Returns: tokens by the usual rule of thumb for English text, which is stated as an estimate
 */
gint64
way_volume_estimate_tokens (const WayVolume *volume)
{
  return (gint64)((volume->text_bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN +
                  volume->n_images * TOKENS_PER_IMAGE);
}

/**
 * way_plan_model_edit:
 * @model: what the provider calls it
 * @arena: (element-type utf8): owns the text of the edit
 *
 * Plans the one edit that nearly every pass-through needs.
 *
 * Returns: how many edits were written to @ret_edit: 0 if the name is right already, else 1
 */
gsize
way_plan_model_edit (const WayRequestFacts *facts,
                     const char *model,
                     GPtrArray *arena,
                     WayJsonEdit *ret_edit)
{
  GString *json;

  if (strcmp (facts->model, model) == 0)
    return 0;
  json = g_string_new (NULL);
  way_json_append_string (json, model);
  *ret_edit = (WayJsonEdit){ .path = "model", .json = json->str };
  g_ptr_array_add (arena, g_string_free (json, FALSE));
  return 1;
}
