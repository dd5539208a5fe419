/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The router lives as long as the application, not as long as its window: closing the window lets
 * the calls go on unless the user said otherwise. Main thread. */

#include "way-app.h"

#include "way-drawing.h"
#include "way-price.h"
#include "way-resources.h"
#include "way-time-label.h"
#include "way-window.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>

#define APP_ID "org.wayfare.Wayfare"
#define RESOURCE_PATH "/org/wayfare/Wayfare"
#define DRAIN_MS 3000

/* "WayApp" is what the config calls a client's token, so the application spells itself out. */
#define WAY_TYPE_APPLICATION (way_application_get_type ())
G_DECLARE_FINAL_TYPE (WayApplication, way_application, WAY, APPLICATION, AdwApplication)

struct _WayApplication
{
  AdwApplication parent_instance;

  /* owned */
  WayService *service;
  GSettings *settings;    /* NULL where the schema is not installed */
  GtkWidget *quit_dialog; /* borrowed, while it is open */

  guint term_id;
  guint int_id;
};

G_DEFINE_FINAL_TYPE (WayApplication, way_application, ADW_TYPE_APPLICATION)

/* GSettings aborts on a missing schema; a program started from its build folder has none. */
static GSettings *
load_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    source != NULL ? g_settings_schema_source_lookup (source, APP_ID, TRUE) : NULL;

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static gboolean
keeps_running (WayApplication *self)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, "keep-running");
}

static guint
count_running (WayApplication *self)
{
  guint n_running = 0;

  g_object_get (way_service_get_activity (self->service), "running", &n_running, NULL);
  return n_running;
}

/* The reason of a failure is in the service's "problem", which the window shows. */
static void
start_service (WayApplication *self)
{
  g_autoptr (GError) error = NULL;

  if (!way_service_get_running (self->service) && !way_service_start (self->service, &error))
    g_message ("not running: %s", error->message);
}

static void
start_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  start_service (WAY_APPLICATION (user_data));
}

static void
on_quit_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  WayApplication *self = user_data;

  self->quit_dialog = NULL;
  if (g_str_equal (response, "quit"))
    g_application_quit (G_APPLICATION (self));
}

static void
ask_to_quit (WayApplication *self, guint n_running)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  g_autofree char *body = g_strdup_printf (
    ngettext ("%u request is still in flight. Quitting cuts it off.",
              "%u requests are still in flight. Quitting cuts them off.", n_running),
    n_running);
  GtkWidget *dialog = adw_message_dialog_new (window, _ ("Quit Wayfare?"), body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Keep Running"),
                                    "quit", _ ("_Quit"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "quit",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_quit_response), self, 0);
  self->quit_dialog = dialog;
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WayApplication *self = user_data;
  const guint n_running = count_running (self);

  if (self->quit_dialog != NULL)
    gtk_window_present (GTK_WINDOW (self->quit_dialog));
  else if (n_running > 0 && gtk_application_get_active_window (GTK_APPLICATION (self)) != NULL)
    ask_to_quit (self, n_running);
  else
    g_application_quit (G_APPLICATION (self));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (gtk_application_get_active_window (user_data), "application-name",
                         "Wayfare", "application-icon", APP_ID, "version", WAY_VERSION, "comments",
                         _ ("Which way each model call went, and what it cost."), "license-type",
                         GTK_LICENSE_MIT_X11, "developer-name", _ ("The Wayfare authors"),
                         "copyright", "© 2026 The Wayfare authors", NULL);
}

static gboolean
on_signal (gpointer user_data)
{
  g_application_quit (G_APPLICATION (user_data));
  return G_SOURCE_CONTINUE;
}

static const GActionEntry actions[] = {
  { .name = "start", .activate = start_action },
  { .name = "about", .activate = about_action },
  { .name = "quit", .activate = quit_action },
};

static const struct
{
  const char *action;
  const char *accels[3];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.show-help-overlay", { "<Control>question" } },
  { "win.page::now", { "<Control>1" } },
  { "win.page::requests", { "<Control>2" } },
  { "win.page::providers", { "<Control>3" } },
  { "win.page::keys", { "<Control>4" } },
  { "win.page::apps", { "<Control>5" } },
  { "win.local-only", { "<Control>l" } },
  { "win.find", { "<Control>f" } },
  { "win.new", { "<Control>n" } },
};

