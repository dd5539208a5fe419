# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A session bus of its own with an unlocked GNOME Keyring on it."""

import os
import subprocess

WITH_KEYRING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "with-keyring.sh")


class Keyring:
    """Alive between __enter__ and __exit__; .environment leads other processes to it."""

    def __init__(self):
        self._holder = None
        self.environment = {}

    def __enter__(self):
        # Says where its bus is, then lives until its input ends.
        self._holder = subprocess.Popen(
            [WITH_KEYRING, "sh", "-c", 'echo "$DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        address = self._holder.stdout.readline().strip()
        if not address:
            raise RuntimeError("no session bus: dbus-run-session and gnome-keyring-daemon are needed")
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": address}
        return self

    def __exit__(self, *_):
        self._holder.stdin.close()
        self._holder.wait(timeout=20)
        self._holder.stdout.close()
