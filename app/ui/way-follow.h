/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Newest on top without jumping: a list at its top stays at its top, a list that was scrolled away
 * stays where it is. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void way_follow_top (GtkScrolledWindow *scrolled, GListModel *model);

G_END_DECLS
