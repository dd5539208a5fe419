/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Where secrets are kept: an interface, since tests and servers have no desktop keyring. Lives on
 * the main thread; every call is asynchronous and has a deadline of its own. */

#pragma once

#include "way-key.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_KEYRING (way_keyring_get_type ())
G_DECLARE_INTERFACE (WayKeyring, way_keyring, WAY, KEYRING, GObject)

/* Signal: "changed" (the state is another, or a secret was stored or deleted through this object).
 */

typedef enum
{
  WAY_SECRET_PROVIDER_KEY, /* name: the key's name in the config, {"keyring": NAME} */
  WAY_SECRET_APP_TOKEN,    /* name: the app's id */
} WaySecretKind;

typedef enum
{
  WAY_KEYRING_UNKNOWN, /* not asked yet */
  WAY_KEYRING_READY,
  WAY_KEYRING_LOCKED,
  WAY_KEYRING_MISSING, /* no secret service on this machine */
  WAY_KEYRING_DENIED,
} WayKeyringState;

/* What may be known of a secret without revealing it. */
typedef struct
{
  WaySecretKind kind;
  char *name;
  char *hint;            /* "…" and the last four characters, nullable */
  gint64 modified_at_us; /* wall clock, 0 when unknown */
  gboolean locked;
} WaySecretInfo;

/**
 * WayKeyringInterface:
 *
 * The deadline of each call is the implementation's (25 s where a person may have to type a
 * password, 5 s else); after it the task ends with %WAY_ERROR_KEYRING_TIMEOUT.
 */
struct _WayKeyringInterface
{
  GTypeInterface parent;

  void (*lookup_async) (WayKeyring *keyring,
                        WaySecretKind kind,
                        const char *name,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  WayKey *(*lookup_finish) (WayKeyring *keyring, GAsyncResult *result, GError **error);
  void (*store_async) (WayKeyring *keyring,
                       WaySecretKind kind,
                       const char *name,
                       WayKey *key,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*store_finish) (WayKeyring *keyring, GAsyncResult *result, GError **error);
  void (*delete_async) (WayKeyring *keyring,
                        WaySecretKind kind,
                        const char *name,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*delete_finish) (WayKeyring *keyring, GAsyncResult *result, GError **error);
  void (*list_async) (WayKeyring *keyring,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  GPtrArray *(*list_finish) (WayKeyring *keyring, GAsyncResult *result, GError **error);
  void (*unlock_async) (WayKeyring *keyring,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*unlock_finish) (WayKeyring *keyring, GAsyncResult *result, GError **error);
  WayKeyringState (*get_state) (WayKeyring *keyring);
};

void way_keyring_lookup_async (WayKeyring *keyring,
                               WaySecretKind kind,
                               const char *name,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
WayKey *way_keyring_lookup_finish (WayKeyring *keyring, GAsyncResult *result, GError **error);
void way_keyring_store_async (WayKeyring *keyring,
                              WaySecretKind kind,
                              const char *name,
                              WayKey *key,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean way_keyring_store_finish (WayKeyring *keyring, GAsyncResult *result, GError **error);
void way_keyring_delete_async (WayKeyring *keyring,
                               WaySecretKind kind,
                               const char *name,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean way_keyring_delete_finish (WayKeyring *keyring, GAsyncResult *result, GError **error);
void way_keyring_list_async (WayKeyring *keyring,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GPtrArray *way_keyring_list_finish (WayKeyring *keyring, GAsyncResult *result, GError **error);
void way_keyring_unlock_async (WayKeyring *keyring,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean way_keyring_unlock_finish (WayKeyring *keyring, GAsyncResult *result, GError **error);
WayKeyringState way_keyring_get_state (WayKeyring *keyring);
void way_keyring_emit_changed (WayKeyring *keyring);

WaySecretInfo *way_secret_info_new (WaySecretKind kind, const char *name);
void way_secret_info_free (WaySecretInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaySecretInfo, way_secret_info_free)

/* Implementations */
WayKeyring *way_keyring_libsecret_new (void);
WayKeyring *way_keyring_memory_new (void);

/* Keys that need no keyring: {"env": NAME} and {"credential": NAME} (systemd's LoadCredential=). */
gboolean way_credential_is_variable (const char *name);
gboolean way_credential_is_file_name (const char *name);
WayKey *way_credential_from_env (const char *variable, GError **error);
WayKey *way_credential_from_file (const char *name, GError **error);

G_END_DECLS
