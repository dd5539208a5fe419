/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One question to one server. Gateway thread. */

#include "way-probe.h"

#include "way-limits.h"
#include "way-upstream-private.h"

struct _WayProbe
{
  WayCall *call; /* nullable: none once done */
  GString *body;
  WayProbeFunc func;
  gpointer user_data;
  guint status;
};

static void
on_head (WayCall *call, guint status, gpointer user_data)
{
  WayProbe *probe = user_data;

  probe->status = status;
}

static gboolean
on_data (WayCall *call, const char *data, gsize length, gpointer user_data)
{
  WayProbe *probe = user_data;

  if (probe->body->len + length <= WAY_LIMIT_MODEL_LIST_BYTES)
    g_string_append_len (probe->body, data, (gssize)length);
  else
    way_call_fail (call, g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM,
                                      "%s answered with a list of models larger than %d MiB",
                                      call->provider->id, WAY_LIMIT_MODEL_LIST_BYTES >> 20));
  return TRUE;
}

static void
on_done (WayCall *call, const GError *error, const WayCallTiming *timing, gpointer user_data)
{
  WayProbe *probe = user_data;

  probe->call = NULL;
  probe->func (error == NULL ? probe->status : 0, probe->body, timing->total_us, error,
               probe->user_data);
}

static const WayCallHandlers handlers = { on_head, on_data, on_done };

/**
 * way_probe_new:
 * @request: what to ask; its deadlines bound the probe, also where the answer does not end
 *
 * Returns: (transfer full): the probe, under way; @func does not run from inside
 */
WayProbe *
way_probe_new (WayUpstream *upstream,
               const WayCallRequest *request,
               WayProbeFunc func,
               gpointer user_data)
{
  WayProbe *probe = g_new0 (WayProbe, 1);

  probe->body = g_string_new (NULL);
  probe->func = func;
  probe->user_data = user_data;
  probe->call = way_upstream_send (upstream, request, &handlers, probe);
  return probe;
}

/**
 * way_probe_free:
 * @probe: (transfer full): done or not; one under way is cancelled
 */
void
way_probe_free (WayProbe *probe)
{
  if (probe->call != NULL)
    way_call_cancel (probe->call);
  g_string_free (probe->body, TRUE);
  g_free (probe);
}
