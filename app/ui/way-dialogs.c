/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Helpers around toasts and message dialogs. Titles of toasts are markup, so names that came from
 * outside are escaped here. Main thread. */

#include "way-dialogs.h"

#include "way-closures.h"

#include <glib/gi18n-lib.h>

static AdwToastOverlay *
find_overlay (GtkWidget *from)
{
  return ADW_TOAST_OVERLAY (gtk_widget_get_ancestor (from, ADW_TYPE_TOAST_OVERLAY));
}

static AdwToast *
create_toast (const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  return adw_toast_new (markup);
}

#define LAST_SAID "way-last-said"

static void
on_dismissed (AdwToast *toast, gpointer overlay)
{
  if (g_object_get_data (overlay, LAST_SAID) == toast)
    g_object_set_data (overlay, LAST_SAID, NULL);
}

/**
 * way_say:
 * @from: a widget inside a toast overlay
 * @text: what happened; plain text
 *
 * Takes the place of what was said before, and goes before what can be undone: nobody waits for
 * news. Main thread.
 */
void
way_say (GtkWidget *from, const char *text)
{
  AdwToastOverlay *overlay = find_overlay (from);

  AdwToast *before = NULL;
  AdwToast *toast = NULL;

  if (overlay == NULL)
    return;
  before = g_object_get_data (G_OBJECT (overlay), LAST_SAID);
  if (before != NULL)
    adw_toast_dismiss (before);
  toast = create_toast (text);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_object_set_data_full (G_OBJECT (overlay), LAST_SAID, g_object_ref (toast), g_object_unref);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_dismissed), overlay, 0);
  adw_toast_overlay_add_toast (overlay, toast);
}

/**
 * way_say_with_undo:
 * @from: a widget inside a toast overlay
 * @text: what happened; plain text
 * @on_undo: (type AdwToast): a handler of "button-clicked"
 * @user_data: (transfer full): a #GObject for @on_undo, let go of with the toast
 *
 * Main thread.
 */
void
way_say_with_undo (GtkWidget *from, const char *text, GCallback on_undo, gpointer user_data)
{
  AdwToastOverlay *overlay = find_overlay (from);
  AdwToast *toast = create_toast (text);

  g_return_if_fail (overlay != NULL);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, 10);
  g_signal_connect_data (toast, "button-clicked", on_undo, user_data,
                         (GClosureNotify)(GCallback)g_object_unref, 0);
  adw_toast_overlay_add_toast (overlay, toast);
}

/**
 * way_show_error:
 * @from: a widget in the window concerned
 * @heading: what was attempted, in words
 * @error: why it failed; its message says what to do
 *
 * A dialog that stays until it is closed. A cancelled operation says nothing. Main thread.
 */
void
way_show_error (GtkWidget *from, const char *heading, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (from);
  GtkWidget *dialog = NULL;
  g_autofree char *body = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  body = way_sentence (error->message);
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * way_copy:
 * @from: a widget inside a toast overlay
 * @text: for the clipboard
 * @said: what the toast says
 *
 * Main thread.
 */
void
way_copy (GtkWidget *from, const char *text, const char *said)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (from), text);
  way_say (from, said);
}

/* A question that waits for its answer. */
typedef struct
{
  GtkWidget *widget; /* owned */
  char *subject;     /* owned */
  WayConfirmedFunc confirmed;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_object_unref (question->widget);
  g_free (question->subject);
  g_free (question);
}

static void
on_confirm_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Question *question = user_data;

  if (g_str_equal (response, "confirm"))
    question->confirmed (question->widget, question->subject);
}

/**
 * way_confirm:
 * @widget: who asks
 * @heading: the question
 * @body: what will be lost
 * @confirm_label: the verb, with mnemonic
 * @subject: given to @confirmed
 * @confirmed: called when the user agrees
 *
 * For what cannot be undone; everything else has an undo instead. Main thread.
 */
void
way_confirm (GtkWidget *widget,
             const char *heading,
             const char *body,
             const char *confirm_label,
             const char *subject,
             WayConfirmedFunc confirmed)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, body);
  Question *question = g_new0 (Question, 1);

  question->widget = g_object_ref (widget);
  question->subject = g_strdup (subject);
  question->confirmed = confirmed;
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "confirm",
                                    confirm_label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "confirm",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_confirm_response), question,
                         question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
