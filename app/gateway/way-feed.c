/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* /wayfare/v1/events: the requests as they happen. Gateway thread. */

#include "way-feed.h"

#include "way-record-json.h"

#include <string.h>

/* Events a slow follower may be behind before it is dropped: it can ask again, and the ledger has
 * what it missed. */
#define PENDING_LIMIT_BYTES (4 * 1024 * 1024)

struct _WayFeed
{
  GHashTable *followers; /* owned: WayConnection (borrowed) → WayRequest (owned) */
};

static void
on_gone (WayConnection *connection, gpointer user_data)
{
  WayFeed *self = user_data;

  g_hash_table_remove (self->followers, connection);
}

static const WayConnectionAnswer answer = { .on_gone = on_gone };

/**
 * way_feed_new:
 *
 * Returns: (transfer full): a feed that nobody follows yet
 */
WayFeed *
way_feed_new (void)
{
  WayFeed *self = g_new0 (WayFeed, 1);

  self->followers = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)way_request_unref);
  return self;
}

/**
 * way_feed_free:
 *
 * To be called after the server, whose connections may still have news to tell.
 */
void
way_feed_free (WayFeed *self)
{
  g_hash_table_unref (self->followers);
  g_free (self);
}

/**
 * way_feed_end:
 *
 * Ends the followers' streams, cleanly. Their connections are retired, so that none of them begins
 * another request here.
 */
void
way_feed_end (WayFeed *self)
{
  GHashTableIter iter;
  gpointer request;

  g_hash_table_iter_init (&iter, self->followers);
  while (g_hash_table_iter_next (&iter, NULL, &request))
    {
      way_reply_send_piece (request, WAY_FEED_END "\n\n", strlen (WAY_FEED_END "\n\n"));
      way_reply_end_stream (request);
    }
  g_hash_table_remove_all (self->followers);
}

/**
 * way_feed_add_follower:
 *
 * Answers @request with a stream that lasts until the client leaves.
 */
void
way_feed_add_follower (WayFeed *self, WayRequest *request)
{
  if (!way_connection_begin_answer (request->connection, &answer, self))
    return;
  g_hash_table_insert (self->followers, request->connection, way_request_ref (request));
  way_reply_begin_stream (request, way_reply_begin (request, 200), "text/event-stream");
  way_reply_send_piece (request, ": following\n\n", 13);
}

gboolean
way_feed_has_followers (WayFeed *self)
{
  return g_hash_table_size (self->followers) > 0;
}

/**
 * way_feed_send:
 * @event: "routed" or "finished"
 */
void
way_feed_send (WayFeed *self, const char *event, const WayRecord *record)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer connection, request;

  g_string_append_printf (text, "event: %s\ndata: ", event);
  way_record_append_json (text, record);
  g_string_append (text, "\n\n");
  g_hash_table_iter_init (&iter, self->followers);
  while (g_hash_table_iter_next (&iter, &connection, &request))
    if (way_connection_get_pending (connection) < PENDING_LIMIT_BYTES)
      way_reply_send_piece (request, text->str, text->len);
    else
      {
        way_connection_cut_answer (connection);
        g_hash_table_iter_remove (&iter);
      }
}
