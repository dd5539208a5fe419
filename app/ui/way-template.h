/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What every page's class does first: take its .ui file and lend it the pure closures. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WAY_TEMPLATE_PREFIX "/org/wayfare/Wayfare/ui/"

void way_template_lend_closures (GtkBuilderCScope *scope);
void way_template_set (GtkWidgetClass *widget_class, const char *name);

G_END_DECLS
