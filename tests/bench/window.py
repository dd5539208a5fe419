# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""What the window costs: memory, and requests while a page is open, beside the router alone.

All columns but the first are one process: its window closed, then with a page on the screen. The
screen is Xvfb's, of 1280x800, so what is drawn costs the processor that the router and the load
share; with a graphics processor it costs less."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

from figures import shown
from targets import DATA, Target, Unavailable, free_port, listens

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ui"))
import desktop  # noqa: E402  (its folder is named above)

NAMES = ("serve", "closed", "now", "requests")
PAGES = {"now": "ctrl+1", "requests": "ctrl+2"}
NEEDED = ("Xvfb", "dbus-daemon", "xdotool")
PACE = 2000
CONNECTIONS = 32
ROWS = 100000
START_SECONDS = 20
# Until a page that was asked for is drawn and still.
DRAW_SECONDS = 2
MESA = re.compile(r"/(libLLVM|libz3|libGLX|libEGL|libgallium|libglapi|libGL\.|\w*_dri\.so)")


class Window(Target):
    """The window's process, which has the router in it."""

    def __init__(self, port, process, environment, wayfare):
        super().__init__("closed", port, process)
        self.environment = environment
        self.wayfare = wayfare
        self.is_open = True

    def show(self, name):
        """Closes the window, or opens it on a page."""
        self.name = name
        if name == "closed" and self.is_open:
            self.press("ctrl+w")
        if name != "closed":
            if not self.is_open:
                subprocess.run([self.wayfare], env=self.environment, check=True, timeout=60)
                time.sleep(DRAW_SECONDS)
            self.press(PAGES[name])
        self.is_open = name != "closed"
        time.sleep(DRAW_SECONDS)

    def press(self, keys):
        subprocess.run(["xdotool", "key", keys], env=self.environment, check=True)


class Screen:
    """A display and a session bus in a home of their own."""

    def __init__(self, folder, build):
        self.environment = desktop.clean_environment(make_folder(folder))
        os.environ["WAYFARE_TEST_ROOT"] = folder
        self.display = desktop.Display()
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment)
        self.environment.update(
            DISPLAY=os.environ["DISPLAY"],
            DBUS_SESSION_BUS_ADDRESS=self.bus.stdout.readline().decode().strip(),
            GSETTINGS_SCHEMA_DIR=os.path.join(build, "data"),
            WAYFARE_DATA_DIR=DATA,
        )

    def stop(self):
        self.bus.terminate()
        self.bus.wait()
        self.display.stop()


def make_folder(path):
    os.makedirs(path, mode=0o700)
    return desktop.pathlib.Path(path)


def start_window(screen, wayfare, upstream, log):
    port = free_port()
    folder = os.path.join(screen.environment["XDG_CONFIG_HOME"], "wayfare")
    os.makedirs(folder)
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump({
            "version": 1,
            "listen": {"address": "127.0.0.1", "port": port},
            "providers": [{"id": "mock", "kind": "openai",
                           "base_url": f"http://127.0.0.1:{upstream}/v1"}],
            "routes": [{"model": "bench", "targets": [{"provider": "mock", "model": "m"}]}],
        }, file)
    with open(log, "ab") as output:
        process = subprocess.Popen([wayfare], env=screen.environment, stdout=output, stderr=output)
    deadline = time.monotonic() + START_SECONDS
    while not listens(port):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise Unavailable("the window does not start; its log is in the folder (--keep)")
        time.sleep(0.05)
    time.sleep(DRAW_SECONDS)
    return Window(port, process, screen.environment, wayfare)


def memory_mb(target):
    """RSS as every tool tells it; PSS, where what is shared with others counts in part; and the part
    of PSS that is OpenGL's libraries."""
    rss = pss = mesa = 0
    of_mesa = False
    for pid in target.pids:
        with open(f"/proc/{pid}/smaps") as maps:
            for line in maps:
                words = line.split()
                if words[0] == "Rss:":
                    rss += int(words[1])
                elif words[0] == "Pss:":
                    pss += int(words[1])
                    mesa += int(words[1]) if of_mesa else 0
                elif not words[0].endswith(":"):
                    of_mesa = MESA.search(line) is not None
    return rss / 1024, pss / 1024, mesa / 1024


class WindowPart:
    """Fills the bench's figures and tells them in columns of its own."""

    def __init__(self, bench):
        self.bench = bench
        self.rows = 5000 if bench.quick else ROWS

    def run(self):
        lacking = [name for name in NEEDED if not shutil.which(name)]
        if lacking:
            self.bench.missing["window"] = f"this machine has no {', '.join(lacking)}"
            return
        screen = Screen(self.bench.stage.path("window"),
                        os.path.dirname(os.path.dirname(self.bench.stage.wayfare_path)))
        stage = self.bench.stage
        try:
            serve = stage.wayfare(self.bench.upstream.port)
            serve.name = "serve"
            window = start_window(screen, stage.wayfare_path, self.bench.upstream.port,
                                  stage.path("window.log"))
            stage.running.append(window)
            self.measure(serve, window)
            stage.stop(window)
            stage.stop(serve)
        finally:
            screen.stop()
        self.tell()

    def measure(self, serve, window):
        self.memory("idle", serve, window)
        for _ in range(self.bench.repeats):
            for name in NAMES:
                self.cost(self.turn(name, serve, window))
        for target in (serve, window):
            self.bench.load(target, "chat", seconds=120, requests=self.rows,
                            connections=CONNECTIONS)
        self.memory(f"after {self.rows} requests", serve, window)

    @staticmethod
    def turn(name, serve, window):
        if name == "serve":
            return serve
        window.show(name)
        return window

    def memory(self, when, serve, window):
        for name in NAMES:
            rss, pss, mesa = memory_mb(self.turn(name, serve, window))
            self.keep(f"memory {when}, MB", name, rss)
            self.keep(f"  PSS {when}, MB", name, pss)
            self.keep(f"  of it OpenGL {when}, MB", name, mesa)

    def cost(self, target):
        paced = self.bench.load(target, "pace", rate=PACE, connections=CONNECTIONS)
        full = self.bench.load(target, "chat", connections=CONNECTIONS)
        self.keep(f"requests/s of {PACE:,} asked", target.name, paced["requests_per_second"])
        self.keep(f"p50 at {PACE:,}/s, µs", target.name, paced["p50_us"])
        self.keep(f"p99 at {PACE:,}/s, µs", target.name, paced["p99_us"])
        self.keep(f"CPU a request at {PACE:,}/s, µs", target.name,
                  paced["cpu_us"] / max(1, paced["answered"]))
        self.keep(f"requests/s at {CONNECTIONS}, no pace", target.name,
                  full["requests_per_second"])

    def keep(self, figure, name, value):
        self.bench.figures.setdefault("window: " + figure, {}).setdefault(name, []).append(value)

    def tell(self):
        print(f"{'window':44}" + "".join(f"{name:>12}" for name in NAMES))
        for figure in [name for name in self.bench.figures if name.startswith("window: ")]:
            self.bench.told.add(figure)
            row = [self.bench.median(figure, name) for name in NAMES]
            self.tell_row(figure[len("window: "):], row)
            if figure.startswith("window: requests/s"):
                self.tell_row("  lost, %", [None] + [100 * (1 - rate / row[0]) for rate in row[1:]])

    def tell_row(self, figure, row):
        print(f"{figure:44}" + "".join(f"{shown(value):>12}" for value in row),
              flush=True)
