/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* How the window speaks up: a toast for what went well, a dialog for what did not, a question
 * before what cannot be undone. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void way_say (GtkWidget *from, const char *text);
void way_say_with_undo (GtkWidget *from, const char *text, GCallback on_undo, gpointer user_data);
void way_show_error (GtkWidget *from, const char *heading, const GError *error);
void way_copy (GtkWidget *from, const char *text, const char *said);

/**
 * WayConfirmedFunc:
 * @widget: who asked
 * @subject: what the question was about, as given
 */
typedef void (*WayConfirmedFunc) (GtkWidget *widget, const char *subject);

void way_confirm (GtkWidget *widget,
                  const char *heading,
                  const char *body,
                  const char *confirm_label,
                  const char *subject,
                  WayConfirmedFunc confirmed);

G_END_DECLS
