/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a key lets in, what it shows of itself, and what the kernel says of its memory. */

#include "way-key.h"
#include "way-limits.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER
#endif

#define SAMPLE "sk-test-0123456789abcdef"

static WayKey *
new_key (const char *value)
{
  g_autoptr (GError) error = NULL;
  WayKey *key = way_key_new (value, strlen (value), &error);
  g_assert_no_error (error);
  g_assert_nonnull (key);
  return key;
}

/* Whether @line begins a mapping of /proc/self/smaps ("FROM-TO perms …"), and which. */
static gboolean
parse_range (const char *line, guint64 *ret_from, guint64 *ret_to)
{
  char *dash = NULL;
  *ret_from = g_ascii_strtoull (line, &dash, 16);
  if (dash == line || *dash != '-')
    return FALSE;
  char *end = NULL;
  *ret_to = g_ascii_strtoull (dash + 1, &end, 16);
  return *end == ' ';
}

/* The lines of /proc/self/smaps for the mapping that has @address, or NULL if none has. */
static char *
dup_smaps_entry (const void *address)
{
  g_autofree char *smaps = NULL;
  g_assert_true (g_file_get_contents ("/proc/self/smaps", &smaps, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (smaps, "\n", -1);
  g_autoptr (GString) entry = NULL;
  gboolean inside = FALSE;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      guint64 from = 0;
      guint64 to = 0;
      if (parse_range (lines[i], &from, &to))
        inside = from <= (gsize)address && (gsize)address < to;
      if (!inside)
        continue;
      if (entry == NULL)
        entry = g_string_new (NULL);
      g_string_append_printf (entry, "%s\n", lines[i]);
    }
  return entry == NULL ? NULL : g_string_free (g_steal_pointer (&entry), FALSE);
}

static void
test_trims_line_ends (void)
{
  static const char *const inputs[] = { SAMPLE, SAMPLE "\n", SAMPLE "\r\n", SAMPLE "\n\n" };
  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (WayKey) key = new_key (inputs[i]);
      g_assert_cmpstr (way_key_reveal (key), ==, SAMPLE);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *value;
    const char *message;
  } rows[] = {
    { "", "empty" },
    { "\n", "empty" },
    { "\r\n", "empty" },
    { "   ", "empty" },
    { "sk-hidden\nx", "position 10" },
    { "sk-hidden\tx", "position 10" },
    { "\x01sk-hidden", "position 1," },
    { "sk-hidden\x7f", "position 10" },
    { "sk-hidden\xc3\xa4", "non-ASCII" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (way_key_new (rows[i].value, strlen (rows[i].value), &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
      g_assert_nonnull (strstr (error->message, rows[i].message));
      g_assert_null (strstr (error->message, "hidden"));
    }
}

static void
test_refuses_embedded_nul (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (way_key_new ("sk\0hidden", 9, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
}

static void
test_limits_length (void)
{
  g_autofree char *longest = g_strnfill (WAY_LIMIT_KEY_BYTES, 'k');
  g_autoptr (WayKey) key = new_key (longest);
  g_assert_cmpuint (strlen (way_key_reveal (key)), ==, WAY_LIMIT_KEY_BYTES);

  g_autofree char *longer = g_strnfill (WAY_LIMIT_KEY_BYTES + 1, 'k');
  g_autoptr (GError) error = NULL;
  g_assert_null (way_key_new (longer, WAY_LIMIT_KEY_BYTES + 1, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_REQUEST_TOO_LARGE);
}

static void
test_hint (void)
{
  static const struct
  {
    const char *value;
    const char *hint;
  } rows[] = {
    { "a", "…" },
    { "abcdefghijk", "…" },
    { "abcdefghijkl", "…ijkl" },
    { SAMPLE, "…cdef" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WayKey) key = new_key (rows[i].value);
      g_autofree char *hint = way_key_dup_hint (key);
      g_assert_cmpstr (hint, ==, rows[i].hint);
    }
}

static void
test_stays_out_of_dumps_and_swap (void)
{
  g_autoptr (WayKey) key = new_key (SAMPLE);
  g_autofree char *entry = dup_smaps_entry (way_key_reveal (key));
  g_assert_nonnull (entry);

  const char *flags = strstr (entry, "VmFlags:");
  g_assert_nonnull (flags);
  g_assert_nonnull (strstr (flags, " dd")); /* not in core dumps */
  g_assert_nonnull (strstr (flags, " wf")); /* wiped on fork */
#ifndef ADDRESS_SANITIZER                   /* its run-time library turns mlock() into nothing */
  g_assert_nonnull (strstr (flags, " lo")); /* locked; one page fits into any sensible limit */
#endif
}

static void
test_header (void)
{
  g_autoptr (WayKey) key = new_key (SAMPLE);
  g_autoptr (WayKey) header = way_key_new_header ("x-api-key: ", key, NULL);
  g_autofree char *entry = dup_smaps_entry (way_key_reveal (header));

  g_assert_cmpstr (way_key_reveal (header), ==, "x-api-key: " SAMPLE);
  g_assert_nonnull (strstr (strstr (entry, "VmFlags:"), " dd"));
}

static void
test_no_core_file (void)
{
  g_autoptr (WayKey) key = new_key (SAMPLE);
  struct rlimit limit;

  g_assert_nonnull (key);
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_cur, ==, 0);
}

/* Without privilege the limit bites and the key works nevertheless; with it nothing changes. */
static void
test_works_without_locked_memory (void)
{
  struct rlimit limit;
  g_assert_cmpint (getrlimit (RLIMIT_MEMLOCK, &limit), ==, 0);
  struct rlimit none = { 0, limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_MEMLOCK, &none), ==, 0);

  g_autoptr (WayKey) key = new_key (SAMPLE);
  g_autofree char *entry = dup_smaps_entry (way_key_reveal (key));

  g_assert_cmpint (setrlimit (RLIMIT_MEMLOCK, &limit), ==, 0);
  g_assert_cmpstr (way_key_reveal (key), ==, SAMPLE);
  g_assert_nonnull (strstr (strstr (entry, "VmFlags:"), " dd"));
}

static void
test_child_sees_nothing (void)
{
  g_autoptr (WayKey) key = new_key (SAMPLE);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (way_key_reveal (key)[0] == '\0' ? 0 : 1);

  int status = -1;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_cmpstr (way_key_reveal (key), ==, SAMPLE);
}

static void
test_last_owner_removes_the_page (void)
{
  WayKey *key = new_key (SAMPLE);
  const void *page = way_key_reveal (key);
  way_key_unref (way_key_ref (key));
  g_autofree char *held = dup_smaps_entry (page);
  g_assert_nonnull (held);

  way_key_unref (key);

  /* Another mapping may have taken the place, but none that is left out of dumps. */
  g_autofree char *gone = dup_smaps_entry (page);
  g_assert_true (gone == NULL || strstr (strstr (gone, "VmFlags:"), " dd") == NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/key/trims-line-ends", test_trims_line_ends);
  g_test_add_func ("/keys/key/refuses", test_refuses);
  g_test_add_func ("/keys/key/refuses-embedded-nul", test_refuses_embedded_nul);
  g_test_add_func ("/keys/key/limits-length", test_limits_length);
  g_test_add_func ("/keys/key/hint", test_hint);
  g_test_add_func ("/keys/key/stays-out-of-dumps-and-swap", test_stays_out_of_dumps_and_swap);
  g_test_add_func ("/keys/key/header", test_header);
  g_test_add_func ("/keys/key/no-core-file", test_no_core_file);
  g_test_add_func ("/keys/key/works-without-locked-memory", test_works_without_locked_memory);
  g_test_add_func ("/keys/key/child-sees-nothing", test_child_sees_nothing);
  g_test_add_func ("/keys/key/last-owner-removes-the-page", test_last_owner_removes_the_page);
  return g_test_run ();
}
