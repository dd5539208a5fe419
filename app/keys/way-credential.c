/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Keys on machines without a keyring: an environment variable, or a credential file that systemd
 * put into $CREDENTIALS_DIRECTORY (LoadCredential=, SetCredentialEncrypted=; systemd.exec(5)). Any
 * thread, though the environment is only stable while nobody calls setenv(). */

#include "way-keyring.h"

#include "way-limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NAME_MAX of Linux; systemd allows no more either. */
#define CREDENTIAL_NAME_MAX 255

/**
 * way_credential_is_variable:
 * @name: (nullable): a candidate
 *
 * Whether @name can name an environment variable: a letter or "_", then letters, digits and "_"
 * (POSIX.1-2017, 3.235). Any thread.
 */
gboolean
way_credential_is_variable (const char *name)
{
  if (name == NULL || !(g_ascii_isalpha (name[0]) || name[0] == '_'))
    return FALSE;
  for (const char *c = name + 1; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '_')
      return FALSE;
  return TRUE;
}

/**
 * way_credential_is_file_name:
 * @name: (nullable): a candidate
 *
 * Whether @name can name a credential: one path component, so that nothing outside of the
 * credentials directory can be reached by it. Any thread.
 */
gboolean
way_credential_is_file_name (const char *name)
{
  if (name == NULL || name[0] == '\0' || strlen (name) > CREDENTIAL_NAME_MAX)
    return FALSE;
  if (g_str_equal (name, ".") || g_str_equal (name, ".."))
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (*c == '/' || g_ascii_iscntrl (*c))
      return FALSE;
  return TRUE;
}

/**
 * way_credential_from_env:
 * @variable: name of an environment variable
 * @error: return location for an error
 *
 * Reads a key from the environment. Errors: %WAY_ERROR_BAD_REQUEST for a name no variable can have,
 * %WAY_ERROR_KEY_MISSING if it is not set, and those of way_key_new().
 *
 * Returns: (transfer full) (nullable): the key, or %NULL with @error set
 */
WayKey *
way_credential_from_env (const char *variable, GError **error)
{
  g_return_val_if_fail (variable != NULL, NULL);

  if (!way_credential_is_variable (variable))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "\"%s\" is not the name of an environment variable", variable);
      return NULL;
    }

  const char *value = g_getenv (variable);
  if (value == NULL)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_KEY_MISSING,
                   "the environment variable %s is not set; set it where Wayfare is started",
                   variable);
      return NULL;
    }

  WayKey *key = way_key_new (value, strlen (value), error);
  if (key == NULL)
    g_prefix_error (error, "environment variable %s: ", variable);
  return key;
}

static int
open_credential (const char *name, GError **error)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");
  if (directory == NULL || !g_path_is_absolute (directory))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_KEY_MISSING,
                   "the credential \"%s\" cannot be read: CREDENTIALS_DIRECTORY is not set; start "
                   "Wayfare as a systemd unit with LoadCredential=%s:FILE",
                   name, name);
      return -1;
    }

  g_autofree char *path = g_build_filename (directory, name, NULL);
  /* O_NONBLOCK: a FIFO in the place of a credential must not stop the main thread. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    g_set_error (error, WAY_ERROR, errno == ENOENT ? WAY_ERROR_KEY_MISSING : WAY_ERROR_IO,
                 "the credential file %s cannot be opened: %s", path, g_strerror (errno));
  return fd;
}

/* Reads up to @size bytes; -1 with errno set. */
static gssize
read_fully (int fd, char *buffer, gsize size)
{
  struct stat status;
  if (fstat (fd, &status) != 0)
    return -1;
  if (!S_ISREG (status.st_mode))
    {
      errno = EINVAL;
      return -1;
    }

  gsize used = 0;
  while (used < size)
    {
      gssize got = read (fd, buffer + used, size - used);
      if (got == 0)
        break;
      if (got > 0)
        used += (gsize)got;
      else if (errno != EINTR)
        return -1;
    }
  return (gssize)used;
}

/**
 * way_credential_from_file:
 * @name: name of a systemd credential
 * @error: return location for an error
 *
 * Reads a key from the file @name in $CREDENTIALS_DIRECTORY. Reads at most %WAY_LIMIT_KEY_BYTES and
 * a little, from a file system that systemd keeps in memory.
 *
 * Errors: %WAY_ERROR_BAD_REQUEST for a name that is not a single path component,
 * %WAY_ERROR_KEY_MISSING without such a directory or file, %WAY_ERROR_IO if it cannot be read, and
 * those of way_key_new().
 *
 * Returns: (transfer full) (nullable): the key, or %NULL with @error set
 */
WayKey *
way_credential_from_file (const char *name, GError **error)
{
  g_return_val_if_fail (name != NULL, NULL);

  if (!way_credential_is_file_name (name))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "\"%s\" is not the name of a credential; it must be a plain file name", name);
      return NULL;
    }

  int fd = open_credential (name, error);
  if (fd < 0)
    return NULL;

  /* Room for a trailing line end, and for one byte more that betrays a file that is too large. */
  char buffer[WAY_LIMIT_KEY_BYTES + 3];
  gssize length = read_fully (fd, buffer, sizeof buffer);
  int saved_errno = errno;
  close (fd);

  WayKey *key = NULL;
  if (length < 0)
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "the credential \"%s\" cannot be read: %s", name,
                 g_strerror (saved_errno));
  else
    key = way_key_new (buffer, (gsize)length, error);
  explicit_bzero (buffer, sizeof buffer);
  if (key == NULL && length >= 0)
    g_prefix_error (error, "credential \"%s\": ", name);
  return key;
}
