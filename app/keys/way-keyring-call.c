/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deadlines and words for calls to the Secret Service. Main thread. */

#include "way-keyring-call.h"

#include <libsecret/secret.h>

static void
end (WayKeyringCall *call)
{
  call->ended = TRUE;
  if (call->deadline != NULL)
    g_source_destroy (call->deadline);
  g_clear_pointer (&call->deadline, g_source_unref);
  if (call->left != NULL)
    g_source_destroy (call->left);
  g_clear_pointer (&call->left, g_source_unref);
  g_clear_pointer (&call->key, way_key_unref);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = way_keyring_call_ref (user_data);
  g_autoptr (GObject) keyring = g_object_ref (g_task_get_source_object (call->task));

  way_keyring_call_return_error (call, way_keyring_error_timeout (call->deadline_ms));
  g_cancellable_cancel (call->cancellable);
  call->on_expired (keyring);
  return G_SOURCE_REMOVE;
}

static gboolean
on_left (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = way_keyring_call_ref (user_data);

  /* The task knows its cancellable and reports the cancellation whatever is returned here. */
  way_keyring_call_return_error (
    call, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the call was cancelled"));
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

/* The caller has one reference, and gives others to whom may end the call. */
WayKeyringCall *
way_keyring_call_new (gpointer keyring,
                      guint deadline_ms,
                      WayKeyringCallFunc run,
                      void (*on_expired) (gpointer keyring),
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  WayKeyringCall *call = g_new0 (WayKeyringCall, 1);
  call->refs = 1;
  call->deadline_ms = deadline_ms;
  call->run = run;
  call->on_expired = on_expired;
  call->task = g_task_new (keyring, cancellable, callback, user_data);
  call->cancellable = g_cancellable_new ();

  GMainContext *context = g_task_get_context (call->task);
  call->deadline = g_timeout_source_new (deadline_ms);
  g_source_set_callback (call->deadline, on_deadline, call, NULL);
  g_source_attach (call->deadline, context);
  if (cancellable != NULL)
    {
      call->left = g_cancellable_source_new (cancellable);
      g_source_set_callback (call->left, G_SOURCE_FUNC (on_left), call, NULL);
      g_source_attach (call->left, context);
    }
  return call;
}

WayKeyringCall *
way_keyring_call_ref (WayKeyringCall *call)
{
  call->refs++;
  return call;
}

void
way_keyring_call_unref (WayKeyringCall *call)
{
  if (--call->refs > 0)
    return;
  g_assert (call->ended);
  g_object_unref (call->task);
  g_object_unref (call->cancellable);
  g_free (call->name);
  g_free (call);
}

/* Takes @error. Like the other two: does nothing if the call has ended already. */
void
way_keyring_call_return_error (WayKeyringCall *call, GError *error)
{
  if (call->ended)
    {
      g_error_free (error);
      return;
    }
  end (call);
  g_task_return_error (call->task, error);
}

void
way_keyring_call_return_true (WayKeyringCall *call)
{
  if (call->ended)
    return;
  end (call);
  g_task_return_boolean (call->task, TRUE);
}

void
way_keyring_call_return_pointer (WayKeyringCall *call, gpointer result, GDestroyNotify destroy)
{
  if (call->ended)
    {
      destroy (result);
      return;
    }
  end (call);
  g_task_return_pointer (call->task, result, destroy);
}

GError *
way_keyring_error_locked (void)
{
  return g_error_new_literal (WAY_ERROR, WAY_ERROR_KEYRING_LOCKED,
                              "the keyring is locked; unlock it on the Keys page");
}

GError *
way_keyring_error_missing (void)
{
  return g_error_new_literal (
    WAY_ERROR, WAY_ERROR_KEYRING_MISSING,
    "no keyring answers on the session bus; install or start one, such as "
    "GNOME Keyring or KWallet, or name an \"env\" or \"credential\" as "
    "the key in the config");
}

GError *
way_keyring_error_denied (const char *detail)
{
  return g_error_new (WAY_ERROR, WAY_ERROR_KEYRING_DENIED, "the keyring refused access: %s",
                      detail);
}

GError *
way_keyring_error_timeout (guint deadline_ms)
{
  return g_error_new (WAY_ERROR, WAY_ERROR_KEYRING_TIMEOUT,
                      "the keyring did not answer within %u ms; a question of its own may be "
                      "waiting, or it may have to be restarted",
                      deadline_ms);
}

/* An error that says that nobody is there to talk to. */
static gboolean
says_missing (const GError *error)
{
  static const struct
  {
    GQuark (*domain) (void);
    int code;
  } rows[] = {
    { g_dbus_error_quark, G_DBUS_ERROR_SERVICE_UNKNOWN },
    { g_dbus_error_quark, G_DBUS_ERROR_NAME_HAS_NO_OWNER },
    { g_dbus_error_quark, G_DBUS_ERROR_NO_SERVER },
    { g_dbus_error_quark, G_DBUS_ERROR_DISCONNECTED },
    { g_dbus_error_quark, G_DBUS_ERROR_FILE_NOT_FOUND },
    { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_EXEC_FAILED },
    { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_FORK_FAILED },
    { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_CHILD_EXITED },
    { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_CHILD_SIGNALED },
    { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_FAILED },
    { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND },
    { g_io_error_quark, G_IO_ERROR_NOT_FOUND },
    { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED },
    { g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED },
    { g_io_error_quark, G_IO_ERROR_CLOSED },
    { g_io_error_quark, G_IO_ERROR_NOT_SUPPORTED },
    { g_io_error_quark, G_IO_ERROR_INVALID_ARGUMENT }, /* DBUS_SESSION_BUS_ADDRESS is no address */
    { g_io_error_quark, G_IO_ERROR_FAILED },           /* "Cannot autolaunch D-Bus" */
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (error, rows[i].domain (), rows[i].code))
      return TRUE;
  return FALSE;
}

static gboolean
says_timeout (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT);
}

/* What GIO and libsecret report, as one of Wayfare's errors. A cancellation that the caller did not
 * ask for is how libsecret reports a dismissed question. */
GError *
way_keyring_error_translate (const GError *error, guint deadline_ms)
{
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return way_keyring_error_locked ();
  if (says_missing (error))
    return way_keyring_error_missing ();
  if (says_timeout (error))
    return way_keyring_error_timeout (deadline_ms);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return way_keyring_error_denied ("its question was dismissed");

  g_autoptr (GError) plain = g_error_copy (error);
  g_dbus_error_strip_remote_error (plain);
  return way_keyring_error_denied (plain->message);
}
