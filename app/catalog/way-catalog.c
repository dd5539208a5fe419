/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The catalogue: a set of models, filled once and then only read. Any thread. */

#include "way-catalog-private.h"

#include "way-limits.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* What a fine-tune is called: "ft:gpt-4o-mini-2024-07-18:my-org::id". */
#define FINE_TUNE_PREFIX "ft:"

static guint
model_hash (gconstpointer data)
{
  const WayModel *model = data;
  return g_str_hash (model->provider) * 31 + g_str_hash (model->model);
}

static gboolean
model_equal (gconstpointer a, gconstpointer b)
{
  const WayModel *one = a;
  const WayModel *other = b;
  return strcmp (one->model, other->model) == 0 && strcmp (one->provider, other->provider) == 0;
}

/**
 * way_catalog_new_empty:
 *
 * Returns: (transfer full): a catalogue that knows no model, so that every price is unknown
 */
WayCatalog *
way_catalog_new_empty (void)
{
  WayCatalog *catalog = g_new0 (WayCatalog, 1);
  g_atomic_ref_count_init (&catalog->refs);
  catalog->models = g_hash_table_new_full (model_hash, model_equal, way_catalog_model_free, NULL);
  catalog->texts = g_string_chunk_new (4096);
  return catalog;
}

/**
 * way_catalog_load_file:
 * @path: (type filename): a models.json
 * @error: return location
 *
 * Reads the whole file, if it is one and not too large. Blocks.
 *
 * Returns: (nullable) (transfer full): its bytes, or %NULL with %WAY_ERROR_IO, whose message has
 *   the path
 */
GBytes *
way_catalog_load_file (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  struct stat status;
  if (stat (path, &status) != 0)
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "cannot read the model catalogue %s: %s", path,
                 g_strerror (errno));
  else if (!S_ISREG (status.st_mode))
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "the model catalogue %s is not a file", path);
  else if (status.st_size > WAY_LIMIT_MODEL_LIST_BYTES)
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "the model catalogue %s has more than %d bytes",
                 path, WAY_LIMIT_MODEL_LIST_BYTES);
  else
    {
      g_autoptr (GError) failure = NULL;
      char *data = NULL;
      gsize length;
      if (g_file_get_contents (path, &data, &length, &failure))
        return g_bytes_new_take (data, length);
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "cannot read the model catalogue: %s",
                   failure->message);
    }
  return NULL;
}

/**
 * way_catalog_new_from_file:
 * @path: (type filename): a models.json
 * @error: return location
 *
 * Reads the catalogue. Blocks. An entry that is not as it should be is left out and logged, so that
 * one slip in a list of a thousand does not cost the others; what makes the whole file doubtful (no
 * JSON, another version, another unit of prices) is an error.
 *
 * Returns: (nullable) (transfer full): the catalogue, or %NULL with %WAY_ERROR_IO; the message has
 *   the path and, for a mistake in the JSON, the line
 */
WayCatalog *
way_catalog_new_from_file (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  g_autoptr (GBytes) content = way_catalog_load_file (path, error);
  return content ? way_catalog_new_from_bytes (content, path, NULL, error) : NULL;
}

/**
 * way_catalog_new_from_bytes:
 * @content: of a models.json
 * @name: what messages call it
 * @faults: (nullable) (element-type utf8): takes a line for each entry that is left out; with %NULL
 *   that is logged
 * @error: return location
 *
 * As way_catalog_new_from_file(), for what was read already. Any thread.
 *
 * Returns: (nullable) (transfer full): the catalogue, or %NULL with %WAY_ERROR_IO
 */
WayCatalog *
way_catalog_new_from_bytes (GBytes *content, const char *name, GPtrArray *faults, GError **error)
{
  g_return_val_if_fail (content != NULL && name != NULL, NULL);

  g_autoptr (WayCatalog) catalog = way_catalog_new_empty ();
  if (!way_catalog_read (catalog, content, name, faults, error))
    return NULL;
  return g_steal_pointer (&catalog);
}

/**
 * way_catalog_ref:
 * @catalog: a catalogue
 *
 * Returns: (transfer full): @catalog
 */
