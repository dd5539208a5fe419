/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The Secret Service behind the keyring interface: what its two halves share. Main thread. */

#pragma once

#include "way-keyring-call.h"

#include <libsecret/secret.h>

G_BEGIN_DECLS

#define WAY_TYPE_KEYRING_LIBSECRET (way_keyring_libsecret_get_type ())
G_DECLARE_FINAL_TYPE (WayKeyringLibsecret, way_keyring_libsecret, WAY, KEYRING_LIBSECRET, GObject)

struct _WayKeyringLibsecret
{
  GObject parent_instance;

  guint quick_ms;  /* for calls nobody has to think about */
  guint prompt_ms; /* for calls that may ask for a password */
  WayKeyringState state;

  /* owned */
  SecretService *service;       /* null while not connected */
  SecretCollection *collection; /* the default one; null if there is none yet */
  GCancellable *connecting;     /* null unless a connection is being made */
  GPtrArray *waiting;           /* (element-type WayKeyringCall): run when it is */
};

void way_keyring_libsecret_run (WayKeyringLibsecret *self, WayKeyringCall *call);
void
way_keyring_libsecret_fail (WayKeyringLibsecret *self, WayKeyringCall *call, const GError *error);
void way_keyring_libsecret_reconnect (gpointer keyring);
void way_keyring_libsecret_set_state (WayKeyringLibsecret *self, WayKeyringState state);

void way_keyring_libsecret_init_interface (WayKeyringInterface *iface);

G_END_DECLS
