# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""What both checkers need to know of C: the files of the tree, and code without its comments."""

import os
import re
import subprocess

_TOKEN = re.compile(
    r"""
      (?P<comment>/\*.*?\*/|//[^\n]*)
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<char>'(?:\\.|[^'\\\n])*')
    """,
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


def _spaces(text):
    return re.sub(r"[^\n]", " ", text)


def blank(text):
    """TEXT with comments as spaces and string contents as spaces: same lines, same columns."""

    def replace(match):
        if match.lastgroup == "comment":
            return _spaces(match.group())
        token = match.group()
        return token[0] + _spaces(token[1:-1]) + token[-1]

    return _TOKEN.sub(replace, text)


def blank_directives(code):
    """CODE, already blanked, with preprocessor lines as spaces too."""
    return _DIRECTIVE.sub(lambda match: _spaces(match.group()), code)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def tree_files(root):
    """Paths below ROOT that belong to the project: what git tracks or would."""
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        names = listing.stdout.decode().split("\0")
        return sorted(n for n in names if n and os.path.isfile(os.path.join(root, n)))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if not f.startswith((".", "_", "build"))]
        found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(found)


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
        return file.read()
