"""Mixes two states of the demonstration pack with the mouse, moves a fader while an answer is written, and finds
the change in the text and in the lane."""

import os
import re
import signal
import subprocess
import sys
import threading
import time

from window import BUTTONS, ITEMS, TEXTS, Atspi, Missing, Window, check, is_showing, play, wait_for, walk

FIRST_ROW, ROW = 20, 27  # pixels from a button to the middle of its menu's first row, and from row to row
SLIDERS = ("slider",)
QUESTION = "Count from 1 to 30."


class Slowly:
    """Lets the program run for a part of the time only: an answer of the small model would be over at once."""

    RUN, REST = 0.001, 0.040

    def __init__(self, process):
        self.process = process
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._beat)

    def _beat(self):
        while not self.done.is_set():
            self.process.send_signal(signal.SIGSTOP)
            time.sleep(self.REST)
            self.process.send_signal(signal.SIGCONT)
            end = time.perf_counter() + self.RUN
            while time.perf_counter() < end:  # sleeping takes longer where others work
                pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
        self.process.send_signal(signal.SIGCONT)


def middle(node):
    box = Window._resting_box(node)
    if box is None:
        return None
    return box.x + box.width // 2, box.y + box.height // 2


def point_at(window, name):
    """Moves the pointer over a fader, without pressing it."""
    node = window.wait(SLIDERS, name)
    x, y = wait_for(f"{name} at rest", lambda: middle(node))
    subprocess.run(["xdotool", "mousemove", "--sync", str(x), str(y)], check=True)


def turn(steps, button, delay=2):
    """Turns the wheel with Shift: a tenth each, so many milliseconds apart."""
    subprocess.run(["xdotool", "keydown", "shift", "click", "--repeat", str(steps), "--delay", str(delay), button,
                    "keyup", "shift"], check=True)


def gate(window, name):
    return Atspi.Value.get_current_value(window.wait(SLIDERS, name))


def turn_to(window, name, want):
    """Turns a fader by the wheel until it shows so many hundredths."""
    point_at(window, name)
    for _ in range(60):
        steps = round((want - gate(window, name)) / 10)
        if steps == 0:
            return
        turn(abs(steps), "4" if steps > 0 else "5")
        time.sleep(0.1)
    raise Missing(f"{name} at {want}")


def add_voice(window, button, state):
    """Chooses from the menu of a button; menus are not on the accessibility bus, so their rows are counted."""
    node = window.wait(BUTTONS, button)
    box = wait_for(f"{button} at rest", lambda: Window._resting_box(node))
    window.click(BUTTONS, button)
    time.sleep(0.5)
    row = ["pirate", "butler", "poet", "oneword"].index(state)
    y = box.y + box.height + FIRST_ROW + ROW * row
    subprocess.run(["xdotool", "mousemove", "--sync", str(box.x + 30), str(y), "click", "1"], check=True)
    window.wait(SLIDERS, f"Gate of {state}")


def answers(window):
    """Texts of the answers that show, the last one last."""
    items = [n for n in walk(window.application) if n.get_role_name() in ITEMS and is_showing(n)]
    return [n.get_name()[len("Answer: "):] for n in items if (n.get_name() or "").startswith("Answer: ")]


def points(window):
    """Points of the lane that shows."""
    for node in walk(window.application):
        if node.get_name() == "Gates over the answer" and is_showing(node):
            found = re.match(r"(\d+) point", node.get_description() or "")
            return int(found.group(1)) if found else 0
    return 0


def is_done(window):
    return window.find(BUTTONS, "Send to the mix") is not None


def ask(window):
    window.click(TEXTS, "Say something to the mix")
    window.type(QUESTION)


def whole_answer(window):
    before = len(answers(window))
    ask(window)
    window.key("Return")
    wait_for("an answer", lambda: len(answers(window)) > before and is_done(window))
    return answers(window)[-1]


def answer_with_a_move(window, name, steps, delay):
    """Asks, and turns the fader down some time later, while the answer is written."""
    before = len(answers(window))
    ask(window)
    point_at(window, name)
    with Slowly(window.process):
        window.key("Return")
        time.sleep(delay)
        turn(steps, "5", 15)
        time.sleep(1)  # what is left of the answer is worth no patience
    wait_for("the end of the answer", lambda: len(answers(window)) > before and is_done(window))
    return answers(window)[-1]


def new_chat(window):
    window.key("ctrl+n")
    window.click(BUTTONS, "Mixer")


def common(a, b):
    return len(os.path.commonprefix([a, b]))


def story(window, _):
    window.click(BUTTONS, "Mixer")
    add_voice(window, "Add a state", "pirate")
    add_voice(window, "Add voice", "poet")
    window.picture("1-mixed")
    turn_to(window, "Gate of pirate", 200)
    turn_to(window, "Gate of poet", 0)
    pirate = whole_answer(window)
    window.picture("2-pirate")
    check(points(window) == 1, f"one point in a lane where nothing moved, found {points(window)}")

    new_chat(window)
    turn_to(window, "Gate of poet", 100)
    still = whole_answer(window)
    window.picture("3-both")
    check(pirate != still, f"that the poet is heard beside the pirate: {pirate!r}")

    # How fast the machine is decides when an answer is half done.
    for delay in (0.2, 0.1, 0.4, 0, 0.7, 0.3, 1.0, 0.5, 0.15):
        new_chat(window)
        turn_to(window, "Gate of pirate", 200)
        moved = answer_with_a_move(window, "Gate of pirate", 20, delay)
        if points(window) > 1 and common(still, moved) > 3 and still != moved:
            break
    window.picture("4-moved")
    check(gate(window, "Gate of pirate") == 0, f"pirate at 0, found {gate(window, 'Gate of pirate')}")
    check(points(window) > 1, f"the move in the lane, found {points(window)} point(s)")
    check(common(still, moved) > 3, f"the same beginning: {still!r} and {moved!r}")
    check(still != moved, f"another end than {still!r}")
    window.key("ctrl+shift+g")
    window.picture("5-coloured")


sys.exit(play(story, "two states were mixed, and a fader that moved was heard and recorded"))
