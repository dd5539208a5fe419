#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The window, driven as a person drives it, over the real router, the real keyring and a real
request. Leaves a picture of every page in the folder it is given.

usage: test-window.py WAYFARE SCHEMA_DIR DATA_DIR PICTURES"""

import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import gi

gi.require_version("Gdk", "4.0")
from gi.repository import Gdk, GLib  # noqa: E402

import desktop
import screenreader
from screenreader import press, turn_wheel, wait_for

KEY = "sk-the-window-must-not-show-this-7Qx9"
APP = "my-tool"
PAGES = ("now", "requests", "providers", "keys", "apps")
SIZES = ((1280, 800), (360, 720))
DIALOGS = (
    ("providers", "Add Provider", "entry", "Search providers"),
    ("apps", "Add App", "text", "Name"),
)
AZURE_URL = "https://resource.example"
ROW_PX = 20
NOTHING_LEAVES = "Nothing leaves this machine"
MAY_LEAVE = "Calls may leave this machine"

CONFIG = {
    "version": 1,
    "listen": {"address": "127.0.0.1", "require_token": True},
    "budget": {"usd": "20", "period": "month"},
    "capture": {"bodies": "all"},
    "providers": [
        {"id": "demo", "kind": "demo"},
        {"id": "laptop", "kind": "openai", "base_url": "http://127.0.0.1:9/v1"},
        {
            "id": "keyed",
            "kind": "openai",
            "base_url": "http://127.0.0.1:9/v1",
            "key": {"keyring": "keyed"},
        },
    ],
    "routes": [
        {
            "model": "coder",
            "targets": [
                {"provider": "laptop", "model": "qwen3:14b"},
                {"provider": "demo", "model": "demo"},
            ],
        }
    ],
}


class Test:
    def __init__(self, wayfare, schemas, data, pictures):
        self.wayfare = wayfare
        self.pictures = pathlib.Path(pictures)
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.root = pathlib.Path(os.environ["WAYFARE_TEST_ROOT"])
        self.config_path = self.root / "config/wayfare/config.json"
        self.log = self.root / "wayfare.log"
        os.environ["GSETTINGS_SCHEMA_DIR"] = schemas
        os.environ["WAYFARE_DATA_DIR"] = data
        os.environ["XDG_DATA_DIRS"] = f"{data}:/usr/local/share:/usr/share"
        self.display = desktop.Display()
        self.keyring = desktop.Keyring()
        self.clipboard = Gdk.Display.open(os.environ["DISPLAY"]).get_clipboard()
        self.program = None
        self.window = None

    # The program

    def write_files(self, port):
        self.port = CONFIG["listen"]["port"] = port
        # Lets everybody in and says nothing.
        self.silent = socket.create_server(("127.0.0.1", 0))
        silent_url = f"http://127.0.0.1:{self.silent.getsockname()[1]}/v1"
        CONFIG["providers"].append({"id": "silent", "kind": "openai", "base_url": silent_url})
        self.config_path.parent.mkdir(parents=True)
        self.config_path.write_text(json.dumps(CONFIG))
        gtk = self.root / "config/gtk-4.0"
        gtk.mkdir()
        # As GNOME has it; X servers without a window manager know no decorations of their own.
        gtk.joinpath("settings.ini").write_text(
            "[Settings]\ngtk-decoration-layout=appmenu:close\ngtk-enable-animations=false\n"
        )

    def start(self, width, height, appearance):
        self.start_program(width, height, appearance)
        self.window = screenreader.Window("wayfare")

    def start_program(self, width, height, appearance):
        settings = self.root / "config/glib-2.0/settings"
        settings.mkdir(parents=True, exist_ok=True)
        settings.joinpath("keyfile").write_text(
            f"[org/wayfare/Wayfare]\nwindow-width={width}\nwindow-height={height}\n"
            f"appearance='{appearance}'\n"
        )
        self.program = desktop.Program(self.wayfare, self.log)

    def stop(self):
        status = self.program.stop()
        assert status == 0, f"wayfare ended with {status}"

    # What a person does

    def show(self, page):
        press(f"ctrl+{PAGES.index(page) + 1}")
        self.window.wait("label", page.capitalize(), inside="AdwWindowTitle")

    def walk_sidebar(self):
        """With the arrow keys, page and highlight go together."""
        self.window.point_at("label", "Now", inside="Pages")
        for page in PAGES[1:]:
            press("Down")
            self.window.wait("label", page.capitalize(), inside="AdwWindowTitle")
        self.show("now")

    def start_where_somebody_listens(self):
        """The window opens all the same, says why nothing runs, and starts when it can."""
        with socket.create_server(("127.0.0.1", 0)) as somebody:
            self.write_files(somebody.getsockname()[1])
            self.start(1280, 800, "light")
            self.window.wait("label", "Wayfare Is Not Running")
            self.window.wait("label", contains="Another program listens on")
            self.capture("not-running", 1280, 800, "light")
        self.window.click("Try Again")
        self.window.wait("label", "Budget, $20.00 a month")
        self.window.wait("label", "$0 spent, $20.00 left")
        self.window.wait("label", contains="/v1", inside="WayNowPage")

    def start_where_another_runs(self):
        """`wayfare serve` goes on; when it has ended the window takes over, with its records."""
        other = desktop.Program(self.wayfare, self.log, ["serve"])
        wait_for(self.is_answering, "wayfare serve to listen")
        token = self.run_verb("app", "add", "early").strip()
        assert self.send(f"http://127.0.0.1:{self.port}/v1", token, "demo")["choices"]
        self.start(1280, 800, "light")
        self.window.wait("label", "Wayfare Runs Without This Window")
        self.window.wait("label", "Not listening")
        self.capture("elsewhere", 1280, 800, "light")
        press("ctrl+3")
        self.window.click("Run Here")
        self.window.wait("label", "Wayfare Runs Without This Window")
        assert other.stop() == 0
        self.window.click("Run Here")
        self.window.wait("label", contains="/v1", inside="WayNowPage")
        self.show("requests")
        self.window.wait("label", "demo →", inside="Requests")
        self.stop()
        self.run_verb("app", "list", status=3)

    def is_answering(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def run_verb(self, *arguments, status=0):
        done = subprocess.run([self.wayfare, *arguments], stdout=subprocess.PIPE, text=True, timeout=30)
        assert done.returncode == status, f"{arguments} ended with {done.returncode}"
        return done.stdout

    def start_with_broken_file(self):
        """Every fault is named, on the page and, once it runs, behind the bar; a mended file starts it."""
        good = self.config_path.read_text()
        self.config_path.write_text('{"version": 1, "providers": 7, "routes": 8, "apps": 9}')
        self.start(1280, 800, "light")
        self.window.wait("label", "Wayfare Is Not Running")
        for fault in ("• providers: ", "• routes: ", "• apps: ", "wayfare check"):
            self.window.wait("label", contains=fault)
        self.capture("broken", 1280, 800, "light")
        self.config_path.write_text(good)
        self.window.wait("label", contains="/v1", inside="WayNowPage")
        self.config_path.write_text("{")
        self.window.wait("label", contains="Wayfare goes on working.")
        self.capture("broken-running", 1280, 800, "light")
        self.config_path.write_text(good)
        self.stop()

    def end_at_any_moment(self):
        """SIGTERM ends it at once and in order, whatever it was about to do."""
        self.start_program(1280, 800, "light")
        wait_for(self.is_answering, "the router to listen")
        self.stop()
        for page, button, role, field in DIALOGS:
            self.start(1280, 800, "light")
            self.show(page)
            self.window.click(button)
            self.window.wait(role, field)
            self.stop()
        self.start(1280, 800, "light")
        press("ctrl+w")
        wait_for(lambda: self.window.application.get_child_count() == 0, "the window to close")
        self.stop()

    def ask_in_vain(self, token, first, last):
        """One row each, told apart by a number."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for number in range(first, last):
            client.request("POST", "/v1/chat/completions", *self.format_call(token, f"none-{number}"))
            assert client.getresponse().read()
        client.close()

    def wait_for_place(self, matches, what):
        """The list's place, once it is where it is to be and stays there."""
        wait_for(lambda: matches(*self.window.find_place()), what)
        self.still_picture(self.pictures / "new-rows-1280-light.png", 1280, 800)
        place, length = self.window.find_place()
        assert matches(place, length), f"the list is at {place} of {length} px, not {what}"
        return place

    def keep_place(self, token):
        """However fast the wheel turns and whatever comes in above, the list goes as far as that."""
        self.start(1280, 800, "light")
        self.show("requests")
        self.window.passed_over = "Requests"
        self.ask_in_vain(token, 0, 600)
        self.wait_for_place(lambda place, length: place == 0 and length >= 600 * ROW_PX, "at the top")
        turn_wheel(90)
        down = self.wait_for_place(lambda place, _: place > 0, "further down")
        self.ask_in_vain(token, 600, 640)
        self.window.wait("push button", "40 New Requests")
        self.wait_for_place(lambda place, _: place == down, "where it was before rows came")
        turn_wheel(-30)
        third = down / 3
        self.wait_for_place(lambda place, _: abs(place - down + third) < ROW_PX, "a third further up")
        self.window.click("40 New Requests")
        self.window.wait_gone("push button", "40 New Requests")
        self.wait_for_place(lambda place, _: place == 0, "at the top")
        self.ask_in_vain(token, 640, 641)
        self.wait_for_place(lambda place, length: place == 0 and length >= 641 * ROW_PX, "still there")
        self.stop()

    def end_while_a_call_runs(self, token):
        """The question whether to quit is open, and the session ends: the client is told."""
        self.start(1280, 800, "light")
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        client.request("POST", "/v1/chat/completions", *self.format_call(token, "silent/any"))
        self.window.wait("label", contains="in flight", inside="WayNowPage")
        press("ctrl+q")
        self.window.wait("label", "Quit Wayfare?")
        self.stop()
        assert client.getresponse().status >= 500

    def close_and_present(self):
        """Without its window the router goes on; a second start brings the window back."""
        press("ctrl+w")
        wait_for(lambda: self.window.application.get_child_count() == 0, "the window to close")
        subprocess.run([self.wayfare, "status"], check=True, stdout=subprocess.DEVNULL, timeout=30)
        subprocess.run([self.wayfare], check=True, timeout=30)
        wait_for(lambda: self.window.application.get_child_count() == 1, "the window to come back")
        self.show("now")

    def add_key(self):
        self.show("keys")
        self.window.click("Add…", inside="Provider keys")
        self.window.write("text", "Key", KEY)
        self.window.click("Store")
        self.window.wait("label", contains=f"…{KEY[-4:]}")
        assert KEY not in self.window.dump(), "the window shows a key"

    def add_provider(self):
        """Found by words, with an address that only its user knows; not asked before it has a key."""
        self.show("providers")
        self.window.click("Add Provider")
        self.window.write("entry", "Search providers", "azure")
        press("Return")
        self.window.wait("label", "Name in Wayfare")
        press("Escape")
        self.window.wait("entry", "Search providers")
        press("Return")
        self.window.write("text", "Address", AZURE_URL)
        self.capture("add-azure", 1280, 800, "light")
        self.window.click("Add")
        wanted = {"kind": "azure-openai", "base_url": AZURE_URL, "key": {"keyring": "azure"}}
        wait_for(lambda: wanted.items() <= self.find_provider("azure").items(), "it in the config")
        self.window.point_at("label", "azure", inside="Providers")
        self.window.click_last("Test")
        self.window.wait("label", "The Provider Was Not Asked")
        press("Escape")
        self.window.wait_gone("label", "The Provider Was Not Asked")

    def test_provider(self):
        """The result is said in words, where the beginning was."""
        self.window.point_at("label", "demo", inside="Providers")
        self.window.wait("check box", "Use “demo”")
        self.window.click("Test", inside="demo")
        self.window.wait("label", contains="“demo” answers")
        self.window.wait_gone("label", "Asking “demo” for its models…")
        self.capture("tested", 1280, 800, "light")

    def find_provider(self, provider_id):
        providers = json.loads(self.config_path.read_text())["providers"]
        return next((row for row in providers if row["id"] == provider_id), {})

    def add_app(self):
        """Gives the address and the token, as the copied snippet has them."""
        self.show("apps")
        self.window.click("Add App")
        self.window.write("text", "Name", "My Tool")
        self.window.wait("label", contains="An app's name is 1 to 64 lower-case letters")
        self.capture("bad-name", 1280, 800, "light")
        self.window.write("text", "Name", APP)
        self.window.click("Add")
        self.window.wait("label", "Waiting for its first request…")
        self.window.click("Copy Snippet")
        snippet = wait_for(self.read_clipboard, "a snippet in the clipboard")
        address = re.search(r"curl (http://\S+)/chat/completions", snippet).group(1)
        token = re.search(r"Bearer (\S+)'", snippet).group(1)
        assert token not in self.window.dump(), "the window shows a token nobody asked to see"
        self.window.click("Reveal Token")
        self.window.wait("label", contains=token)
        return address, token

    def add_app_without_keyring(self):
        """The token is good and shown this once, and the dialog says that it is not kept."""
        self.keyring.stop()
        self.start(1280, 800, "light")
        self.show("apps")
        self.window.click("Add App")
        self.window.write("text", "Name", "unkept")
        self.window.click("Add")
        self.window.wait("label", "Not Kept in the Keyring")
        self.capture("unkept-token", 1280, 800, "light")
        self.stop()

    def read_clipboard(self):
        """What another program would paste; nothing while nothing was copied."""
        found = []

        def on_text(clipboard, result):
            try:
                found.append(clipboard.read_text_finish(result) or "")
            except GLib.Error:
                found.append("")

        self.clipboard.read_text_async(None, on_text)
        wait_for(lambda: found, "an answer of the clipboard")
        return found[0]

    @staticmethod
    def format_call(token, model):
        body = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return json.dumps(body).encode(), headers

    def send(self, address, token, model):
        call = self.format_call(token, model)
        request = urllib.request.Request(f"{address}/chat/completions", *call)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def call_and_see(self, address, token):
        assert self.send(address, token, "demo")["choices"]
        self.window.wait("label", contains="Connected: last seen at")
        press("Escape")
        self.window.wait_gone("push button", "Copy Snippet")
        self.show("requests")
        self.window.wait("label", "demo →", inside="Requests")
        self.window.wait("label", APP, inside="Requests")

    def see_fallback(self, address, token):
        assert self.send(address, token, "coder")["choices"]
        self.window.point_at("label", "coder →", inside="Requests")
        self.window.wait("label", "Overview")
        self.window.wait("label", "laptop · qwen3:14b")
        self.window.wait("label", "demo · demo")
        self.window.wait("label", contains="refused the connection")
        self.window.wait("label", "In all")
        self.window.wait("label", contains="Kept until")
        self.window.wait("label", "Prompt")
        self.capture("detail", 1280, 800, "light")
        self.browse_by_keys()
        self.window.click("Close detail")
        self.window.wait_gone("label", "Overview")

    def browse_by_keys(self):
        """The detail follows the selection, and the list keeps the focus."""
        first = self.find_request_id()
        press("Down")
        wait_for(lambda: self.find_request_id() != first, "the next request")
        press("Up")
        wait_for(lambda: self.find_request_id() == first, "the first request again")

    def find_request_id(self):
        return self.window.wait("label", contains="req_").get_name()

    def filter(self):
        self.window.write("entry", "Filter requests", "model:coder")
        self.window.wait_gone("label", "demo →", inside="Requests")
        self.window.wait("label", "coder →", inside="Requests")
        self.window.write("entry", "Filter requests", "cost:cheap")
        self.window.wait("label", contains="takes a comparison")
        self.window.write("entry", "Filter requests", "")
        self.window.wait("label", "demo →", inside="Requests")

    def flip_local_only(self, address, token):
        for words, enabled in ((NOTHING_LEAVES, False), (MAY_LEAVE, True)):
            self.window.click("Local Only", role="check box")
            self.window.wait("label", words)
            wait_for(lambda: self.cloud_enabled() is enabled, f"cloud.enabled to be {enabled}")
            if not enabled:
                self.see_stopped(address, token)

    def see_stopped(self, address, token):
        """What Local Only stops is counted and listed."""
        try:
            self.send(address, token, "azure/any")
            raise AssertionError("a request left this machine")
        except urllib.error.HTTPError as refused:
            assert refused.code == 403, refused.code
        self.show("providers")
        self.window.wait("label", contains="Not asked, since Local Only is on")
        self.show("now")
        self.window.wait("label", "1 request was stopped today")
        self.capture("stopped", 1280, 800, "light")
        self.window.click("Show Requests")
        self.window.wait("label", "azure/any →", inside="Requests")
        self.window.wait_gone("label", "demo → demo", inside="Requests")
        self.window.write("entry", "Filter requests", "")

    def cloud_enabled(self):
        return json.loads(self.config_path.read_text()).get("cloud", {}).get("enabled", True)

    # Pictures

    def capture(self, name, width, height, appearance):
        path = self.pictures / f"{name}-{width}-{appearance}.png"
        self.still_picture(path, width, height)
        assert path.stat().st_size > 5000, f"{path} is empty"

    def still_picture(self, path, width, height):
        """Waits until two pictures in a row are the same: nothing is being drawn any more."""
        seen = [b""]

        def is_still():
            self.display.capture(path, width, height)
            seen.append(path.read_bytes())
            return seen[-1] == seen[-2]

        wait_for(is_still, f"a still picture of {path.stem}")

    def open_menu(self):
        """Its key finds it in a window that has room for one side only, too."""
        press("F10")
        self.window.wait("menu item", "Keyboard Shortcuts")
        press("Escape")
        self.window.wait_gone("menu item", "Keyboard Shortcuts")

    def capture_pages(self, width, height, appearance):
        for page in PAGES:
            self.show(page)
            self.capture(page, width, height, appearance)

    def capture_dialogs(self, width, height, appearance):
        for page, button, role, field in DIALOGS:
            self.show(page)
            self.window.click(button)
            self.window.wait(role, field)
            self.capture(f"add-{page}", width, height, appearance)
            press("Escape")
            self.window.wait_gone(role, field)

    # What must not be

    def assert_quiet(self):
        lines = self.log.read_text(errors="replace").splitlines()
        complaint = re.compile(r"wayfare.*(CRITICAL|WARNING|ERROR)|runtime error|Sanitizer")
        assert complaint.search("(wayfare:774): Gtk-WARNING **: 10:00:00.000: GtkListView failed")
        loud = [line for line in lines if complaint.search(line)]
        assert not loud, "wayfare complained:\n" + "\n".join(loud)

    def assert_key_nowhere(self):
        for path in self.root.rglob("*"):
            if path.is_file() and not path.is_symlink() and "Xvfb" not in path.name:
                assert KEY.encode() not in path.read_bytes(), f"{path} holds a key"

    def run(self):
        self.start_where_somebody_listens()
        self.stop()
        self.start_where_another_runs()
        self.start(1280, 800, "light")
        self.close_and_present()
        self.walk_sidebar()
        self.add_key()
        self.add_provider()
        self.test_provider()
        address, token = self.add_app()
        self.call_and_see(address, token)
        self.see_fallback(address, token)
        self.filter()
        self.flip_local_only(address, token)
        self.capture_dialogs(1280, 800, "light")
        self.capture_pages(1280, 800, "light")
        self.stop()
        for width, height in SIZES:
            for appearance in ("light", "dark"):
                if (width, appearance) != (1280, "light"):
                    self.start(width, height, appearance)
                    self.capture_pages(width, height, appearance)
                    self.open_menu()
                    self.stop()
        self.start_with_broken_file()
        self.keep_place(token)
        self.end_while_a_call_runs(token)
        self.end_at_any_moment()
        self.add_app_without_keyring()
        self.assert_quiet()
        self.assert_key_nowhere()

    def close(self):
        if self.program is not None and self.program.process.poll() is None:
            self.program.process.kill()
        self.keyring.stop()
        self.display.stop()


def main():
    desktop.enter()
    test = Test(*sys.argv[1:])
    try:
        test.run()
    except Exception:
        test.display.capture(test.pictures / "failed.png")
        if test.window is not None:
            print(test.window.dump(), file=sys.stderr)
        print(test.log.read_text(errors="replace"), file=sys.stderr)
        raise
    finally:
        test.close()


if __name__ == "__main__":
    main()
