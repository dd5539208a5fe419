/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The value is in the entry's own buffer, then in a WayKey, and nowhere else: the entry is emptied
 * before the keyring is asked. Main thread. */

#include "way-key-dialog.h"

#include "way-dialogs.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  GtkWidget *from;     /* owned */
  WayService *service; /* owned */
  GtkEditable *entry;  /* borrowed from the dialog while it is open */
  char *provider_id;   /* owned */
  WayKey *key;         /* owned, once the dialog closes */
  GError *error;       /* owned, where the value is no key */
} Asking;

static void
asking_free (gpointer data, GClosure *closure)
{
  Asking *asking = data;

  g_object_unref (asking->from);
  g_object_unref (asking->service);
  g_free (asking->provider_id);
  g_clear_pointer (&asking->key, way_key_unref);
  g_clear_error (&asking->error);
  g_free (asking);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) from = user_data;
  g_autoptr (GError) error = NULL;

  if (way_service_set_key_finish (WAY_SERVICE (source), result, &error))
    way_say (from, _ ("Key stored"));
  else
    way_show_error (from, _ ("The Key Was Not Stored"), error);
}

/* The dialog is taken down before it tells the response, so the entry is read, and emptied, when it
 * is about to close. */
static gboolean
on_close_request (GtkWindow *dialog, gpointer user_data)
{
  Asking *asking = user_data;
  const char *value = gtk_editable_get_text (asking->entry);

  if (*value != '\0')
    asking->key = way_key_new (value, strlen (value), &asking->error);
  gtk_editable_set_text (asking->entry, "");
  /* A text field of GTK 4.8 that goes away with the focus tells its row of libadwaita 1.2 so when
   * the row is gone already. */
  gtk_window_set_focus (dialog, NULL);
  return FALSE;
}

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Asking *asking = user_data;

  if (!g_str_equal (response, "store"))
    return;
  if (asking->error != NULL)
    way_show_error (asking->from, _ ("The Key Was Not Stored"), asking->error);
  else if (asking->key != NULL)
    way_service_set_key_async (asking->service, asking->provider_id, asking->key, NULL, on_stored,
                               g_object_ref (asking->from));
}

static void
on_changed (GtkEditable *entry, gpointer user_data)
{
  adw_message_dialog_set_response_enabled (user_data, "store",
                                           *gtk_editable_get_text (entry) != '\0');
}

static GtkWidget *
create_entry (AdwMessageDialog *dialog)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *entry = adw_password_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Key"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  g_signal_connect (entry, "changed", G_CALLBACK (on_changed), dialog);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  adw_message_dialog_set_extra_child (dialog, list);
  return entry;
}

/**
 * way_key_dialog_present:
 * @from: a widget inside a toast overlay
 * @service: where the key goes
 * @provider_id: whose key it is
 *
 * Asks for a key and stores it; says whether that worked. Main thread.
 */
void
way_key_dialog_present (GtkWidget *from, WayService *service, const char *provider_id)
{
  g_autofree char *heading = g_strdup_printf (_ ("Key of %s"), provider_id);
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (from)), heading,
                            _ ("It is stored in the keyring and replaces the one that is there."));
  Asking *asking = g_new0 (Asking, 1);

  asking->from = g_object_ref (from);
  asking->service = g_object_ref (service);
  asking->provider_id = g_strdup (provider_id);
  asking->entry = GTK_EDITABLE (create_entry (ADW_MESSAGE_DIALOG (dialog)));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "store",
                                    _ ("_Store"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "store",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "store", FALSE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "store");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "close-request", G_CALLBACK (on_close_request), asking);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), asking, asking_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (GTK_WIDGET (asking->entry));
}
