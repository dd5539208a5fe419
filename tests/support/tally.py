#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Counts the results of one test runner, for tests/run.

usage: tally.py RESULTS

RESULTS is meson's testlog.json or a JUnit file. Prints "PASSED FAILED" on standard output and, on
standard error, everything that is known of each failure. A skipped test did not run, so it failed.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree


def meson_results(path):
    """(name, passed, log) of each test of meson's testlog.json: one JSON object a line."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            test = json.loads(line)
            log = f"{test['result']}\n{test.get('stdout', '')}\n{test.get('stderr', '')}"
            yield test["name"], test["result"] in ("OK", "EXPECTEDFAIL"), log


def junit_results(path):
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        faults = [e for e in case if e.tag in ("failure", "error", "skipped")]
        log = "\n".join(f"{e.tag}: {e.get('message', '')}\n{e.text or ''}" for e in faults)
        yield f"{case.get('classname')}.{case.get('name')}", not faults, log


def main(path):
    results = list(meson_results(path) if path.endswith(".json") else junit_results(path))
    failures = [(name, log) for name, passed, log in results if not passed]
    for name, log in failures:
        print(f"--- {name}: failed\n{log.rstrip()}\n", file=sys.stderr)
    print(len(results) - len(failures), len(failures))


if __name__ == "__main__":
    main(sys.argv[1])
