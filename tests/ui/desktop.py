# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A desktop of its own for one test: display, session bus, keyring, home. Nothing is shared with the
desktop of whoever runs the test, and nothing of it is left behind."""

import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

SCREEN_WIDTH = 1280
SCREEN_HEIGHT = 800
XWD_HEADER = struct.Struct(">25I")


def enter(inside="--inside"):
    """Starts this script again on a bus and in a home of its own; returns inside of it only."""
    if inside in sys.argv:
        sys.argv.remove(inside)
        return
    root = pathlib.Path(tempfile.mkdtemp(prefix="wayfare-ui-"))
    environment = clean_environment(root)
    command = ["dbus-run-session", "--", sys.executable, *sys.argv, inside]
    try:
        sys.exit(subprocess.run(command, env=environment).returncode)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def clean_environment(root):
    """An environment in which every place that is written to lies below root."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "LD_LIBRARY_PATH", "TERM", "TZ") or "SAN_OPTIONS" in name
    }
    for variable, folder in (
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "runtime"),
    ):
        (root / folder).mkdir(mode=0o700)
        environment[variable] = str(root / folder)
    environment.update(
        WAYFARE_TEST_ROOT=str(root),
        LC_ALL="C.UTF-8",
        GDK_BACKEND="x11",
        GSETTINGS_BACKEND="keyfile",
        GTK_A11Y="atspi",
    )
    return environment


class Display:
    """An X server without a screen. Its frame buffer is a file, so a screenshot needs no program."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="screen-", dir=os.environ["WAYFARE_TEST_ROOT"])
        reading, writing = os.pipe()
        size = f"{SCREEN_WIDTH}x{SCREEN_HEIGHT}x24"
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
        command += ["-fbdir", self.folder, "-noreset"]
        self.process = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"

    def capture(self, path, width=SCREEN_WIDTH, height=SCREEN_HEIGHT, left=0, top=0):
        """Writes a part of the screen as a PNG file."""
        data = pathlib.Path(self.folder, "Xvfb_screen0").read_bytes()
        header = XWD_HEADER.unpack_from(data)
        header_size, line_bytes, n_colors = header[0], header[12], header[19]
        pixels = header_size + n_colors * 12
        rows = bytearray()
        for y in range(top, top + height):
            start = pixels + y * line_bytes + left * 4
            line = data[start : start + width * 4]
            row = bytearray(width * 3)
            row[0::3], row[1::3], row[2::3] = line[2::4], line[1::4], line[0::4]
            rows += b"\0" + row
        write_png(path, width, height, bytes(rows))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def write_png(path, width, height, rows):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    png += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    pathlib.Path(path).write_bytes(png)


class Keyring:
    """The real gnome-keyring, unlocked with a password that only this test has."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.process.stdin.write(b"test")
        self.process.stdin.close()

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Program:
    """The built wayfare, started as a user would."""

    def __init__(self, path, log, arguments=()):
        self.log = open(log, "ab")
        self.process = subprocess.Popen([path, *arguments], stdout=self.log, stderr=self.log)

    def stop(self, timeout=20):
        """Asks it to end, as a session does, and gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.log.close()
        return status
