"""Finds and uses the controls of a running window: reads them through AT-SPI, presses them with a real pointer."""

import json
import os
import subprocess
import sys
import time
from fnmatch import fnmatchcase

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

BUTTONS = ("push button", "toggle button", "check box", "radio button")  # what can be pressed
TEXTS = ("text",)
CELLS = ("table cell",)
ITEMS = ("list item",)
TABS = ("page tab",)
COMBOS = ("combo box",)
PATIENCE = 60  # seconds; sanitizers and loaded machines are slow


class Missing(Exception):
    """What was waited for did not come."""


def wait_for(what, probe, patience=PATIENCE):
    """Asks `probe` until it gives something true, which is returned."""
    end = time.monotonic() + patience
    while True:
        try:
            found = probe()
        except GLib.Error:  # a control went away while it was looked at
            found = None
        if found:
            return found
        if time.monotonic() > end:
            raise Missing(what)
        time.sleep(0.05)


def children(node):
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def is_showing(node):
    return node.get_state_set().contains(Atspi.StateType.SHOWING)


def is_enabled(node):
    return node.get_state_set().contains(Atspi.StateType.ENABLED)


def text_of(node):
    """Name, description and text of one control."""
    parts = [node.get_name() or "", node.get_description() or ""]
    if node.get_text_iface() is not None:
        parts.append(Atspi.Text.get_text(node, 0, -1))
    return "\n".join(parts)


class Window:
    """One run of the program under test."""

    def __init__(self, program, arguments, pictures):
        self.pictures = pictures
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL)
        self.application = wait_for("the program on the accessibility bus", self._application)
        wait_for("a visible window", lambda: any(is_showing(n) for n in children(self.application)))

    def _application(self):
        if self.process.poll() is not None:
            raise Missing(f"the program ended with {self.process.returncode}")
        for node in children(Atspi.get_desktop(0)):
            if node.get_process_id() == self.process.pid:
                return node
        return None

    def find(self, roles, name):
        """The first control that shows and has one of the roles and this name; "Model: *" is any such beginning."""
        for node in walk(self.application):
            if node.get_role_name() in roles and fnmatchcase(node.get_name() or "", name) and is_showing(node):
                return node
        return None

    def wait(self, roles, name, patience=PATIENCE):
        return wait_for(f'{roles[0]} "{name}"', lambda: self.find(roles, name), patience)

    def wait_for_text(self, text, patience=PATIENCE):
        def probe():
            return any(text in text_of(node) for node in walk(self.application) if is_showing(node))

        wait_for(f'the text "{text}"', probe, patience)

    def click(self, roles, name, from_left=None):
        """Presses a control with the pointer, as soon as it is there, enabled and at rest; in its middle, or so many
        pixels from its left edge, where a tick stands."""
        node = wait_for(f'{roles[0]} "{name}" to press', lambda: self._ready(roles, name))
        box = wait_for(f'{roles[0]} "{name}" at rest', lambda: self._resting_box(node))
        x = box.x + (box.width // 2 if from_left is None else from_left)
        y = box.y + box.height // 2
        subprocess.run(["xdotool", "mousemove", "--sync", str(x), str(y), "click", "1"], check=True)

    def _ready(self, roles, name):
        node = self.find(roles, name)
        return node if node is not None and is_enabled(node) else None

    @staticmethod
    def _resting_box(node):
        def box():
            return node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)

        first = box()
        time.sleep(0.05)
        second = box()
        same = (first.x, first.y, first.width, first.height) == (second.x, second.y, second.width, second.height)
        return second if same and second.width > 0 else None

    @staticmethod
    def type(text):
        subprocess.run(["xdotool", "type", "--delay", "5", text], check=True)

    @staticmethod
    def key(name):
        subprocess.run(["xdotool", "key", name], check=True)

    def picture(self, name):
        subprocess.run(["import", "-window", "root", f"{self.pictures}/{name}.png"], check=True)

    def tree(self):
        """All that shows, for the log of a failed test."""
        return "\n".join(f"{n.get_role_name()} | {text_of(n)[:200]!r}" for n in walk(self.application) if is_showing(n))

    def quit(self):
        self.key("ctrl+q")
        code = self.process.wait(PATIENCE)
        if code != 0:
            raise Missing(f"a clean end: the program ended with {code}")

    def kill(self):
        """As when the computer is switched off."""
        self.process.kill()
        self.process.wait()


def check(condition, what):
    if not condition:
        raise Missing(what)


def prefer_the_likeliest(profile):
    """Settings of a new profile: the likeliest word, always, so that the same question has the same answer."""
    os.makedirs(f"{profile}/data", exist_ok=True)
    with open(f"{profile}/data/presets.json", "w", encoding="utf-8") as file:
        json.dump({"presets": [], "last": {"temperature": 0, "top_p": 1, "max_tokens": 300}}, file)


def give_up(window, missing):
    """Says what did not come, and what was there instead."""
    print(f"failed: waited for {missing}", file=sys.stderr)
    if window.process.poll() is None:
        window.picture("failed")
        print(window.tree(), file=sys.stderr)
        window.kill()
    return 1


def play(story, said):
    """Runs `story(window, profile)` over the demonstration model; the arguments are program, pictures and profile."""
    program, pictures, profile = sys.argv[1:]
    prefer_the_likeliest(profile)
    window = Window(program, ["--profile", profile, "--lang", "en", "--scheme", "light", "demo"], pictures)
    try:
        window.wait(BUTTONS, "Model: Rookery demo*")
        story(window, profile)
        window.quit()
    except Missing as missing:
        return give_up(window, missing)
    print(said)
    return 0
