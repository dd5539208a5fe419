/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A request in neutral words: the facts that routing looks at, and the whole conversation where
 * one dialect has to be said in another. Pure. */

#pragma once

#include "way-delta.h"
#include "way-error.h"
#include "way-json-scan.h"

G_BEGIN_DECLS

/**
 * WayRequestFacts:
 * @model: owned
 * @wants_usage: the client itself asked for usage at the end of the stream
 * @wants_reasoning: the client asks the model to reason
 * @is_deterministic: the same answer is expected each time: temperature 0
 * @max_output_tokens: as requested, or %WAY_UNKNOWN
 * @input_tokens_estimate: from the length of the texts, a quarter token a byte, and a fixed figure
 *   for each image, whose bytes say nothing; stated as estimate
 *
 * What routing needs to know of a request, skimmed from its bytes without decoding it.
 */
typedef struct
{
  char *model;
  gboolean stream;
  gboolean wants_usage;
  gboolean has_tools;
  gboolean has_images;
  gboolean wants_json_schema;
  gboolean wants_reasoning;
  gboolean is_deterministic;
  gint64 max_output_tokens;
  gint64 input_tokens_estimate;
} WayRequestFacts;

typedef enum
{
  WAY_ROLE_SYSTEM, /* OpenAI's "developer" too */
  WAY_ROLE_USER,
  WAY_ROLE_ASSISTANT,
  WAY_ROLE_TOOL, /* only tool results */
} WayRole;

typedef enum
{
  WAY_PART_TEXT,
  WAY_PART_IMAGE,     /* url, or data and media_type */
  WAY_PART_DOCUMENT,  /* url, or data and media_type; name of the file */
  WAY_PART_AUDIO,     /* data and media_type */
  WAY_PART_REASONING, /* text, which may be empty; signature */
  WAY_PART_REFUSAL,
  WAY_PART_TOOL_CALL,   /* id, name, text: the arguments; signature */
  WAY_PART_TOOL_RESULT, /* id, parts, is_error; name where the dialect says it */
} WayPartType;

/**
 * WayPart:
 * @text: (nullable): of a tool call the arguments: JSON of an object, or the free text of a custom
 *   tool
 * @id: (nullable): of the tool call
 * @data: (nullable): base64, without "data:" prefix
 * @detail: (nullable): of an image: "low", "high", "auto"
 * @signature: (nullable): as the provider @signature_origin gave it
 * @signature_origin: (nullable): name of the dialect that can read @signature
 * @parts: (nullable) (element-type WayPart): what a tool gave: texts and images
 * @redacted: reasoning that is only inside @signature
 *
 * A piece of a message. Texts are kept by the chat.
 */
typedef struct
{
  WayPartType type;
  const char *text;
  const char *id;
  const char *name;
  const char *url;
  const char *data;
  const char *media_type;
  const char *detail;
  const char *signature;
  const char *signature_origin;
  GPtrArray *parts;
  gboolean is_error;
  gboolean redacted;
} WayPart;

/* One message. Neighbours may have the same role: encoders that need them to alternate join them.
 */
typedef struct
{
  WayRole role;
  const char *name; /* nullable */
  GPtrArray *parts; /* (element-type WayPart) */
} WayTurn;

/**
 * WayTool:
 * @name: unique in the request and fit for every back: [a-zA-Z0-9_-]{1,64}
 * @local_name: what the client calls it, inside @space
 * @space: (nullable): the namespace the client put it in
 * @parameters: (nullable): JSON text of the schema
 * @format: (nullable): JSON text of a custom tool's format, e.g. a grammar
 * @is_custom: takes free text instead of JSON; backs without such tools get a function with the one
 *   string "input", and the call is mapped back
 * @strict: the schema is binding
 */
typedef struct
{
  const char *name;
  const char *local_name;
  const char *space;
  const char *description;
  const char *parameters;
  const char *format;
  gboolean is_custom;
  gboolean strict;
} WayTool;

