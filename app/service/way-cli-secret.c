/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A secret from standard input: read without stdio, whose buffer nobody wipes, and typed without
 * an echo. */

#include "way-cli-secret.h"

#include "way-limits.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define INTERRUPT '\003' /* Ctrl+C */

/* Reads up to the end, or to the end of the line from a terminal. One byte beyond the limit tells
 * that there is more. */
static gssize
read_input (char *buffer, gsize size, gboolean one_line)
{
  gsize length = 0;

  while (length < size)
    {
      const gssize n = read (STDIN_FILENO, buffer + length, size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      length += (gsize)n;
      if (n == 0 || (one_line && buffer[length - 1] == '\n'))
        break;
    }
  return (gssize)length;
}

/* Without echo, and without signals, which would leave the terminal like that. */
static gssize
read_from_terminal (char *buffer, gsize size, const char *of_whom, const struct termios *usual)
{
  struct termios quiet = *usual;
  gssize length = 0;

  quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
  g_printerr ("Key of %s: ", of_whom);
  length = read_input (buffer, size, TRUE);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, usual);
  g_printerr ("\n");
  return length > 0 && memchr (buffer, INTERRUPT, (gsize)length) != NULL ? 0 : length;
}

static WayKey *
make_key (const char *buffer, gssize length, GError **error)
{
  if (length < 0)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "standard input cannot be read: %s",
                   g_strerror (errno));
      return NULL;
    }
  if (length > WAY_LIMIT_KEY_BYTES)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "a key of more than %d bytes is none; nothing was stored", WAY_LIMIT_KEY_BYTES);
      return NULL;
    }
  while (length > 0 && g_ascii_isspace (buffer[length - 1]))
    length--;
  if (length == 0)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                           "no key was given on standard input; nothing was stored");
      return NULL;
    }
  return way_key_new (buffer, (gsize)length, error);
}

/**
 * way_cli_read_secret:
 * @of_whom: whose key it is, for the prompt
 * @error: return location for an error
 *
 * Reads a key: asks for it on a terminal, without echo, or takes what a pipe or file gives. White
 * space at the end is not part of it. The buffer is wiped.
 *
 * Returns: (transfer full) (nullable): the key, or %NULL with %WAY_ERROR_BAD_REQUEST if there is
 *   none or %WAY_ERROR_IO
 */
WayKey *
way_cli_read_secret (const char *of_whom, GError **error)
{
  char buffer[WAY_LIMIT_KEY_BYTES + 1];
  struct termios usual;
  const gboolean is_terminal = tcgetattr (STDIN_FILENO, &usual) == 0;
  const gssize length = is_terminal ? read_from_terminal (buffer, sizeof buffer, of_whom, &usual)
                                    : read_input (buffer, sizeof buffer, FALSE);
  g_autoptr (WayKey) key = make_key (buffer, length, error);

  explicit_bzero (buffer, sizeof buffer);
  return g_steal_pointer (&key);
}
