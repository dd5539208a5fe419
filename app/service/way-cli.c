/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The table of verbs, and what is the same for all of them: options, help, and how a failure is
 * told. */

#include "way-cli.h"

#include "way-cli-private.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Of the first write to standard output that failed, 0 while all went well. */
static int output_errno;

static const WayCliVerb verbs[] = {
  { "serve", "", "Run the router without a window", way_cli_serve },
  { "status", "", "Show the state of the running instance", way_cli_status },
  { "tail", "", "Follow its requests", way_cli_tail },
  { "app add", "NAME", "Make an app and print its token", way_cli_app_add },
  { "app list", "", "List the apps", way_cli_app_list },
  { "app revoke", "NAME", "Delete an app and its token", way_cli_app_revoke },
  { "token", "NAME", "Print the token of an app from the keyring", way_cli_token },
  { "key set", "PROVIDER", "Store a provider's key, read from standard input", way_cli_key_set },
  { "key list", "", "List the keys, never their values", way_cli_key_list },
  { "key delete", "PROVIDER", "Delete a provider's key", way_cli_key_delete },
  { "key test", "PROVIDER", "Ask the provider for its models with its key", way_cli_key_test },
  { "route", "", "Show which way a request would go, sending nothing", way_cli_route },
  { "spend", "", "Show what was spent", way_cli_spend },
  { "export requests", "", "Write the requests of the ledger as CSV or JSON",
    way_cli_export_requests },
  { "capture show", "ID", "Show the kept words of a request", way_cli_capture_show },
  { "capture clear", "", "Delete all kept words", way_cli_capture_clear },
  { "capture", "", "Show which words are kept, and how much", way_cli_capture },
  { "catalog diff", "FILE|URL", "Show what another list of models and prices would change",
    way_cli_catalog_diff },
  { "catalog accept", "FILE|URL", "Use another list of models and prices from now on",
    way_cli_catalog_accept },
  { "catalog reset", "", "Use the installed list of models and prices again",
    way_cli_catalog_reset },
  { "catalog", "", "Show which list of models and prices is in use", way_cli_catalog },
  { "check", "FILE", "Validate a config file", way_cli_check },
  { "import litellm", "FILE", "Turn the config of a LiteLLM proxy into one of Wayfare",
    way_cli_import_litellm },
};

/* How many words of @argv the verb takes, or 0 if it is another verb. */
static int
match_words (const WayCliVerb *verb, int argc, char **argv)
{
  g_auto (GStrv) words = g_strsplit (verb->words, " ", -1);
  const int n_words = (int)g_strv_length (words);

  if (argc - 1 < n_words)
    return 0;
  for (int i = 0; i < n_words; i++)
    {
      if (!g_str_equal (words[i], argv[i + 1]))
        return 0;
    }
  return n_words;
}

static int
print_help (void)
{
  g_print ("Usage:\n"
           "  wayfare                 open the window\n"
           "  wayfare VERB [OPTION…]  see wayfare VERB --help\n"
           "\n"
           "Verbs:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *call = g_strdup_printf ("%s %s", verbs[i].words, verbs[i].arguments);

      g_print ("  %-20s  %s\n", call, verbs[i].summary);
    }
  g_print ("\nExit status: 0 done, 1 failed, 2 wrong usage, 3 no instance running.\n");
  return WAY_EXIT_DONE;
}

/* A first word such as "app" that goes on, or one that no verb begins with, or an option. */
static int
fail_unknown (const char *word)
{
  g_autoptr (GString) candidates = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      const gsize length = strlen (word);

      if (strncmp (verbs[i].words, word, length) == 0 && verbs[i].words[length] == ' ')
        g_string_append_printf (candidates, "%s\"%s\"", candidates->len > 0 ? ", " : "",
                                verbs[i].words);
    }
  if (word[0] == '-')
    g_printerr ("wayfare: there is no option \"%s\"; see wayfare --help\n", word);
  else if (candidates->len > 0)
    g_printerr ("wayfare: \"%s\" needs a second word: %s\n", word, candidates->str);
  else
    g_printerr ("wayfare: there is no verb \"%s\"; see wayfare --help\n", word);
  return WAY_EXIT_USAGE;
}

/**
 * way_cli_parse:
 * @verb: the verb that is run
 * @entries: (nullable): its options
 * @n_arguments: how many arguments it takes besides
 * @argc: (inout): count of @argv
 * @argv: (inout): the program and the verb's own arguments; options are taken out
 *
 * Reads the options of a verb. --help is answered here and ends the process, as GOption does.
 *
 * Returns: %FALSE if the usage is wrong, which has been said; the exit status is %WAY_EXIT_USAGE
 */
