#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Checks what a reviewer should not have to say.

usage: check-style.py [--root DIR] [FILE…]

Sizes, nesting, calls with a better replacement, licence lines, format, white space, scripts that
parse. Each fault is one line: file, line, what, and what to do. Every rule is first tried on a
text that breaks it, so a rule that went blind is a failure.
"""

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys

from support.csource import blank, blank_directives, line_of, read, tree_files

MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 80
MAX_NESTING = 4

# call → what to use instead. Everywhere in C.
BANNED = {
    "strcpy": "g_strlcpy or g_strdup",
    "strncpy": "g_strlcpy",
    "strcat": "GString",
    "strncat": "GString",
    "sprintf": "g_snprintf or g_strdup_printf",
    "vsprintf": "g_vsnprintf",
    "gets": "GDataInputStream",
    "strtok": "g_strsplit",
    "atoi": "g_ascii_string_to_signed, which can fail",
    "atol": "g_ascii_string_to_signed, which can fail",
    "atof": "g_ascii_strtod",
    "malloc": "g_new or g_malloc",
    "calloc": "g_new0",
    "realloc": "g_renew",
    "strdup": "g_strdup",
    "alloca": "g_autofree and g_malloc",
    "system": "GSubprocess with an argument vector",
    "popen": "GSubprocess with an argument vector",
    "g_spawn_command_line_sync": "GSubprocess with an argument vector",
    "g_spawn_command_line_async": "GSubprocess with an argument vector",
    "tmpnam": "g_file_open_tmp",
    "mktemp": "g_file_open_tmp",
    "rand": "g_random_int, or getrandom for secrets",
    "localtime": "g_date_time_new_from_unix_local",
    "gmtime": "g_date_time_new_from_unix_utc",
    "ctime": "g_date_time_format",
    "signal": "g_unix_signal_add",
    "assert": "g_assert",
    "sleep": "a GSource, or a wait for the condition itself",
    "usleep": "a GSource, or a wait for the condition itself",
    "nanosleep": "a GSource, or a wait for the condition itself",
    "g_usleep": "a GSource, or a wait for the condition itself",
    "gtk_dialog_run": "a callback on ::response",
}
# Only in the program: tests may.
BANNED_IN_APP = {
    "g_error": "GError for the world's mistakes, g_assert for the programmer's",
    "gtk_events_pending": "an asynchronous call",
    "gtk_widget_show_all": "a template",
    "g_thread_join_all": "the owner of the thread",
}
# libcurl is handed the C library's own functions, to wrap what frees.
EXCEPTIONS = {"app/upstream/way-upstream-memory.c": {"malloc"}}

_CALL = re.compile(r"(?<![\w.])(%s)\s*\(" % "|".join(sorted({**BANNED, **BANNED_IN_APP})))
_WAIT = re.compile(r"\bg_main_context_iteration\s*\([^;]*\bTRUE\s*\)")
_GOTO = re.compile(r"\bgoto\b")
_SWITCH = re.compile(r"\bswitch\s*\([^{}]*$")
_SPDX = "SPDX-License-Identifier: MIT"
_COPYRIGHT = re.compile(r"Copyright \(c\) 20\d\d The Wayfare authors")
_TEXT = re.compile(r"\.(c|h|py|sh|js|mjs|md|json|ui|css|xml|in|build|txt|service|desktop)$|/run$")


def check_calls(name, code):
    faults = []
    in_app = name.startswith("app/")
    for match in _CALL.finditer(code):
        call = match.group(1)
        instead = BANNED.get(call) or (BANNED_IN_APP[call] if in_app else None)
        if instead and call not in EXCEPTIONS.get(name, set()):
            faults.append(f"{name}:{line_of(code, match.start())}: {call}(): use {instead}")
    for match in _WAIT.finditer(code) if in_app else ():
        faults.append(
            f"{name}:{line_of(code, match.start())}: g_main_context_iteration (…, TRUE): nothing in "
            "the program waits in a loop; use an asynchronous call"
        )
    for match in _GOTO.finditer(code):
        faults.append(f"{name}:{line_of(code, match.start())}: goto: use g_autoptr and return")
    return faults


class Blocks:
    """Follows the braces of one file: function lengths, nesting, switches with a default."""

    def __init__(self, name, code):
        self.name = name
        self.code = code
        self.faults = []
        self.stack = []  # (kind, offset, text inside so far is code[offset:])
        self.too_deep = False

    def kind_of(self, offset):
        before = self.code[:offset]
        head = before.rstrip()
        if not self.stack:
            return "function" if head.endswith(")") else "data"
        # clang-format sets a block on a line of its own; braces within a line initialise something.
        if before.rstrip(" ").endswith("\n"):
            statement = head[max(head.rfind(c) for c in ";{}") + 1:]
            if statement.rstrip().endswith(("=", ",", "{", "(")):
                return "data"
            return "switch" if _SWITCH.search(statement) else "block"
        return "data"

    def open(self, offset):
        kind = self.kind_of(offset)
        self.stack.append((kind, offset))
        depth = sum(1 for k, _ in self.stack if k in ("block", "switch"))
        if depth > MAX_NESTING and not self.too_deep:
            self.too_deep = True
            self.faults.append(
                f"{self.name}:{line_of(self.code, offset)}: blocks nested {depth} deep, at most "
                f"{MAX_NESTING}: return early or split the function"
            )

    def close(self, offset):
        if not self.stack:
            return
        kind, start = self.stack.pop()
        if kind == "function":
            self.too_deep = False
            first = line_of(self.code, start)
            lines = line_of(self.code, offset) - first + 1
            if lines > MAX_FUNCTION_LINES:
                self.faults.append(
                    f"{self.name}:{first}: function of {lines} lines, at most "
                    f"{MAX_FUNCTION_LINES}: split it by step"
                )
        if kind == "switch":
            body = self.code[start:offset]
            default = re.search(r"\bdefault\s*:", body)
            if default and re.search(r"\bcase\s+WAY_", body):
                self.faults.append(
                    f"{self.name}:{line_of(self.code, start + default.start())}: default: in a "
                    "switch on an enum; name every case, so that a new one cannot be forgotten"
                )

    def run(self):
        for match in re.finditer(r"[{}]", self.code):
            if match.group() == "{":
                self.open(match.start())
            else:
                self.close(match.start())
        return self.faults


def check_c(name, text):
    faults = []
    code = blank(text)
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"[^"\n]*"', text, re.MULTILINE):
        if "../" in match.group():
            line = line_of(text, match.start())
            faults.append(f'{name}:{line}: "../" include; name the header only, meson finds it')
    return faults + check_calls(name, code) + Blocks(name, blank_directives(code)).run()


def check_licence(name, lines):
    head = lines[1:3] if lines and lines[0].startswith("#!") else lines[:2]
    if not head or _SPDX not in head[0]:
        return [f"{name}:1: first line must say {_SPDX}"]
    if not name.endswith("meson.build") and not (len(head) > 1 and _COPYRIGHT.search(head[1])):
        return [f"{name}:2: second line must say Copyright (c) YEAR The Wayfare authors"]
    return []


def check_script(name, text):
    """Python and shell must at least parse."""
    if text.startswith("#!") and "bash" in text.split("\n", 1)[0]:
        parsed = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
        if parsed.returncode != 0:
            return [f"{name}: {line}" for line in parsed.stderr.splitlines()]
    if name.endswith(".py"):
        try:
            ast.parse(text)
        except SyntaxError as error:
            return [f"{name}:{error.lineno}: {error.msg}"]
    return []


def is_script(name, text):
    return name.endswith((".py", ".sh", ".js", ".mjs")) or text.startswith("#!")


def check_text(name, text):
    """Faults of one file, without those that need clang-format."""
    faults = []
    lines = text.split("\n")
    is_source = name.endswith((".c", ".h")) or is_script(name, text)
    if is_source and len(lines) > MAX_FILE_LINES:
        faults.append(f"{name}:{MAX_FILE_LINES}: {len(lines)} lines, at most {MAX_FILE_LINES}: split it")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            faults.append(f"{name}:{number}: trailing white space: remove it")
    if is_source or os.path.basename(name) == "meson.build":
        faults += check_licence(name, lines)
    if name.endswith((".c", ".h")):
        faults += check_c(name, text)
    return faults + check_script(name, text)


def check_format(root, names):
    """clang-format's own judgement. Version 14: other versions break lines elsewhere."""
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if tool is None:
        return ["clang-format: not installed; apt install clang-format-14"]
    if not names:
        return []
    judged = subprocess.run(
        [tool, "--dry-run", "-Werror", *names], cwd=root, capture_output=True, text=True, check=False
    )
    faults = re.findall(r"^(\S+?:\d+):\d+: error: ", judged.stderr, re.MULTILINE)
    if judged.returncode != 0 and not faults:
        return [f"clang-format: {judged.stderr.strip()}"]
    return [f"{place}: not formatted: run clang-format -i" for place in dict.fromkeys(faults)]


