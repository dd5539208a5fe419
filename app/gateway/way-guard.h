/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Who may ask: decided from a request's head alone, before its body is read. Pure. */

#pragma once

#include "way-snapshot.h"

G_BEGIN_DECLS

/**
 * WayRequestHead:
 * @path: as sent, without query
 * @content_length: -1 when unknown
 * @n_headers: how many header lines there are
 * @is_control: came over the control socket, so from this user's own process
 * @is_from_page: has a Referer or Sec-Fetch-Site header, as what a web page asks for
 *
 * What the guard looks at; strings borrowed, nullable but for method and path.
 */
typedef struct
{
  const char *method;
  const char *path;
  const char *host;
  const char *origin;
  const char *content_type;
  const char *authorization;
  const char *x_api_key;
  const char *api_key;
  const char *x_goog_api_key;
  gint64 content_length;
  guint n_headers;
  gboolean is_control;
  gboolean is_from_page;
} WayRequestHead;

/**
 * WayAdmission:
 * @app: (nullable): borrowed from the snapshot; NULL when none is needed and no known token came
 * @path: borrowed from the head: what follows an /a/TOKEN prefix
 * @allow_origin: (nullable): borrowed from the head: the origin to be named in the answer
 */
typedef struct
{
  const WayApp *app;
  const char *path;
  const char *allow_origin;
} WayAdmission;

const char *way_guard_skip_token (const char *path);
gboolean way_guard_admit (const WaySnapshot *snapshot,
                          const WayRequestHead *head,
                          WayAdmission *ret_admission,
                          GError **error);
gboolean way_guard_may_administer (const WayRequestHead *head, const WayApp *app, GError **error);

G_END_DECLS
