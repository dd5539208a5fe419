/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The overview is bound; Way and Fare are filled again when the request they show has changed, at
 * most four times a second. Main thread. */

#include "way-request-detail.h"

#include "way-dialogs.h"
#include "way-request-lists.h"
#include "way-request-words.h"
#include "way-snippets.h"
#include "way-template.h"
#include "way-time-label.h"

#include <glib/gi18n-lib.h>

#define REFILL_INTERVAL_MS 250

struct _WayRequestDetail
{
  AdwBin parent_instance;

  /* owned */
  WayService *service;
  WayRequestItem *item;
  gulong notify_id;
  guint refill_id;

  gboolean folded;

  /* borrowed from the template */
  AdwPreferencesPage *page;
  GtkListBox *way_list;
  GtkListBox *fare_list;
  WayRequestWords *words;
};

enum
{
  PROP_0,
  PROP_ITEM,
  PROP_FOLDED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayRequestDetail, way_request_detail, ADW_TYPE_BIN)

static void
refill (WayRequestDetail *self)
{
  const WayRecord *record = way_request_item_get_record (self->item);

  way_request_lists_fill_way (self->way_list, record);
  way_request_lists_fill_fare (self->fare_list, record);
  way_request_words_show (self->words, self->service, record);
}

static gboolean
on_refill (gpointer user_data)
{
  WayRequestDetail *self = user_data;

  self->refill_id = 0;
  refill (self);
  return G_SOURCE_REMOVE;
}

static void
on_item_notify (WayRequestDetail *self)
{
  if (self->refill_id == 0)
    self->refill_id = g_timeout_add (REFILL_INTERVAL_MS, on_refill, self);
}

static void
cancel_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayRequestDetail *self = WAY_REQUEST_DETAIL (widget);

  if (self->item != NULL)
    way_service_cancel_request (self->service, way_request_item_get_record (self->item)->id);
}

static void
copy_curl_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayRequestDetail *self = WAY_REQUEST_DETAIL (widget);
  const char *address = way_service_get_address (self->service);
  const WayRecord *record = NULL;
  g_autofree char *command = NULL;

  if (self->item == NULL || address == NULL)
    return;
  record = way_request_item_get_record (self->item);
  command = way_snippet_curl (address, record->path, record->requested_model, record->streamed);
  way_copy (widget, command, _ ("Command copied; the token and the prompt are yours to fill in"));
}

/* libadwaita 1.2 keeps the scrolled window of a page to itself. */
static void
go_up (WayRequestDetail *self)
{
  GtkWidget *scrolled = GTK_WIDGET (self->page);

  while (scrolled != NULL && !GTK_IS_SCROLLED_WINDOW (scrolled))
    scrolled = gtk_widget_get_first_child (scrolled);
  if (scrolled != NULL)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)),
                              0);
}

static void
forget_item (WayRequestDetail *self)
{
  g_clear_handle_id (&self->refill_id, g_source_remove);
  if (self->item != NULL)
    g_clear_signal_handler (&self->notify_id, self->item);
  g_clear_object (&self->item);
}

static void
way_request_detail_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayRequestDetail *self = WAY_REQUEST_DETAIL (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    case PROP_FOLDED:
      g_value_set_boolean (value, self->folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_request_detail_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  WayRequestDetail *self = WAY_REQUEST_DETAIL (object);

  switch (prop_id)
    {
    case PROP_FOLDED:
      self->folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_request_detail_dispose (GObject *object)
{
  WayRequestDetail *self = WAY_REQUEST_DETAIL (object);

  forget_item (self);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (way_request_detail_parent_class)->dispose (object);
}

static void
way_request_detail_class_init (WayRequestDetailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_request_detail_get_property;
  object_class->set_property = way_request_detail_set_property;
  object_class->dispose = way_request_detail_dispose;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL, WAY_TYPE_REQUEST_ITEM,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_FOLDED] =
    g_param_spec_boolean ("folded", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WAY_TYPE_REQUEST_WORDS);
  g_type_ensure (WAY_TYPE_TIME_LABEL);
  way_template_set (widget_class, "way-request-detail");
  gtk_widget_class_bind_template_child (widget_class, WayRequestDetail, page);
  gtk_widget_class_bind_template_child (widget_class, WayRequestDetail, way_list);
  gtk_widget_class_bind_template_child (widget_class, WayRequestDetail, fare_list);
  gtk_widget_class_bind_template_child (widget_class, WayRequestDetail, words);
  gtk_widget_class_install_action (widget_class, "detail.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "detail.copy-curl", NULL, copy_curl_action);
}

static void
way_request_detail_init (WayRequestDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * way_request_detail_set_service:
 * @detail: the pane
 * @service: who cancels a request
 *
 * Main thread.
 */
void
way_request_detail_set_service (WayRequestDetail *detail, WayService *service)
{
  g_return_if_fail (WAY_IS_REQUEST_DETAIL (detail));

  g_set_object (&detail->service, service);
}

/**
 * way_request_detail_set_item:
 * @detail: the pane
 * @item: (nullable): the request to show
 *
 * Follows the request until another is set. Main thread.
 */
void
way_request_detail_set_item (WayRequestDetail *detail, WayRequestItem *item)
{
  g_return_if_fail (WAY_IS_REQUEST_DETAIL (detail));

  if (detail->item == item)
    return;
  forget_item (detail);
  if (item != NULL)
    {
      detail->item = g_object_ref (item);
      detail->notify_id =
        g_signal_connect_swapped (item, "notify", G_CALLBACK (on_item_notify), detail);
      refill (detail);
      go_up (detail);
    }
  g_object_notify_by_pspec (G_OBJECT (detail), properties[PROP_ITEM]);
}
