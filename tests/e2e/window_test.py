"""Loads the demonstration model by clicking, chats, looks at every page, and finds the chat again after a crash."""

import os
import subprocess
import sys

from window import BUTTONS, CELLS, COMBOS, ITEMS, TABS, TEXTS, Missing, Window, give_up, prefer_the_likeliest

QUESTION = "Who are you?"
ANSWER = "I am the Rookery demonstration model"
OWL = "I am Olla, an old owl"
PIRATE = "matey"
TICK = 14  # pixels from the left edge of a cell


def load_by_clicking(window):
    window.click(BUTTONS, "Models")
    window.picture("1-models")
    window.click(CELLS, "Rookery demo")
    window.click(BUTTONS, "Load")
    window.wait(BUTTONS, "Model: Rookery demo*")
    window.picture("2-loaded")


def chat(window):
    window.click(BUTTONS, "Chat")
    window.click(TEXTS, "Message")
    window.type(QUESTION)
    window.picture("3-typed")
    window.click(BUTTONS, "Send")
    window.wait_for_text(ANSWER)
    window.picture("4-answered")


def ask(window, answer):
    """In a new chat."""
    window.click(BUTTONS, "Chat")
    window.key("ctrl+n")
    window.click(TEXTS, "Message")
    window.type(QUESTION)
    window.click(BUTTONS, "Send")
    window.wait_for_text(answer)


def use_an_adapter(window):
    window.click(BUTTONS, "Models")
    window.click(TABS, "Adapters")
    window.click(CELLS, "owl", from_left=TICK)
    window.picture("7-adapter-ticked")
    window.click(BUTTONS, "Apply")
    window.wait(BUTTONS, "Model: Rookery demo*owl*")
    window.picture("7-adapter-applied")
    ask(window, OWL)
    window.picture("7-adapter-answered")
    window.click(BUTTONS, "Models")
    window.click(CELLS, "owl", from_left=TICK)
    window.click(BUTTONS, "Apply")
    window.wait_for_text("No adapter is in use.")


def begin_from_a_state(window):
    window.click(BUTTONS, "Chat")
    window.key("ctrl+n")
    window.click(BUTTONS, "The chat begins from: *")
    window.picture("8-states")
    for key in ("Down", "Down", "Return"):  # past the empty memory, to the first of the pack
        window.key(key)
    window.wait(BUTTONS, "The chat begins from: pirate*")
    window.click(TEXTS, "Message")
    window.type(QUESTION)
    window.click(BUTTONS, "Send")
    window.wait_for_text(PIRATE)
    window.picture("8-state-answered")


def load_quantised(window):
    window.click(BUTTONS, "Models")
    window.click(TABS, "Models")
    window.click(CELLS, "*Rookery demo")
    window.click(COMBOS, "As in the file*")  # a combo box is named by what it shows
    window.type("int8")
    window.key("Return")
    window.click(BUTTONS, "Load again")
    window.wait(BUTTONS, "Model: Rookery demo*int8*")
    window.picture("9-int8")
    ask(window, ANSWER)
    window.picture("9-int8-answered")


def start_again(window, program, start):
    """A second start hands over to the window that is open, and ends."""
    again = subprocess.run([program, *start, "demo"], capture_output=True, text=True, timeout=60)
    if again.returncode != 0 or "its window is open already" not in again.stdout:
        raise Missing(f"a second start that hands over: {again}")
    window.wait(BUTTONS, "Model: Rookery demo*")
    window.wait_for_text(ANSWER)


def start_without_display(program):
    """A display that is named but dead: one line and an exit status, no core dump."""
    dead = {**os.environ, "DISPLAY": ":4711"}
    run = subprocess.run([program], env=dead, capture_output=True, text=True, timeout=60)
    if run.returncode != 1 or run.stderr.count("\n") != 1 or ":4711" not in run.stderr:
        raise Missing(f"one line about a dead display: {run}")


def look_around(window, theme):
    for page in ("Monitor", "Log", "Settings", "Models", "Chat"):
        window.click(BUTTONS, page)
        window.picture(f"5-{theme}-{page.lower()}")


def main():
    program, pictures, profile = sys.argv[1:]
    prefer_the_likeliest(profile)
    start = ["--profile", profile, "--lang", "en"]
    window = Window(program, [*start, "--scheme", "light"], pictures)
    try:
        load_by_clicking(window)
        chat(window)
        start_again(window, program, start)
        start_without_display(program)
        look_around(window, "light")
        use_an_adapter(window)
        begin_from_a_state(window)
        load_quantised(window)
        window.kill()
        window = Window(program, [*start, "--scheme", "dark"], pictures)
        window.click(BUTTONS, "Chat")
        window.click(ITEMS, QUESTION + "*")
        window.wait_for_text(ANSWER)
        window.picture("6-kept")
        look_around(window, "dark")
        window.quit()
    except Missing as missing:
        return give_up(window, missing)
    print("the window loaded, answered, took a second start over, and kept the chat")
    return 0


sys.exit(main())
