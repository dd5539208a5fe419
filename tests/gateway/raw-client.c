/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A client that says exactly the bytes it is told to. */

#include "raw-client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

RawClient *
raw_client_connect (guint port)
{
  RawClient *self = g_new0 (RawClient, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  self->received = g_string_new (NULL);
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (connect (self->fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  return self;
}

void
raw_client_free (RawClient *self)
{
  raw_client_leave (self);
  g_string_free (self->received, TRUE);
  g_free (self);
}

/* Takes turns with the server, since both share a thread. */
void
raw_client_say_len (RawClient *self, const char *bytes, gsize length)
{
  gint64 deadline = g_get_monotonic_time () + RAW_DEADLINE_US;

  while (length > 0)
    {
      gssize n = send (self->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n > 0)
        {
          bytes += n;
          length -= n;
        }
      else if (errno != EAGAIN)
        return; /* the server has closed, which is what the test will see */
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

void
raw_client_say (RawClient *self, const char *text)
{
  raw_client_say_len (self, text, strlen (text));
}

void
raw_client_leave (RawClient *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
raw_client_read (RawClient *self)
{
  char buffer[65536];
  gssize n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n > 0)
    g_string_append_len (self->received, buffer, n);
  else if (n == 0 || errno != EAGAIN)
    self->closed = TRUE;
}

guint
raw_client_count (RawClient *self, const char *text)
{
  guint n = 0;

  for (const char *at = self->received->str; (at = strstr (at, text)); at += strlen (text))
    n++;
  return n;
}

void
raw_client_await_text (RawClient *self, const char *text)
{
  gint64 deadline = g_get_monotonic_time () + RAW_DEADLINE_US;

  while (!strstr (self->received->str, text))
    {
      g_main_context_iteration (NULL, FALSE);
      raw_client_read (self);
      if (g_get_monotonic_time () > deadline || self->closed)
        g_error ("waited for \"%s\", got \"%s\"", text, self->received->str);
    }
}

void
raw_client_await_close (RawClient *self)
{
  gint64 deadline = g_get_monotonic_time () + RAW_DEADLINE_US;

  while (!self->closed)
    {
      g_main_context_iteration (NULL, FALSE);
      raw_client_read (self);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

void
raw_spin_until (gboolean (*condition) (gpointer), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + RAW_DEADLINE_US;

  while (!condition (data))
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}