def self_test():
    """Each rule on a text that breaks it, and one long text that breaks none."""
    licence = "/* SPDX-License-Identifier: MIT\n * Copyright (c) 2026 The Wayfare authors */\n"
    deep = "".join(f"{'  ' * d}if (a)\n{'  ' * d}{{\n" for d in range(1, 6))
    broken = [
        ("a.c", licence + "/* */\n" * MAX_FILE_LINES, "at most 800"),
        ("a.c", licence + "void\nf (void)\n{\n" + "  a ();\n" * 80 + "}\n", "function of 82 lines"),
        ("a.c", licence + "void\nf (void)\n{\n" + deep + "}" * 6 + "\n", "nested 5 deep"),
        ("a.c", licence + "int a = f (strcpy (b, c));\n", "strcpy"),
        ("app/a.c", licence + 'void\nf (void)\n{\n  g_error ("x");\n}\n', "g_error"),
        ("app/a.c", licence + "void\nf (void)\n{\n  g_main_context_iteration (NULL, TRUE);\n}\n", "waits"),
        ("a.c", licence + "void\nf (void)\n{\n  goto out;\n}\n", "goto"),
        ("a.c", licence + '#include "../a.h"\n', "include"),
        ("a.c", "int a;\n", "SPDX"),
        ("a.c", "/* SPDX-License-Identifier: MIT */\nint a;\n", "Copyright"),
        ("a/meson.build", "subdir('b')\n", "SPDX"),
        ("a.md", "text \n", "white space"),
        ("a.sh", "#!/usr/bin/env bash\n# " + licence[3:].replace("\n *", "\n#") + "if\n", "syntax error"),
        ("a.py", "# " + licence[3:].replace("\n *", "\n#").replace(" */", "") + "if\n", "invalid syntax"),
        (
            "a.c",
            licence + "void\nf (void)\n{\n  switch (x)\n    {\n    case WAY_A:\n    default:\n    }\n}\n",
            "default:",
        ),
    ]
    sound = (
        licence + '/* strcpy (a, b) */\nconst char *a = "goto {";\nint b[] = { 1, 2 };\n'
        "void\nf (void)\n{\n  X y = { { 1 }, (Z){ 2 } };\n  my_strcpy (g_error_new (y));\n"
        "  switch (c)\n    {\n    case 'a':\n    default:\n      break;\n    }\n}\n"
    )
    faults = []
    for name, text, expected in broken:
        found = check_text(name, text)
        if not any(expected in fault for fault in found):
            faults.append(f"self-test: not noticed: {expected!r} in {text[-60:]!r}: {found}")
    faults += [f"self-test: {fault}" for fault in check_text("app/sound.c", sound)]
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(here))
    parser.add_argument("files", nargs="*", help="only these, relative to the root")
    options = parser.parse_args()

    faults = self_test()
    names = options.files or tree_files(options.root)
    for name in names:
        # Fixtures are bytes as a provider sends them: nobody's style.
        if _TEXT.search(name) and not re.match(r"tests/(fixtures|fuzz/corpus)/", name):
            faults += check_text(name, read(options.root, name))
    c_files = [n for n in names if re.fullmatch(r"(app|tests)/.*\.[ch]", n)]
    faults += check_format(options.root, c_files)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