typedef enum
{
  WAY_TOOL_CHOICE_UNSET,
  WAY_TOOL_CHOICE_AUTO,
  WAY_TOOL_CHOICE_NONE,
  WAY_TOOL_CHOICE_REQUIRED,
  WAY_TOOL_CHOICE_NAMED,
} WayToolChoice;

typedef enum
{
  WAY_FORMAT_TEXT,
  WAY_FORMAT_JSON,
  WAY_FORMAT_JSON_SCHEMA,
} WayFormat;

typedef enum
{
  WAY_TRI_UNSET,
  WAY_TRI_NO,
  WAY_TRI_YES,
} WayTri;

/**
 * WayChat:
 * @tool_choice_name: (nullable): a #WayTool's name
 * @schema: (nullable): JSON text
 * @temperature: (nullable): the number as the client spelled it, like the other numbers kept as
 * text
 * @stop: (element-type utf8)
 * @n_choices: 1 unless more were asked for
 * @reasoning: whether the model is to reason at all
 * @reasoning_effort: (nullable): "none", "minimal", "low", "medium", "high", "xhigh", "max"
 * @reasoning_budget_tokens: or %WAY_UNKNOWN
 * @wants_reasoning_summary: the client wants to see the reasoning
 * @top_logprobs: or %WAY_UNKNOWN
 * @user: (nullable): whom the client says it asks for
 * @ignored: (element-type utf8): members of the request that have no neutral words; named in
 *   x-wayfare-dropped when the request is translated
 *
 * A whole request, decoded. Nothing in it is in any dialect's words, so that any can be written
 * from it. All texts live as long as the chat.
 */
typedef struct
{
  GPtrArray *turns; /* (element-type WayTurn) */
  GPtrArray *tools; /* (element-type WayTool) */
  GPtrArray *stop;
  GPtrArray *ignored;
  GHashTable *calls; /* tool call id → WayPart, borrowed; made when first asked for */
  WayToolChoice tool_choice;
  const char *tool_choice_name;
  WayTri parallel_tool_calls;
  WayFormat format;
  const char *schema;
  const char *schema_name;
  gboolean schema_strict;
  gboolean stream;
  gboolean wants_usage;
  gint64 max_output_tokens;
  gint64 n_choices;
  const char *temperature;
  const char *top_p;
  const char *top_k;
  const char *min_p;
  const char *frequency_penalty;
  const char *presence_penalty;
  const char *seed;
  WayTri reasoning;
  const char *reasoning_effort;
  gint64 reasoning_budget_tokens;
  gboolean wants_reasoning_summary;
  gboolean logprobs;
  gint64 top_logprobs;
  const char *user;

  GStringChunk *texts; /* owned: everything above points into it */
} WayChat;

void way_request_facts_clear (WayRequestFacts *facts);

WayChat *way_chat_new (void);
void way_chat_free (WayChat *chat);
const char *way_chat_keep (WayChat *chat, const char *text, gssize length);
const char *way_chat_keep_string (WayChat *chat, const WayJsonSpan *string);
const char *way_chat_keep_json (WayChat *chat, const WayJsonSpan *value);
WayTurn *way_chat_add_turn (WayChat *chat, WayRole role);
WayPart *way_chat_add_part (GPtrArray *parts, WayPartType type);
WayPart *way_chat_add_text (GPtrArray *parts, const char *text);
WayTool *way_chat_add_tool (WayChat *chat, const char *name);
const WayTool *way_chat_find_tool (const WayChat *chat, const char *name);
const WayPart *way_chat_find_call (const WayChat *chat, const char *id);
void way_chat_ignore (WayChat *chat, const char *member);
char *way_chat_dup_text (const GPtrArray *parts);
void way_tool_append_arguments (GString *json, const char *text, gsize length);
char *way_chat_dup_arguments (const WayChat *chat, const WayPart *call);
char *way_tool_dup_description (const WayTool *tool);
const char *way_tool_get_parameters (const WayTool *tool);
const char *way_chat_get_effort (const WayChat *chat);
gboolean way_chat_read_data_url (WayChat *chat, const char *url, WayPart *part);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WayRequestFacts, way_request_facts_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayChat, way_chat_free)

G_END_DECLS
