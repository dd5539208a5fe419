/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One call to the Secret Service: a GTask that ends at its deadline whatever the service does. A
 * late answer finds the call ended and is dropped. Main thread. */

#pragma once

#include "way-keyring.h"

G_BEGIN_DECLS

typedef struct _WayKeyringCall WayKeyringCall;

/* Runs on the keyring once it is connected; must end the call sooner or later. */
typedef void (*WayKeyringCallFunc) (WayKeyringCall *call);

struct _WayKeyringCall
{
  guint refs;
  gboolean ended;
  guint deadline_ms;
  WaySecretKind kind;
  WayKeyringCallFunc run;
  void (*on_expired) (gpointer keyring);
  /* owned */
  GTask *task;
  GCancellable *cancellable; /* of what libsecret does for this call */
  GSource *deadline;
  GSource *left; /* fires when the caller cancels; null if it cannot */
  char *name;    /* nullable */
  WayKey *key;   /* nullable */
};

WayKeyringCall *way_keyring_call_new (gpointer keyring,
                                      guint deadline_ms,
                                      WayKeyringCallFunc run,
                                      void (*on_expired) (gpointer keyring),
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
WayKeyringCall *way_keyring_call_ref (WayKeyringCall *call);
void way_keyring_call_unref (WayKeyringCall *call);
void way_keyring_call_return_error (WayKeyringCall *call, GError *error);
void way_keyring_call_return_true (WayKeyringCall *call);
void
way_keyring_call_return_pointer (WayKeyringCall *call, gpointer result, GDestroyNotify destroy);

GError *way_keyring_error_locked (void);
GError *way_keyring_error_missing (void);
GError *way_keyring_error_denied (const char *detail);
GError *way_keyring_error_timeout (guint deadline_ms);
GError *way_keyring_error_translate (const GError *error, guint deadline_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayKeyringCall, way_keyring_call_unref)

G_END_DECLS
