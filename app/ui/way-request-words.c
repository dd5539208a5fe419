/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-request-words.h"

#include "way-capture.h"
#include "way-closures.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

struct _WayRequestWords
{
  AdwPreferencesGroup parent_instance;

  /* owned */
  char *id; /* of the request whose words are asked for or shown */
  char *note;

  gboolean kept;
  gint64 keep_us; /* how long words are kept */

  /* borrowed from the template */
  AdwExpanderRow *prompt_row;
  AdwExpanderRow *answer_row;
  GtkTextBuffer *prompt;
  GtkTextBuffer *answer;
};

enum
{
  PROP_0,
  PROP_NOTE,
  PROP_KEPT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayRequestWords, way_request_words, ADW_TYPE_PREFERENCES_GROUP)

/* @note: (transfer full) */
static void
set_note (WayRequestWords *self, char *note, gboolean kept)
{
  g_free (self->note);
  self->note = note;
  self->kept = kept;
  /* A list without a row that is seen would be drawn as a line. */
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->prompt_row)), kept);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KEPT]);
}

/* JSON laid out to be read; anything else, a stream or a body that was cut short, as it came. */
static char *
dup_legible (GBytes *body)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  if (length > 0 && json_parser_load_from_data (parser, data, (gssize)length, NULL))
    return json_to_string (json_parser_get_root (parser), TRUE);
  return g_utf8_make_valid (data ? data : "", (gssize)length);
}

static void
fill (AdwExpanderRow *row, GtkTextBuffer *buffer, GBytes *body, gint64 n_bytes)
{
  g_autofree char *text = dup_legible (body);
  g_autofree char *size = g_format_size ((guint64)n_bytes);
  g_autofree char *kept = g_format_size (g_bytes_get_size (body));
  g_autofree char *part = g_strdup_printf (_ ("the first %s of %s"), kept, size);

  adw_expander_row_set_subtitle (
    row, (gint64)g_bytes_get_size (body) >= WAY_CAPTURE_BODY_BYTES ? part : size);
  gtk_text_buffer_set_text (buffer, text, -1);
}

/* A question to the ledger; another request may be shown when the answer comes. */
typedef struct
{
  WayRequestWords *self; /* owned */
  char *id;              /* owned */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question->id);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_bodies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  WayRequestWords *self = question->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (WayBodies) bodies = way_ledger_bodies_finish (NULL, result, &error);
  g_autofree char *until = NULL;

  if (g_strcmp0 (question->id, self->id) != 0)
    return;
  if (bodies == NULL)
    {
      gboolean is_none = g_error_matches (error, WAY_ERROR, WAY_ERROR_NOT_FOUND);
      set_note (
        self, g_strdup (is_none ? _ ("The prompt and the answer were not kept.") : error->message),
        FALSE);
      return;
    }
  fill (self->prompt_row, self->prompt, bodies->request, bodies->request_bytes);
  fill (self->answer_row, self->answer, bodies->answer, bodies->answer_bytes);
  until = way_format_date (NULL, bodies->at_us + self->keep_us);
  set_note (self,
            g_strdup_printf (bodies->masked
                               ? _ ("Kept until %s; what looked like a secret was taken out.")
                               : _ ("Kept until %s, secrets in them too."),
                             until),
            TRUE);
}

static void
way_request_words_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayRequestWords *self = WAY_REQUEST_WORDS (object);

  switch (prop_id)
    {
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_KEPT:
      g_value_set_boolean (value, self->kept);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_request_words_dispose (GObject *object)
{
  WayRequestWords *self = WAY_REQUEST_WORDS (object);

  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (way_request_words_parent_class)->dispose (object);
}

static void
way_request_words_finalize (GObject *object)
{
  g_free (WAY_REQUEST_WORDS (object)->note);
  G_OBJECT_CLASS (way_request_words_parent_class)->finalize (object);
}

static void
way_request_words_class_init (WayRequestWordsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = way_request_words_get_property;
  object_class->dispose = way_request_words_dispose;
  object_class->finalize = way_request_words_finalize;

  properties[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  properties[PROP_KEPT] = g_param_spec_boolean ("kept", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  way_template_set (widget_class, "way-request-words");
  gtk_widget_class_bind_template_child (widget_class, WayRequestWords, prompt_row);
  gtk_widget_class_bind_template_child (widget_class, WayRequestWords, answer_row);
  gtk_widget_class_bind_template_child (widget_class, WayRequestWords, prompt);
  gtk_widget_class_bind_template_child (widget_class, WayRequestWords, answer);
}

static void
way_request_words_init (WayRequestWords *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * way_request_words_show:
 * @words: the group
 * @service: whose ledger is asked
 * @record: the request
 *
 * Shows what was kept of a request that has ended; of one that runs nothing is kept yet. Main
 * thread.
 */
void
way_request_words_show (WayRequestWords *words, WayService *service, const WayRecord *record)
{
  WayLedger *ledger = way_service_get_ledger (service);
  const WaySnapshot *snapshot = way_config_get_snapshot (way_service_get_config (service));

  if (g_strcmp0 (words->id, record->id) == 0 || ledger == NULL)
    return;
  g_free (words->id);
  words->id = NULL;
  set_note (words, NULL, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (words), record->outcome != WAY_OUTCOME_RUNNING);
  adw_expander_row_set_expanded (words->prompt_row, FALSE);
  adw_expander_row_set_expanded (words->answer_row, FALSE);
  if (record->outcome == WAY_OUTCOME_RUNNING)
    return;

  const Question question = { g_object_ref (words), g_strdup (record->id) };
  words->id = g_strdup (record->id);
  words->keep_us = snapshot->capture.keep_days * G_TIME_SPAN_DAY;
  way_ledger_bodies_async (ledger, record->id, on_bodies, g_memdup2 (&question, sizeof question));
}
