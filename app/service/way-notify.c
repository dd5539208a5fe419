/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One datagram to the socket that the service manager names: too little to need a library. */

#include "way-notify.h"

#include "way-log.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/**
 * way_notify:
 * @state: e.g. "READY=1", as in sd_notify(3)
 *
 * Tells the service manager, if there is one that listens. A failure is logged and nothing more:
 * the manager has its own timeout. Any thread.
 */
void
way_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  const gsize length = path != NULL ? strlen (path) : 0;
  int fd = -1;

  if (length == 0 || length >= sizeof address.sun_path)
    return;
  memcpy (address.sun_path, path, length);
  /* "@" stands for the zero byte of an abstract name, which ends with its last byte. */
  if (address.sun_path[0] == '@')
    address.sun_path[0] = '\0';

  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *)&address,
                        (socklen_t)(offsetof (struct sockaddr_un, sun_path) + length)) < 0)
    way_log_notice ("the service manager cannot be told %s: %s", state, g_strerror (errno));
  if (fd >= 0)
    close (fd);
}
