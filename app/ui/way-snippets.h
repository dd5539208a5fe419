/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What to paste into a tool so that it speaks through Wayfare. Pure text. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WaySnippet:
 * @id: never translated
 * @title: the tool's own name, with words around it translated by the caller
 * @where: where the text belongs, for a person; translated by the caller
 * @template: with {address}, {app}, {token} and {model} to fill in
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *where;
  const char *template;
} WaySnippet;

/**
 * WaySnippetFacts:
 * @address: where the router listens, without path
 * @app: whose token it is
 * @token: the app's token, or what stands for it on the screen
 * @model: a model's name
 */
typedef struct
{
  const char *address;
  const char *app;
  const char *token;
  const char *model;
} WaySnippetFacts;

const WaySnippet *way_snippets (gsize *ret_n_snippets);
char *way_snippet_fill (const WaySnippet *snippet, const WaySnippetFacts *facts);
char *way_snippet_mask (const char *token);
char *
way_snippet_curl (const char *address, const char *path, const char *model, gboolean streamed);

G_END_DECLS
