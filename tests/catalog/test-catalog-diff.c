/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a catalogue would change, and what speaks against it. */

#include "way-catalog-diff.h"

#include <string.h>

#define TODAY 20261123

/* A catalogue of these entries, with @as_of as it stands in the file. */
static WayCatalog *
make_catalog (const char *as_of, const char *entries, GPtrArray *faults)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
    g_strdup_printf ("{\"version\":1,%s\"price_unit\":\"micro-USD per million tokens\","
                     "\"models\":[%s]}",
                     as_of, entries);
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));
  WayCatalog *catalog = way_catalog_new_from_bytes (content, "test", faults, &error);
  g_assert_no_error (error);
  return catalog;
}

static WayCatalogDiff *
compare (const char *old_entries, const char *new_entries)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WayCatalog) old = make_catalog ("\"as_of\":\"2026-08-01\",", old_entries, NULL);
  g_autoptr (WayCatalog) new = make_catalog ("\"as_of\":\"2026-11-01\",", new_entries, faults);
  return way_catalog_diff_new (old, new, faults, TODAY);
}

/* "type model what [above] old>new", one after the other. */
static char *
print_changes (const WayCatalogDiff *diff)
{
  static const char *const types[] = {
    [WAY_CHANGE_ADDED] = "added", [WAY_CHANGE_REMOVED] = "removed", [WAY_CHANGE_MODE] = "mode",
    [WAY_CHANGE_PRICE] = "price", [WAY_CHANGE_LIMIT] = "limit",     [WAY_CHANGE_CAPABILITY] = "can",
  };
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < diff->changes->len; i++)
    {
      const WayCatalogChange *change = diff->changes->pdata[i];
      const WayModel *model = change->new_model ? change->new_model : change->old_model;
      g_string_append_printf (text, "%s%s %s", i > 0 ? "; " : "", types[change->type],
                              model->model);
      if (change->what)
        g_string_append_printf (text, " %s", change->what);
      if (change->above_tokens != WAY_UNKNOWN)
        g_string_append_printf (text, " above %" G_GINT64_FORMAT, change->above_tokens);
      if (change->what)
        g_string_append_printf (text, " %" G_GINT64_FORMAT ">%" G_GINT64_FORMAT, change->old_value,
                                change->new_value);
    }
  return g_string_free (text, FALSE);
}

#define MODEL(name, members)                                                                       \
  "{\"provider\":\"p\",\"model\":\"" name "\",\"mode\":\"chat\"," members "}"
#define A(price) MODEL ("a", "\"price\":{" price "}")
#define TIERED(price, tier) MODEL ("a", "\"price\":{" price "},\"tiers\":[{" tier "}]")
#define PLAIN A ("\"input\":2000000,\"output\":8000000")

