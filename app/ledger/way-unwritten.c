/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The ledger writes behind the answers, a transaction every few milliseconds. What it has been
 * given since lies here: one write() a request, which is in the kernel's pages when it returns and
 * so outlives the process, though not a power cut (the ledger's own promise is the same).
 *
 * The file has two halves. Requests are added to one while those of the other go into the ledger;
 * when all of them are there, the halves change places. Nothing is cleared: each entry has the
 * number of its half's turn before and behind it, so that a half ends where the number does, or
 * where a write was cut. What is read although the ledger has it is passed over there by its id.
 *
 * Used by one thread at a time: the ledger's queue is locked around each call. */

#include "way-unwritten.h"

#include "way-log.h"
#include "way-record-bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far more than comes between two transactions. What does not fit is not kept: the disk refuses the
 * ledger then, and memory has it. */
#define HALF_BYTES (4 * 1024 * 1024)

/* A record's bytes are those of one build: the file of another cannot be read. */
static const struct
{
  char magic[24];
  guint32 sizes[4];
} file_head = {
  "wayfare unwritten 1\n",
  { sizeof (WayRecord), sizeof (WayAttempt), sizeof (WayUsage), sizeof (WayPrice) },
};

typedef struct
{
  guint32 turn;
  guint32 length;
} EntryHead;

struct _WayUnwritten
{
  char *path;        /* owned */
  GByteArray *entry; /* owned: the one that is being written */
  int fd;            /* owned */
  guint32 turn;
  goffset half_at; /* where the half begins that is added to */
  goffset used_bytes;
};

static goffset
get_half_at (guint32 turn)
{
  return (goffset)sizeof file_head + (turn % 2 ? HALF_BYTES : 0);
}

/* Appends the records of the half at @data to @left. */
static void
read_half (const guint8 *data, gsize length, GPtrArray *left)
{
  guint32 turn = 0;
  EntryHead head;
  guint32 mark;

  for (gsize at = 0; length - at >= sizeof head; at += sizeof head + head.length + sizeof mark)
    {
      memcpy (&head, data + at, sizeof head);
      if (head.turn == 0 || (turn > 0 && head.turn != turn) ||
          length - at < sizeof head + sizeof mark + head.length)
        return;
      turn = head.turn;
      memcpy (&mark, data + at + sizeof head + head.length, sizeof mark);
      WayRecord *record =
        mark == turn ? way_record_new_from_bytes (data + at + sizeof head, head.length) : NULL;
      if (!record)
        return;
      g_ptr_array_add (left, record);
    }
}

static gboolean
read_left (const char *path, GPtrArray *left, GError **error)
{
  g_autofree char *data = NULL;
  gsize length;

  if (!g_file_get_contents (path, &data, &length, error))
    return FALSE;
  if (length < sizeof file_head)
    return TRUE; /* new, or killed while it was */
  if (memcmp (data, &file_head, sizeof file_head) != 0)
    {
      way_log_notice (
        "%s was left by another version of Wayfare: the last requests before that one "
        "was killed cannot be read",
        path);
      return TRUE;
    }
  for (guint32 turn = 0; turn < 2; turn++)
    {
      gsize at = MIN ((gsize)get_half_at (turn), length);

      read_half ((const guint8 *)data + at, MIN (length - at, HALF_BYTES), left);
    }
  return TRUE;
}

static int
open_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, WAY_ERROR, WAY_ERROR_ALREADY_RUNNING, "%s is another process's", path);
  else
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "%s cannot be used: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * way_unwritten_open:
 * @path: (type filename): the file; made, 0600, if it is missing
 * @ret_left: (element-type WayRecord): what a process that was killed has left is appended
 *
 * Nothing can be added before way_unwritten_start(), which forgets what was left.
 *
 * Returns: (transfer full) (nullable): the file, %NULL with %WAY_ERROR_IO, or
 *   %WAY_ERROR_ALREADY_RUNNING while another process uses it
 */
WayUnwritten *
way_unwritten_open (const char *path, GPtrArray *ret_left, GError **error)
{
  g_autoptr (GError) failure = NULL;
  WayUnwritten *self;
  int fd = open_file (path, error);

  if (fd < 0)
    return NULL;
  if (!read_left (path, ret_left, &failure))
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_IO, failure->message);
      close (fd);
      return NULL;
    }
  self = g_new0 (WayUnwritten, 1);
  self->path = g_strdup (path);
  self->entry = g_byte_array_new ();
  self->fd = fd;
  return self;
}

/**
 * way_unwritten_close:
 * @unwritten: (transfer full) (nullable)
 * @all_written: the ledger has all that was added or left, and the file can go
 */
void
way_unwritten_close (WayUnwritten *self, gboolean all_written)
{
  if (!self)
    return;
  if (all_written)
    g_unlink (self->path);
  close (self->fd);
  g_byte_array_unref (self->entry);
  g_free (self->path);
  g_free (self);
}

/**
 * way_unwritten_start:
 *
 * The ledger has what was left: the file is emptied, and requests can be added.
 *
 * Returns: %FALSE if the disk refuses; then none can be
 */
gboolean
way_unwritten_start (WayUnwritten *self)
{
  if (ftruncate (self->fd, 0) != 0 ||
      pwrite (self->fd, &file_head, sizeof file_head, 0) != sizeof file_head)
    return FALSE;
  way_unwritten_turn (self);
  return TRUE;
}

/**
 * way_unwritten_add:
 *
 * Has @record outlive the process. On a full disk it does not, and nobody is told: the ledger,
 * which cannot be written then either, tells.
 */
void
way_unwritten_add (WayUnwritten *self, const WayRecord *record)
{
  EntryHead head = { .turn = self->turn };

  g_return_if_fail (self->turn > 0);

  g_byte_array_set_size (self->entry, sizeof head);
  way_record_append_bytes (record, self->entry);
  head.length = self->entry->len - (guint)sizeof head;
  memcpy (self->entry->data, &head, sizeof head);
  g_byte_array_append (self->entry, (const guint8 *)&self->turn, sizeof self->turn);
  if (self->used_bytes + self->entry->len <= HALF_BYTES &&
      pwrite (self->fd, self->entry->data, self->entry->len, self->half_at + self->used_bytes) ==
        (gssize)self->entry->len)
    self->used_bytes += self->entry->len;
}

/**
 * way_unwritten_turn:
 *
 * Requests are added to the other half from now on. What that had must be in the ledger.
 */
void
way_unwritten_turn (WayUnwritten *self)
{
  self->turn++;
  self->half_at = get_half_at (self->turn);
  self->used_bytes = 0;
}
