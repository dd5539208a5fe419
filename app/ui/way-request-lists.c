/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A record is sealed data, not objects, so its rows are made anew when it changes: a handful of
 * rows for the one request that is looked at. Main thread. */

#include "way-request-lists.h"

#include "way-closures.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

static void
clear (GtkListBox *list)
{
  for (GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, 0); row != NULL;
       row = gtk_list_box_get_row_at_index (list, 0))
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static GtkWidget *
create_row (const char *title, const char *subtitle, const char *value)
{
  /* Plain text is said at construction: a later change reaches the labels after their text. */
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, NULL);
  GtkWidget *label = gtk_label_new (value);

  /* Plain text has to be said before the text is: properties are set in this order. */
  g_object_set (row, "title", title, "subtitle", subtitle, "subtitle-lines", 0, NULL);
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  return row;
}

static char *
describe_attempt (const WayAttempt *attempt)
{
  g_autofree char *verdict = way_verdict_words (NULL, attempt->verdict);
  g_autofree char *where = way_locality_words (NULL, attempt->locality);
  GString *words = g_string_new (verdict);

  if (attempt->reason != NULL)
    g_string_append_printf (words, ": %s", attempt->reason);
  g_string_append_printf (words, " · %s", where);
  if (attempt->status > 0)
    g_string_append_printf (words, _ (" · HTTP %u"), attempt->status);
  if (attempt->connect_us > 0)
    {
      g_autofree char *connect = way_format_duration (NULL, attempt->connect_us);

      g_string_append_printf (words, _ (" · connected in %s"), connect);
    }
  if (attempt->first_byte_us >= 0)
    {
      g_autofree char *first_byte = way_format_duration (NULL, attempt->first_byte_us);

      g_string_append_printf (words, _ (" · first byte: %s"), first_byte);
    }
  return g_string_free (words, FALSE);
}

static GtkWidget *
create_attempt_row (const WayAttempt *attempt)
{
  g_autofree char *title = attempt->model != NULL
                             ? g_strdup_printf ("%s · %s", attempt->provider, attempt->model)
                             : g_strdup (attempt->provider);
  g_autofree char *subtitle = describe_attempt (attempt);
  g_autofree char *duration = way_format_duration (NULL, attempt->duration_us);
  g_autofree char *icon_name = way_verdict_icon (NULL, attempt->verdict);
  g_auto (GStrv) classes = way_verdict_classes (NULL, attempt->verdict);
  GtkWidget *row = create_row (title, subtitle, duration);
  GtkWidget *icon = gtk_image_new_from_icon_name (icon_name);

  gtk_widget_set_css_classes (icon, (const char **)classes);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  return row;
}

/**
 * way_request_lists_fill_way:
 * @list: emptied and filled
 * @record: a request
 *
 * One row for each candidate: verdict, reason, how long. Main thread.
 */
void
way_request_lists_fill_way (GtkListBox *list, const WayRecord *record)
{
  clear (list);
  for (guint i = 0; i < record->attempts->len; i++)
    gtk_list_box_append (list, create_attempt_row (g_ptr_array_index (record->attempts, i)));
}

/* A kind of token that did not occur says nothing; one whose number is unknown does. */
static void
append_kind (GtkListBox *list,
             const char *title,
             gint64 tokens,
             gboolean estimated,
             gint64 price,
             gboolean always)
{
  g_autofree char *line = NULL;
  g_autofree char *cost = NULL;

  if (!always && tokens <= 0)
    return;
  line = way_format_fare_line (tokens, estimated, price);
  /* µUSD per million tokens is pUSD a token; a thousand of those are a nano-USD. */
  cost =
    way_format_cost (NULL, tokens < 0 || price < 0 ? WAY_UNKNOWN : tokens * price / 1000, FALSE);
  gtk_list_box_append (list, create_row (title, line, cost));
}

static void
append_kinds (GtkListBox *list, const WayUsage *usage, const WayPrice *price)
{
  append_kind (list, _ ("Input tokens"), usage->input_tokens, usage->estimated, price->input, TRUE);
  append_kind (list, _ ("Read from cache"), usage->cache_read_tokens, FALSE, price->cache_read,
               FALSE);
  append_kind (list, _ ("Written to cache, 5 min"), usage->cache_write_5m_tokens, FALSE,
               price->cache_write_5m, FALSE);
  append_kind (list, _ ("Written to cache, 1 h"), usage->cache_write_1h_tokens, FALSE,
               price->cache_write_1h, FALSE);
  append_kind (list, _ ("Output tokens"), usage->output_tokens, usage->estimated, price->output,
               TRUE);
}

static char *
describe_price (const WayRecord *record, gboolean is_free)
{
  const WayPrice *price = &record->price;
  g_autofree char *date = way_format_price_date (price->as_of);

  if (record->outcome == WAY_OUTCOME_RUNNING)
    return g_strdup (_ ("Known when the request has ended"));
  if (is_free)
    return g_strdup (_ ("Nothing was charged: nobody answered"));
  if (price->input == 0 && price->output == 0)
    return g_strdup (_ ("Nothing is charged for this model"));
  if (price->input >= 0 || price->output >= 0)
    return g_strdup_printf (_ ("Price %s"), date);
  return g_strdup (_ ("No price is known"));
}

/**
 * way_request_lists_fill_fare:
 * @list: emptied and filled
 * @record: a request
 *
 * One row for each kind of token with the price that was used, then what the request cost in all,
 * attempts that failed included. Main thread.
 */
void
way_request_lists_fill_fare (GtkListBox *list, const WayRecord *record)
{
  const gboolean running = record->outcome == WAY_OUTCOME_RUNNING;
  const gboolean is_free =
    !running && !way_record_has_answer (record) && record->cost_nano_usd == 0;
  g_autofree char *total = way_format_cost (NULL, record->cost_nano_usd, running);
  g_autofree char *words = describe_price (record, is_free);
  GtkWidget *row = NULL;

  clear (list);
  if (!running && !is_free)
    append_kinds (list, &record->usage, &record->price);
  row = create_row (_ ("In all"), words, total);
  gtk_widget_add_css_class (row, "heading");
  gtk_list_box_append (list, row);
  if (record->usage.estimated && !running)
    gtk_list_box_append (
      list, create_row (_ ("Estimated"), _ ("The provider reported no token counts"), NULL));
}