static void
test_changes (void)
{
  static const struct
  {
    const char *old_entries;
    const char *new_entries;
    const char *changes;
  } cases[] = {
    { PLAIN, PLAIN, "" },
    { PLAIN, PLAIN "," MODEL ("b", "\"price\":{\"input\":1}"), "added b" },
    { MODEL ("b", "\"price\":{}") "," PLAIN, PLAIN, "removed b" },
    { MODEL ("b", "\"price\":{}"), PLAIN, "added a; removed b" },
    { PLAIN, A ("\"input\":3000000,\"output\":8000000"), "price a input 2000000>3000000" },
    { PLAIN, A ("\"input\":1000000,\"output\":9000000,\"cache_read\":100000"),
      "price a input 2000000>1000000; price a output 8000000>9000000; "
      "price a cache read -1>100000" },
    { PLAIN, A ("\"output\":8000000"), "price a input 2000000>-1" },
    { TIERED ("\"input\":1,\"output\":2", "\"above_tokens\":5,\"input\":2,\"output\":3"),
      TIERED ("\"input\":1,\"output\":2", "\"above_tokens\":5,\"input\":2,\"output\":4"),
      "price a output above 5 3>4" },
    { TIERED ("\"input\":1,\"output\":2", "\"above_tokens\":5,\"input\":2,\"output\":3"),
      TIERED ("\"input\":1,\"output\":2", "\"above_tokens\":6,\"input\":2,\"output\":3"),
      "price a input above 5 2>-1; price a output above 5 3>-1; "
      "price a input above 6 -1>2; price a output above 6 -1>3" },
    { MODEL ("a", "\"context_tokens\":8,\"max_output_tokens\":4"),
      MODEL ("a", "\"context_tokens\":9"), "limit a context 8>9; limit a longest answer 4>-1" },
    { MODEL ("a", "\"capabilities\":[\"tools\",\"vision\"]"),
      MODEL ("a", "\"capabilities\":[\"tools\",\"pdf\"]"), "can a vision 1>0; can a pdf 0>1" },
    { "{\"provider\":\"p\",\"model\":\"a\",\"mode\":\"chat\"}",
      "{\"provider\":\"p\",\"model\":\"a\",\"mode\":\"embedding\"}", "mode a" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WayCatalogDiff) diff = compare (cases[i].old_entries, cases[i].new_entries);
      g_autofree char *changes = print_changes (diff);
      g_assert_cmpstr (changes, ==, cases[i].changes);
    }
}

/* One objection, which has these words; none for NULL. */
static void
assert_objection (const WayCatalogDiff *diff, const char *words)
{
  for (guint i = 0; i < diff->objections->len; i++)
    g_test_message ("objection: %s", (const char *)diff->objections->pdata[i]);
  g_assert_cmpuint (diff->objections->len, ==, words ? 1 : 0);
  if (words)
    g_assert_nonnull (strstr (diff->objections->pdata[0], words));
}

#define EMBEDDING(price)                                                                           \
  "{\"provider\":\"p\",\"model\":\"e\",\"mode\":\"embedding\",\"price\":{" price "}}"