WayCatalog *
way_catalog_ref (WayCatalog *catalog)
{
  g_atomic_ref_count_inc (&catalog->refs);
  return catalog;
}

/**
 * way_catalog_unref:
 * @catalog: (transfer full): a catalogue
 *
 * Frees the catalogue and its models with the last reference.
 */
void
way_catalog_unref (WayCatalog *catalog)
{
  if (!g_atomic_ref_count_dec (&catalog->refs))
    return;
  g_hash_table_unref (catalog->models);
  g_string_chunk_free (catalog->texts);
  g_free (catalog);
}

/**
 * way_catalog_get_n_models:
 * @catalog: a catalogue
 *
 * Returns: how many models it knows
 */
guint
way_catalog_get_n_models (const WayCatalog *catalog)
{
  return g_hash_table_size (catalog->models);
}

/**
 * way_catalog_get_as_of:
 * @catalog: a catalogue
 *
 * Returns: the day of its prices as YYYYMMDD, 0 when it does not say
 */
guint32
way_catalog_get_as_of (const WayCatalog *catalog)
{
  return catalog->as_of;
}

static const WayModel *
look_up (const WayCatalog *catalog, const char *provider, const char *model)
{
  WayModel key = { .provider = (char *)provider, .model = (char *)model };
  return g_hash_table_lookup (catalog->models, &key);
}

static const WayModel *
look_up_start (const WayCatalog *catalog, const char *provider, const char *model, gsize length)
{
  g_autofree char *start = g_strndup (model, length);
  return look_up (catalog, provider, start);
}

/* Whether @text is spelled as @pattern, in which a 0 stands for any digit. */
static gboolean
matches (const char *text, const char *pattern)
{
  for (; *pattern; text++, pattern++)
    if (*pattern == '0' ? !g_ascii_isdigit (*text) : *text != *pattern)
      return FALSE;
  return *text == '\0';
}

/* How long @model is without the day of its release ("-20250929", "-2025-04-14") at the end. */
static gsize
get_undated_length (const char *model)
{
  static const char *const patterns[] = { "-20000000", "-2000-00-00" };
  gsize length = strlen (model);
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      gsize suffix = strlen (patterns[i]);
      if (length > suffix && model[length - suffix + 1] == '2' &&
          matches (model + length - suffix + 2, patterns[i] + 2) && model[length - suffix] == '-')
        return length - suffix;
    }
  return length;
}

/* The name as it is, without its date, and of a fine-tune the model it was made from: OpenAI's
 * price list has fine-tunes by that model. Variants after a colon (":free", ":latest") are other
 * prices unless the catalogue lists them. */
static const WayModel *
look_up_name (const WayCatalog *catalog, const char *provider, const char *model)
{
  const WayModel *found = look_up (catalog, provider, model);
  gsize undated = get_undated_length (model);
  if (!found && model[undated] != '\0')
    found = look_up_start (catalog, provider, model, undated);
  if (!found && g_str_has_prefix (model, FINE_TUNE_PREFIX))
    found =
      look_up_start (catalog, provider, model,
                     strlen (FINE_TUNE_PREFIX) + strcspn (model + strlen (FINE_TUNE_PREFIX), ":"));
  return found;
}

/**
 * way_catalog_find:
 * @catalog: a catalogue
 * @provider: the catalogue's name of who sells it, see way_catalog_provider_for_url()
 * @model: the name the provider is asked for
 *
 * Looks a model up by its name; if that is not listed by the name without its date, and then both
 * again for what follows the last "/". Any thread.
 *
 * Returns: (nullable) (transfer none): the model, valid as long as the catalogue, or %NULL
 */
const WayModel *
way_catalog_find (const WayCatalog *catalog, const char *provider, const char *model)
{
  g_return_val_if_fail (catalog != NULL, NULL);

  if (!provider || !model)
    return NULL;
  const WayModel *found = look_up_name (catalog, provider, model);
  const char *slash = strrchr (model, '/');
  return found || !slash ? found : look_up_name (catalog, provider, slash + 1);
}