/* "system", "light" or "dark", as the schema numbers them. */
static void
on_appearance_changed (WayApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  const int appearance = g_settings_get_enum (self->settings, "appearance");

  adw_style_manager_set_color_scheme (
    adw_style_manager_get_default (),
    schemes[CLAMP (appearance, 0, (int)G_N_ELEMENTS (schemes) - 1)]);
}

static void
on_window_removed (GtkApplication *application, GtkWindow *window, gpointer user_data)
{
  WayApplication *self = WAY_APPLICATION (application);

  if (gtk_application_get_windows (application) != NULL)
    return;
  if (!keeps_running (self) || !way_service_get_running (self->service))
    g_application_quit (G_APPLICATION (application));
}

/* A share of a budget was passed. */
static void
on_budget_news (WayService *service, const WayBudgetNews *news, gpointer user_data)
{
  g_autofree char *spent = way_price_format_usd (news->spent_nano_usd);
  g_autofree char *title = news->percent >= 100
                             ? g_strdup (_ ("A budget is used up"))
                             : g_strdup_printf (_ ("%u %% of a budget is used"), news->percent);
  g_autofree char *body = g_strdup_printf (_ ("%s was spent of %s."), spent, news->budget);
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_application_send_notification (G_APPLICATION (user_data), news->budget, notification);
}

static void
way_application_startup (GApplication *application)
{
  WayApplication *self = WAY_APPLICATION (application);
  const WayServiceOptions options = { .listen_port = -1, .live = TRUE };

  g_resources_register (way_get_resource ());
  g_application_set_resource_base_path (application, RESOURCE_PATH);
  G_APPLICATION_CLASS (way_application_parent_class)->startup (application);
  g_set_application_name ("Wayfare");
  gtk_window_set_default_icon_name (APP_ID);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action,
                                           accelerators[i].accels);

  self->settings = load_settings ();
  if (self->settings != NULL)
    {
      g_signal_connect_object (self->settings, "changed::appearance",
                               G_CALLBACK (on_appearance_changed), self, G_CONNECT_SWAPPED);
      on_appearance_changed (self);
    }
  self->service = way_service_new (&options);
  g_signal_connect_object (self->service, "budget-news", G_CALLBACK (on_budget_news), self, 0);
  self->term_id = g_unix_signal_add (SIGTERM, on_signal, self);
  self->int_id = g_unix_signal_add (SIGINT, on_signal, self);
  g_application_hold (application);
  start_service (self);
}

static void
way_application_activate (GApplication *application)
{
  WayApplication *self = WAY_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (way_window_new (GTK_APPLICATION (self), self->service, self->settings));
  gtk_window_present (window);
}

static void
way_application_shutdown (GApplication *application)
{
  WayApplication *self = WAY_APPLICATION (application);

  g_clear_handle_id (&self->term_id, g_source_remove);
  g_clear_handle_id (&self->int_id, g_source_remove);
  if (self->service != NULL)
    way_service_stop (self->service, DRAIN_MS);
  G_APPLICATION_CLASS (way_application_parent_class)->shutdown (application);
  g_clear_object (&self->service);
  g_clear_object (&self->settings);
}

static void
way_application_class_init (WayApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = way_application_startup;
  application_class->activate = way_application_activate;
  application_class->shutdown = way_application_shutdown;
}

static void
way_application_init (WayApplication *self)
{
  g_signal_connect (self, "window-removed", G_CALLBACK (on_window_removed), NULL);
}

/**
 * way_app_run:
 * @argc: length of @argv
 * @argv: (array length=argc): the command line of a start without a verb
 *
 * Shows the window, or presents the one that is there; with --gapplication-service starts the
 * router alone, as D-Bus does. Blocks until the user quits. Main thread.
 *
 * Returns: the exit status
 */
int
way_app_run (int argc, char **argv)
{
  g_autoptr (WayApplication) application = NULL;

  way_drawing_prepare ("/dev");
  application = g_object_new (WAY_TYPE_APPLICATION, "application-id", APP_ID, NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
