/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What libcurl's codes mean, in words that name the provider and its address. Gateway thread. */

#include "way-upstream-private.h"

#include "way-limits.h"

#include <errno.h>
#include <string.h>

G_GNUC_PRINTF (3, 4)
static GError *
describe (const WayCall *call, WayErrorCode code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  return g_error_new (WAY_ERROR, (int)code, "%s %s", call->provider->id, what);
}

/* A proxy's URL may hold a password, so only its host is named. */
static GError *
describe_proxy (WayCall *call, CURLcode code)
{
  g_autoptr (GUri) uri =
    call->place->proxy == NULL ? NULL : g_uri_parse (call->place->proxy, G_URI_FLAGS_NONE, NULL);
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);

  return describe (call, WAY_ERROR_UPSTREAM_UNREACHABLE,
                   "cannot be reached through the system's proxy%s%s; check the proxy settings",
                   host == NULL ? "" : " at ", host == NULL ? "" : host);
}

static gboolean
uses_proxy (const WayCall *call)
{
  return call->reach == WAY_LOCALITY_CLOUD && call->place->proxy != NULL &&
         *call->place->proxy != '\0';
}

static GError *
describe_connect (WayCall *call, CURLcode code)
{
  const char *where = call->place->authority;
  long saved_errno = 0;

  if (uses_proxy (call))
    return describe_proxy (call, code);
  curl_easy_getinfo (call->easy, CURLINFO_OS_ERRNO, &saved_errno);
  if (saved_errno == ECONNREFUSED)
    return describe (call, WAY_ERROR_UPSTREAM_REFUSED,
                     "refused the connection at %s; is the server running?", where);
  if (saved_errno == ETIMEDOUT)
    return describe (call, WAY_ERROR_UPSTREAM_TIMEOUT, "did not connect at %s", where);
  return describe (call, WAY_ERROR_UPSTREAM_UNREACHABLE, "cannot be reached at %s: %s", where,
                   saved_errno != 0 ? g_strerror ((int)saved_errno) : "no connection");
}

static GError *
describe_cut (WayCall *call, CURLcode code)
{
  const char *where = call->place->authority;

  if (call->has_body)
    return describe (call, WAY_ERROR_UPSTREAM_CUT,
                     "at %s ended the connection in the middle of its answer", where);
  if (call->has_head)
    return describe (call, WAY_ERROR_UPSTREAM_CUT,
                     "at %s ended the connection after the head of its answer", where);
  return describe (call, WAY_ERROR_UPSTREAM_CUT, "at %s ended the connection without an answer",
                   where);
}

static const char *
get_detail (const WayCall *call, CURLcode code)
{
  return call->detail[0] != '\0' ? call->detail : curl_easy_strerror (code);
}

static GError *
describe_name (WayCall *call, CURLcode code)
{
  return describe (call, WAY_ERROR_UPSTREAM_UNREACHABLE,
                   "cannot be reached: no address is known for %s; check the name and the network",
                   call->place->host);
}

static GError *
describe_tls (WayCall *call, CURLcode code)
{
  return describe (call, WAY_ERROR_UPSTREAM_UNREACHABLE, "at %s has no sound TLS: %s",
                   call->place->authority, get_detail (call, code));
}

static GError *
describe_timeout (WayCall *call, CURLcode code)
{
  return describe (call, WAY_ERROR_UPSTREAM_TIMEOUT, "did not connect within %g s at %s",
                   (double)call->deadlines.connect_ms / 1000, call->place->authority);
}

static GError *
describe_garbage (WayCall *call, CURLcode code)
{
  return describe (call, WAY_ERROR_UPSTREAM,
                   "at %s answered with something that is not HTTP; is it another program's port?",
                   call->place->authority);
}

/* A header line beyond libcurl's own limit of 100 KiB has a code of its own since 8.6. */
static GError *
describe_size (WayCall *call, CURLcode code)
{
  if (call->has_head)
    return describe (call, WAY_ERROR_UPSTREAM, "at %s: %s", call->place->authority,
                     curl_easy_strerror (code));
  return describe (call, WAY_ERROR_UPSTREAM, "at %s answered with headers larger than %d KiB",
                   call->place->authority, WAY_LIMIT_UPSTREAM_HEAD_BYTES / 1024);
}

/* What an HTTP client can meet; the rest of libcurl's codes speak for themselves. */
static const struct
{
  CURLcode code;
  GError *(*describe) (WayCall *call, CURLcode code);
} rows[] = {
  { CURLE_COULDNT_CONNECT, describe_connect },
  { CURLE_OPERATION_TIMEDOUT, describe_timeout },
  { CURLE_COULDNT_RESOLVE_HOST, describe_name },
  { CURLE_COULDNT_RESOLVE_PROXY, describe_proxy },
  { CURLE_PROXY, describe_proxy },
  { CURLE_SSL_CONNECT_ERROR, describe_tls },
  { CURLE_PEER_FAILED_VERIFICATION, describe_tls },
  { CURLE_SSL_CERTPROBLEM, describe_tls },
  { CURLE_SSL_CACERT_BADFILE, describe_tls },
  { CURLE_SSL_CIPHER, describe_tls },
  { CURLE_PARTIAL_FILE, describe_cut },
  { CURLE_GOT_NOTHING, describe_cut },
  { CURLE_RECV_ERROR, describe_cut },
  { CURLE_SEND_ERROR, describe_cut },
  { CURLE_HTTP2, describe_cut },
  { CURLE_HTTP2_STREAM, describe_cut },
  { CURLE_UNSUPPORTED_PROTOCOL, describe_garbage }, /* HTTP/0.9, that is: anything */
  { CURLE_WEIRD_SERVER_REPLY, describe_garbage },
  { CURLE_OUT_OF_MEMORY, describe_size },
#if LIBCURL_VERSION_NUM >= 0x080600
  { CURLE_TOO_LARGE, describe_size },
#endif
};

/**
 * way_call_describe:
 * @call: a call whose easy handle has ended
 * @code: what libcurl says of it; not %CURLE_OK
 *
 * Returns: (transfer full): one of WAY_ERROR_UPSTREAM*, in words
 */
GError *
way_call_describe (WayCall *call, CURLcode code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].code == code)
      return rows[i].describe (call, code);
  return describe (call, WAY_ERROR_UPSTREAM, "at %s: %s", call->place->authority,
                   curl_easy_strerror (code));
}
