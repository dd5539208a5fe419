#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Checks that the layers of app/ stay layers.

usage: check-layers.py [--root DIR] [--build DIR]

Includes go down only, each library has one user, the pure folders stay pure, the core has no GTK
symbol, and a key is revealed in one place. With --build the finished archives are checked too.
Every rule is first tried on a text that breaks it, so a rule that went blind is a failure.
"""

import argparse
import os
import re
import subprocess
import sys

from support.csource import blank, line_of, read, tree_files

# folder → the folders whose headers it may include, besides its own. "" is app/ itself: main.c.
LAYERS = {
    "base": set(),
    "protocols": {"base"},
    "keys": {"base"},
    "config": {"base", "keys"},
    "catalog": {"base"},
    "ledger": {"base"},
    "activity": {"base"},
    "routing": {"base", "protocols", "config", "catalog"},
    "upstream": {"base", "protocols", "keys", "config"},
}
LAYERS["gateway"] = set(LAYERS) - {"activity"}
LAYERS["service"] = set(LAYERS)
LAYERS["ui"] = set(LAYERS)
LAYERS[""] = {"base", "service", "ui"}

# <header> → the only folder that may include it.
OWNERS = [
    (re.compile(r"curl/"), "upstream"),
    (re.compile(r"libsoup/"), "gateway"),
    (re.compile(r"(gtk|gdk|gsk)/|adwaita\.h$|graphene"), "ui"),
    (re.compile(r"sqlite3\.h$"), "ledger"),
    (re.compile(r"libsecret/"), "keys"),
    (re.compile(r"yaml\.h$"), "service"),
]

# Bytes in, structs out: these folders do no I/O, read no clock, start no thread.
PURE = {"protocols", "routing", "catalog"}
IMPURE = re.compile(
    r"""\b(
      (?:g_thread_|g_mutex_|g_rec_mutex_|g_rw_lock_|g_cond_|g_async_queue_|pthread_)\w+
    | (?:g_file_|g_mapped_file_|g_socket_|g_io_channel_|g_spawn_|g_input_stream_)\w+
    | (?:g_timeout_|g_idle_|g_source_|g_main_context_|g_main_loop_|g_task_)\w+
    | g_get_monotonic_time|g_get_real_time|g_date_time_new_now\w*|way_clock_get_\w+
    | open|openat|read|write|fopen|fread|fwrite|popen|mmap|socket|connect|send|recv|sendmsg|recvmsg
    | time|gettimeofday|clock_gettime|nanosleep|getenv|g_getenv
    )\s*(?=\()""",
    re.VERBOSE,
)
# The catalogue reads the one file it is.
PURE_EXCEPTIONS = {"catalog": {"g_file_get_contents", "g_mapped_file_new", "g_mapped_file_unref"}}

# Threads and locks: the three threads of the house, and the two queues between them.
CONFINED = [
    (re.compile(r"\bg_thread_(?:try_)?new\s*\("), ("app/gateway/", "app/ledger/"),
     "only the gateway and the ledger have threads of their own"),
    (re.compile(r"\bg_(?:rec_)?mutex_lock\s*\(|\bg_mutex_locker_new\s*\("),
     ("app/base/way-event-queue.c", "app/ledger/"),
     "threads share nothing but the queues; send an event instead"),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)
GTK_SYMBOL = re.compile(r"^(gtk|gdk|gsk|adw)_")


def folder_of(name):
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else ""


def check_include(name, line, quoted, system, headers):
    folder = folder_of(name)
    if system is not None:
        for pattern, owner in OWNERS:
            if pattern.match(system) and folder != owner:
                return [f"{name}:{line}: <{system}> belongs to app/{owner}: ask that layer instead"]
        return []
    if ".." in quoted.split("/"):
        return [f'{name}:{line}: "{quoted}": relative include; name the header only, meson finds it']
    if quoted not in headers:
        if quoted in ("config.h", "way-build-config.h", "way-resources.h"):
            return []
        return [f'{name}:{line}: "{quoted}": no such header in app/']
    target = headers[quoted]
    if target == folder or target in LAYERS.get(folder, set()):
        return []
    below = ", ".join(sorted(LAYERS.get(folder, set()))) or "nothing"
    return [
        f'{name}:{line}: "{quoted}" is of app/{target}, but app/{folder} may include only {below}; '
        "move the code, or pass what it needs as an argument"
    ]


def check_source(name, text, headers):
    """Faults of one file of app/. HEADERS maps the name of each header to its folder."""
    faults = []
    folder = folder_of(name)
    if folder not in LAYERS:
        faults.append(f"{name}:1: app/{folder} is no layer; add it to LAYERS with what it may include")
    for match in INCLUDE.finditer(text):
        line = line_of(text, match.start())
        faults += check_include(name, line, match.group(1), match.group(2), headers)
    code = blank(text)
    if folder in PURE:
        allowed = PURE_EXCEPTIONS.get(folder, set())
        for match in IMPURE.finditer(code):
            if match.group(1) not in allowed:
                faults.append(
                    f"{name}:{line_of(code, match.start())}: {match.group(1)}() in app/{folder}, "
                    "which is pure: take the value as an argument"
                )
    for pattern, places, why in CONFINED:
        if not name.startswith(places):
            faults += [
                f"{name}:{line_of(code, m.start())}: {m.group().rstrip('( ')}: {why}"
                for m in pattern.finditer(code)
            ]
    return faults


def find_reveals(name, text):
    """Calls of way_key_reveal() outside app/keys."""
    if name.startswith("app/keys/") or not name.endswith(".c"):
        return []
    code = blank(text)
    return [f"{name}:{line_of(code, m.start())}" for m in re.finditer(r"\bway_key_reveal\b", code)]


def check_reveals(sites):
    if len(sites) == 1 and sites[0].startswith("app/upstream/"):
        return []
    return [
        "app/upstream: way_key_reveal must be called exactly once outside app/keys, where the "
        f"request's header is made; found {', '.join(sites) or 'no call'}"
    ]


def check_symbols(library, undefined):
    """Faults among the UNDEFINED symbols of libway-<LIBRARY>.a."""
    faults = []
    for symbol in undefined:
        if library != "ui" and GTK_SYMBOL.match(symbol):
            faults.append(f"libway-{library}.a: uses {symbol}: only app/ui may see GTK")
        allowed = PURE_EXCEPTIONS.get(library, set())
        if library in PURE and IMPURE.match(symbol + "(") and symbol not in allowed:
            faults.append(f"libway-{library}.a: uses {symbol}: app/{library} is pure")
    return faults


def check_archives(build):
    archives = []
    for folder, _, names in os.walk(os.path.join(build, "app")):
        archives += [os.path.join(folder, n) for n in names if re.fullmatch(r"libway-\w+\.a", n)]
    if not archives:
        return [f"{build}: no libway-*.a below app/; build first"]
    faults = []
    for archive in sorted(archives):
        library = os.path.basename(archive)[len("libway-"):-len(".a")]
        listing = subprocess.run(["nm", "-u", archive], capture_output=True, text=True, check=True)
        symbols = {line.split()[-1] for line in listing.stdout.splitlines() if " U " in line}
        faults += check_symbols(library, sorted(symbols))
    return faults


def self_test():
    """Each rule on a text that breaks it and on one that does not."""
    headers = {"way-id.h": "base", "way-gateway.h": "gateway", "way-activity.h": "activity"}
    broken = [
        ("app/base/a.c", '#include "way-gateway.h"\n'),
        ("app/gateway/a.c", '#include "way-activity.h"\n'),
        ("app/base/a.c", '#include "../base/way-id.h"\n'),
        ("app/base/a.c", '#include "way-nothing.h"\n'),
        ("app/base/a.c", "#include <curl/curl.h>\n"),
        ("app/service/a.c", "#include <gtk/gtk.h>\n"),
        ("app/attic/a.c", "\n"),
        ("app/routing/a.c", "int f (void) { return g_get_real_time (); }\n"),
        ("app/protocols/a.c", "int f (void) { return fopen (0, 0); }\n"),
        ("app/upstream/a.c", 'void f (void) { g_thread_new ("x", 0, 0); }\n'),
        ("app/gateway/a.c", "void f (void) { g_mutex_lock (&m); }\n"),
    ]
    sound = [
        ("app/gateway/a.c", '#include "way-gateway.h"\n#include "way-id.h"\n#include <libsoup/soup.h>\n'),
        ("app/routing/a.c", "/* fopen (x) */\nint f (int time_us) { return reopen (time_us); }\n"),
        ("app/catalog/a.c", "int f (void) { return g_file_get_contents (0, 0, 0, 0); }\n"),
    ]
    missed = [name + ": " + text for name, text in broken if not check_source(name, text, headers)]
    false = [fault for name, text in sound for fault in check_source(name, text, headers)]
    if not check_symbols("service", ["gtk_widget_show"]) or check_symbols("ui", ["gtk_widget_show"]):
        missed.append("a GTK symbol in libway-service.a")
    if not check_symbols("routing", ["socket"]) or check_symbols("routing", ["socket_name"]):
        missed.append("a socket in libway-routing.a")
    if not all(map(check_reveals, ([], ["app/gateway/a.c:1"], ["app/upstream/a.c:1"] * 2))):
        missed.append("way_key_reveal called elsewhere or nowhere")
    if find_reveals("app/ui/a.c", "f (way_key_reveal (k));") != ["app/ui/a.c:1"]:
        missed.append("a call of way_key_reveal")
    return [f"self-test: not noticed: {m!r}" for m in missed] + [f"self-test: {f}" for f in false]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(here))
    parser.add_argument("--build")
    options = parser.parse_args()

    faults = self_test()
    names = [n for n in tree_files(options.root) if re.fullmatch(r"app/.*\.[ch]", n)]
    headers = {os.path.basename(n): folder_of(n) for n in names if n.endswith(".h")}
    sites = []
    for name in names:
        text = read(options.root, name)
        faults += check_source(name, text, headers)
        sites += find_reveals(name, text)
    faults += check_reveals(sites)
    if options.build:
        faults += check_archives(options.build)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
