/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#pragma once

#include <glib.h>

/* Longer heads than this are refused: neither the mock nor a proxy writes one. */
#define BENCH_HEAD_BYTES 8192

typedef void (*BenchBodyFunc) (const char *data, gsize length, gpointer user_data);

typedef enum
{
  BENCH_READER_HEAD,
  BENCH_READER_LENGTH,
  BENCH_READER_CHUNK_SIZE,
  BENCH_READER_CHUNK_DATA,
  BENCH_READER_CHUNK_END,
  BENCH_READER_TRAILER,
  BENCH_READER_DONE,
  BENCH_READER_BROKEN,
} BenchReaderState;

/* One HTTP/1.1 message, read as it comes. */
typedef struct
{
  BenchReaderState state;
  guint64 left; /* bytes of the body, or of the chunk */
  gsize line_length;
  gsize head_length;
  char head[BENCH_HEAD_BYTES]; /* ends with NUL */
} BenchReader;

void bench_reader_reset (BenchReader *reader);
gsize bench_reader_feed (
  BenchReader *reader, const char *data, gsize length, BenchBodyFunc on_body, gpointer user_data);
int bench_reader_get_status (const BenchReader *reader);

void bench_raise_fd_limit (void);
int bench_listen (guint16 *ret_port);
int bench_connect (guint16 port);
void bench_watch (int epoll, int fd, guint32 events, gpointer data, gboolean is_new);