static void
test_objections (void)
{
  static const struct
  {
    const char *old_entries;
    const char *new_entries;
    const char *words; /* nullable: there is none */
  } cases[] = {
    { PLAIN, PLAIN, NULL },
    /* absurd */
    { "", A ("\"input\":1,\"output\":10000000000"), NULL },
    { "", A ("\"input\":1,\"output\":10000000001"), "p/a: output at $10000.00 a million tokens" },
    { "", A ("\"input\":1,\"output\":1000000000001"), "models[0], p/a, is left out for its price" },
    { PLAIN, A ("\"input\":20000000,\"output\":8000000"), NULL },
    { PLAIN, A ("\"input\":20000001,\"output\":80000000"), "input at $20.00 was $2.00: a change" },
    { PLAIN, A ("\"input\":200000,\"output\":8000000"), NULL },
    { PLAIN, A ("\"input\":199999,\"output\":8000000"), "more than a factor of 10" },
    { PLAIN, A ("\"output\":8000000"), NULL }, /* unknown is honest */
    { "", A ("\"input\":4,\"output\":9,\"cache_read\":4"), NULL },
    { "", A ("\"input\":4,\"output\":9,\"cache_read\":5"),
      "cache read at $0.000005 is dearer than input" },
    { "", A ("\"input\":9,\"output\":4,\"cache_read\":5"), "is dearer than output" },
    /* tiers */
    { "", TIERED ("\"input\":4,\"output\":9", "\"above_tokens\":5,\"input\":4,\"output\":9"),
      NULL },
    { "", TIERED ("\"input\":4,\"output\":9", "\"above_tokens\":5,\"input\":3,\"output\":9"),
      "input above 5 tokens at $0.000003 is below the base price" },
    { "", TIERED ("\"input\":4,\"output\":9", "\"above_tokens\":5,\"input\":5"),
      "output above 5 tokens has no price" },
    { "",
      TIERED ("\"input\":4,\"output\":9,\"cache_read\":1",
              "\"above_tokens\":5,\"input\":5,\"output\":9"),
      NULL },
    /* zero against unknown */
    { PLAIN, A ("\"input\":0,\"output\":8000000"), "input at $0 was $2.00, and nothing says" },
    { A ("\"output\":9"), A ("\"input\":0,\"output\":9"),
      "input at $0 was unknown, which is not 0" },
    { A ("\"input\":0,\"output\":9"), A ("\"input\":0,\"output\":8"), NULL },
    { "", A ("\"input\":0,\"output\":9"), "is new" },
    { "", A ("\"input\":9,\"output\":0"), "is new" },
    { "", A ("\"input\":9,\"output\":9,\"cache_write\":0"), NULL },
    { "", EMBEDDING ("\"input\":9,\"output\":0"), NULL },
    { "", EMBEDDING ("\"input\":0,\"output\":0"), "p/e: input at $0" },
    { "", MODEL ("a:free", "\"price\":{\"input\":0,\"output\":0}"), NULL },
    { "", MODEL ("Free-a", "\"price\":{\"input\":0,\"output\":0}"), NULL },
    { "", MODEL ("freedom", "\"price\":{\"input\":0,\"output\":9}"), "p/freedom" },
    /* the list */
    { "", PLAIN "," PLAIN, "p/a, is left out for its provider and model, which are there twice" },
    { PLAIN "," MODEL ("b", "\"price\":{}"), PLAIN, NULL },
    { PLAIN "," MODEL ("b", "\"price\":{}") "," MODEL ("c", "\"price\":{}"), PLAIN,
      "2 of 3 models would be gone" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_autoptr (WayCatalogDiff) diff = compare (cases[i].old_entries, cases[i].new_entries);
      assert_objection (diff, cases[i].words);
    }
}

static void
test_days (void)
{
  static const struct
  {
    const char *as_of;
    const char *words;
  } cases[] = {
    { "\"as_of\":\"2026-08-01\",", NULL },
    { "\"as_of\":\"2026-11-23\",", NULL },
    { "\"as_of\":\"2026-11-24\",", "2026-11-24, which is in the future" },
    { "\"as_of\":\"2026-07-31\",", "of 2026-07-31, older than those in use, of 2026-08-01" },
    { "", "does not say of which day" },
  };
  g_autoptr (WayCatalog) old = make_catalog ("\"as_of\":\"2026-08-01\",", PLAIN, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WayCatalog) new = make_catalog (cases[i].as_of, PLAIN, NULL);
      g_autoptr (WayCatalogDiff) diff = way_catalog_diff_new (old, new, NULL, TODAY);
      assert_objection (diff, cases[i].words);
      g_assert_cmpuint (diff->changes->len, ==, 0);
    }
}

/* The rules let a true list pass: were every model of the installed one new, few would be looked
 * at, and none for what it costs. */
static void
test_installed_passes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayCatalog) installed =
    way_catalog_new_from_file (g_getenv ("WAY_TEST_CATALOG"), &error);
  g_assert_no_error (error);
  g_autoptr (WayCatalog) empty = way_catalog_new_empty ();
  g_autoptr (WayCatalogDiff) diff = way_catalog_diff_new (empty, installed, NULL, TODAY);
  g_assert_cmpuint (diff->changes->len, ==, way_catalog_get_n_models (installed));
  for (guint i = 0; i < diff->objections->len; i++)
    {
      const char *objection = diff->objections->pdata[i];
      g_test_message ("%s", objection);
      g_assert_true (strstr (objection, "at $0 is new") || strstr (objection, "has no price"));
    }
  g_assert_cmpuint (diff->objections->len, <, way_catalog_get_n_models (installed) / 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/catalog-diff/changes", test_changes);
  g_test_add_func ("/catalog/catalog-diff/objections", test_objections);
  g_test_add_func ("/catalog/catalog-diff/days", test_days);
  g_test_add_func ("/catalog/catalog-diff/installed-passes", test_installed_passes);
  return g_test_run ();
}
