# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The window as a screen reader sees it: find by role and name, wait for a condition, act."""

import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

DEADLINE_S = 30
LOOK_AGAIN_MS = 50


class Timeout(AssertionError):
    pass


def iterate(milliseconds):
    """Runs the main context until the time is over or something has happened."""
    context = GLib.MainContext.default()
    source = GLib.timeout_source_new(milliseconds)
    source.set_callback(lambda *_: False)
    source.attach(context)
    context.iteration(True)
    source.destroy()


def wait_for(condition, what, deadline_s=DEADLINE_S):
    """Gives the first true value of the condition; fails with words when the deadline passes."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Timeout(f"waited {deadline_s} s in vain for {what}")
        iterate(LOOK_AGAIN_MS)


def press(keys):
    """Presses keys as a person does: they go to whatever has the focus."""
    subprocess.run(["xdotool", "key", keys], check=True)


def turn_wheel(n_steps):
    """Turns the wheel over the middle of the window, faster than it draws: up if n_steps < 0."""
    button = "4" if n_steps < 0 else "5"
    command = ["xdotool", "mousemove", "640", "400", "click", "--delay", "1"]
    subprocess.run([*command, "--repeat", str(abs(n_steps)), button], check=True)


class Window:
    """All windows of one application; dialogs are among them."""

    def __init__(self, name):
        Atspi.init()
        self.passed_over = None
        self.application = wait_for(lambda: self.find_application(name), f"application {name}")

    @staticmethod
    def find_application(name):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_name() == name and child.get_child_count() > 0:
                child.set_cache_mask(Atspi.Cache.NONE)
                return child
        return None

    def walk(self, node=None):
        """Every node that is not hidden. GTK 4.8 does not tell which page of a stack is on top, so
        those below are seen too. What goes away while it is looked at is passed over, and so is what
        is inside of a node with the name passed_over: a long list takes its time."""
        node = node or self.application
        try:
            children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
            for child in children:
                if child is None or not is_visible(child):
                    continue
                yield child
                if self.passed_over is None or child.get_name() != self.passed_over:
                    yield from self.walk(child)
        except GLib.Error:
            return

    def find(self, role, name=None, contains=None, inside=None):
        """The first node with that role and text, below a node named inside where that is given."""
        if inside is not None:
            return self.find_inside(role, name, contains, inside)
        return self.find_below(None, role, name, contains)

    def find_inside(self, role, name, contains, inside):
        for node in self.walk():
            try:
                found = node.get_name() == inside and self.find_below(node, role, name, contains)
            except GLib.Error:
                continue
            if found:
                return found
        return None

    def find_below(self, top, role, name, contains):
        for node in self.walk(top):
            try:
                if node.get_role_name() != role:
                    continue
                text = node.get_name()
            except GLib.Error:
                continue
            if (name is None or is_called(text, name)) and (contains is None or contains in text):
                return node
        return None

    def wait(self, role, name=None, contains=None, inside=None):
        return wait_for(
            lambda: self.find(role, name, contains, inside),
            f"{role} {name or contains!r} in {inside or 'the window'}",
        )

    def wait_gone(self, role, name, inside=None):
        wait_for(
            lambda: self.find(role, name, inside=inside) is None,
            f"{role} {name!r} to go away",
        )

    def click(self, name, role="push button", inside=None):
        node = self.wait(role, name, inside=inside)
        wait_for(lambda: is_sensitive(node), f"{role} {name!r} to be usable")
        assert node.get_action_iface().do_action(0), name

    def click_last(self, name, role="push button"):
        """Of buttons that are called alike, as each row of a list has its own, the last; once it has
        a place on the screen, without which it does nothing."""
        self.wait(role, name)
        nodes = [n for n in self.walk() if n.get_role_name() == role and is_called(n.get_name(), name)]
        wait_for(lambda: box_of(nodes[-1]).height > 0, f"the last {role} {name!r} to be shown")
        assert nodes[-1].get_action_iface().do_action(0), name

    def write(self, role, name, text, inside=None):
        node = self.wait(role, name, inside=inside)
        assert node.get_editable_text_iface().set_text_contents(text), name

    def point_at(self, role, name, inside=None):
        """Clicks into the middle of something that has no action of its own."""
        node = self.wait(role, name, inside=inside)
        box = box_of(node)
        x, y = box.x + box.width // 2, box.y + box.height // 2
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True)

    def find_place(self):
        """How far the longest thing in the window is scrolled, and how long it is, in pixels."""
        bars = [bar for bar in (node.get_value_iface() for node in self.walk()) if bar is not None]
        longest = max(bars, key=lambda bar: bar.get_maximum_value())
        return longest.get_current_value(), longest.get_maximum_value()

    def dump(self):
        return "\n".join(f"{n.get_role_name()}: {n.get_name()}" for n in self.walk())


def is_called(text, name):
    """GTK 4.8 names a button by its label, with the underscore of the mnemonic, and what it shows."""
    return text.replace("_", "") in (name, f"{name} {name}", f"{name} {name}…")


def box_of(node):
    return node.get_component_iface().get_extents(Atspi.CoordType.WINDOW)


def is_visible(node):
    return node.get_state_set().contains(Atspi.StateType.VISIBLE)


def is_sensitive(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)
