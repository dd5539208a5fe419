/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The desktop's proxy settings, for providers in the cloud alone. Gateway thread; the look-up
 * itself runs where GIO likes. */

#include "way-upstream-private.h"

#include <string.h>

#define PROXY_MAX_AGE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  GCancellable *cancellable; /* owned; cancelled once the two below are gone */
  WayUpstream *upstream;     /* borrowed */
  WayPlace *place;           /* borrowed */
} WayProxyLookup;

/**
 * way_proxy_is_known:
 *
 * Returns: whether @place's proxy was looked up not long ago
 */
gboolean
way_proxy_is_known (const WayPlace *place, gint64 now_us)
{
  return place->proxy_known_at_us != 0 && now_us - place->proxy_known_at_us < PROXY_MAX_AGE_US;
}

/* GIO says "direct" and "socks" where libcurl says "" and names the version. */
static char *
proxy_for_curl (char **proxies)
{
  for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++)
    {
      if (g_str_has_prefix (proxies[i], "direct:"))
        break;
      if (g_str_has_prefix (proxies[i], "http://") || g_str_has_prefix (proxies[i], "https://") ||
          g_str_has_prefix (proxies[i], "socks4"))
        return g_strdup (proxies[i]);
      /* The proxy resolves names, so that the name does not leave by another way. */
      if (g_str_has_prefix (proxies[i], "socks5://") || g_str_has_prefix (proxies[i], "socks://"))
        return g_strconcat ("socks5h", strstr (proxies[i], "://"), NULL);
    }
  return g_strdup ("");
}

static void
on_proxy_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree WayProxyLookup *lookup = user_data;
  g_autoptr (GCancellable) cancellable = lookup->cancellable;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) proxies =
    g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);

  if (g_cancellable_is_cancelled (cancellable))
    return;

  WayPlace *place = lookup->place;
  place->proxy_pending = FALSE;
  place->proxy_known_at_us = g_get_monotonic_time ();
  g_free (place->proxy);
  place->proxy = error == NULL ? proxy_for_curl (proxies) : NULL;
  way_upstream_start_waiting (lookup->upstream, place);
}

/* Without a desktop GIO has a resolver that only ever says "direct". */
static gboolean
can_resolve (GProxyResolver *resolver)
{
  return resolver != NULL && g_proxy_resolver_is_supported (resolver) &&
         g_strcmp0 (G_OBJECT_TYPE_NAME (resolver), "GDummyProxyResolver") != 0;
}

/**
 * way_proxy_look_up:
 * @place: a place in the cloud
 *
 * Asks for @place's proxy; the calls that wait for it start when it is known, at once if nobody can
 * be asked: then libcurl reads the usual environment variables.
 */
void
way_proxy_look_up (WayUpstream *upstream, WayPlace *place)
{
  GProxyResolver *resolver = g_proxy_resolver_get_default ();

  if (place->proxy_pending)
    return;
  if (!can_resolve (resolver))
    {
      g_clear_pointer (&place->proxy, g_free);
      place->proxy_known_at_us = g_get_monotonic_time ();
      return;
    }
  WayProxyLookup *lookup = g_new (WayProxyLookup, 1);
  lookup->cancellable = g_object_ref (upstream->cancellable);
  lookup->upstream = upstream;
  lookup->place = place;
  place->proxy_pending = TRUE;
  g_main_context_push_thread_default (upstream->context);
  g_proxy_resolver_lookup_async (resolver, place->base_url, upstream->cancellable, on_proxy_found,
                                 lookup);
  g_main_context_pop_thread_default (upstream->context);
}