gboolean
way_cli_parse (
  const WayCliVerb *verb, const GOptionEntry *entries, int n_arguments, int *argc, char ***argv)
{
  g_autofree char *name = g_strdup_printf ("wayfare %s", verb->words);
  g_autoptr (GOptionContext) context = g_option_context_new (verb->arguments);
  g_autoptr (GError) error = NULL;

  g_set_prgname (name);
  g_option_context_set_summary (context, verb->summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      way_cli_fail_usage (verb, error->message);
      return FALSE;
    }
  if (*argc - 1 != n_arguments)
    {
      way_cli_fail_usage (verb, *argc - 1 < n_arguments ? "an argument is missing"
                                                        : "there are too many arguments");
      return FALSE;
    }
  return TRUE;
}

/**
 * way_cli_fail:
 * @error: what went wrong
 *
 * Says it in one line on standard error; who stopped reading, like head(1), knows.
 *
 * Returns: the exit status that goes with it
 */
int
way_cli_fail (const GError *error)
{
  if (way_error_is (error, WAY_ERROR_CLIENT_GONE))
    return WAY_EXIT_DONE;
  g_printerr ("wayfare: %s\n", error->message);
  return way_error_is (error, WAY_ERROR_NOT_RUNNING) ? WAY_EXIT_NOT_RUNNING : WAY_EXIT_FAILED;
}

/**
 * way_cli_fail_usage:
 * @verb: the verb that is run
 * @message: what is wrong with its arguments
 *
 * Says it in one line on standard error.
 *
 * Returns: %WAY_EXIT_USAGE
 */
int
way_cli_fail_usage (const WayCliVerb *verb, const char *message)
{
  g_printerr ("wayfare: %s; see wayfare %s --help\n", message, verb->words);
  return WAY_EXIT_USAGE;
}

/**
 * way_cli_flush:
 * @error: return location for an error
 *
 * Writes out what was printed so far. Fails with %WAY_ERROR_CLIENT_GONE if nobody reads it any
 * more, else with %WAY_ERROR_IO.
 *
 * Returns: whether all of it was written, ever
 */
gboolean
way_cli_flush (GError **error)
{
  if (fflush (stdout) == EOF && output_errno == 0)
    output_errno = errno;
  if (output_errno == 0)
    return TRUE;
  g_set_error (error, WAY_ERROR, output_errno == EPIPE ? WAY_ERROR_CLIENT_GONE : WAY_ERROR_IO,
               "cannot write to standard output: %s", g_strerror (output_errno));
  return FALSE;
}

/* Programs read this output, so it is UTF-8 whatever the locale says. */
static void
print_raw (const char *text)
{
  if (fputs (text, stdout) == EOF && output_errno == 0)
    output_errno = errno;
}

static void
print_error_raw (const char *text)
{
  fputs (text, stderr);
}

/**
 * way_cli_wants:
 * @argc: count of @argv
 * @argv: the arguments of the process
 *
 * Whether this call is for the command line: anything but a start of the window, where there is a
 * display for one, or that of the session bus.
 *
 * Returns: %FALSE if it is for the window
 */
gboolean
way_cli_wants (int argc, char **argv)
{
  const gboolean has_display = g_getenv ("WAYLAND_DISPLAY") != NULL || g_getenv ("DISPLAY") != NULL;

  if (argc < 2)
    return !has_display;
  return !g_str_has_prefix (argv[1], "--gapplication-");
}

static int
run_verb (int argc, char **argv)
{
  if (argc < 2)
    return verbs[0].run (&verbs[0], argc, argv);
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    return print_help ();
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("wayfare %s\n", WAY_VERSION);
      return WAY_EXIT_DONE;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      const int n_words = match_words (&verbs[i], argc, argv);

      if (n_words == 0)
        continue;
      argv[n_words] = argv[0];
      return verbs[i].run (&verbs[i], argc - n_words, argv + n_words);
    }
  return fail_unknown (argv[1]);
}

/**
 * way_cli_run:
 * @argc: count of @argv
 * @argv: the arguments of the process
 *
 * Runs one verb to its end; without one, `serve`. Main thread.
 *
 * Returns: the exit status
 */
int
way_cli_run (int argc, char **argv)
{
  /* Writing to somebody who left is an error of that write, not the end of the process. */
  const struct sigaction ignore = { .sa_handler = SIG_IGN };
  g_autoptr (GError) error = NULL;
  int status = WAY_EXIT_DONE;

  sigaction (SIGPIPE, &ignore, NULL);
  g_set_print_handler (print_raw);
  g_set_printerr_handler (print_error_raw);
  status = run_verb (argc, argv);
  if (status == WAY_EXIT_DONE && !way_cli_flush (&error))
    status = way_cli_fail (error);
  return status;
}
