"""Looks at states, blends and auditions them, and asks the server, all by clicking in the real window."""

import json
import os
import re
import sys
import urllib.error
import urllib.request

from window import BUTTONS, CELLS, TABS, TEXTS, Missing, check, is_showing, play, wait_for, walk

QUESTION = "Who are you?"
ANSWER = "I am the Rookery demonstration model"


def columns(window):
    """What the probe's columns say, by name."""
    found = {}
    for node in walk(window.application):
        name = node.get_name() or ""
        if name.startswith("Answer of ") and is_showing(node):
            found[name[len("Answer of "):]] = text_of(node)
    return found


def text_of(node):
    text = node.get_text_iface()
    return text.get_text(0, text.get_character_count()) if text else ""


def listen(window, count):
    window.click(TEXTS, "Probe line")
    window.key("ctrl+a")
    window.type(QUESTION)
    window.click(BUTTONS, "Listen")
    wait_for(f"{count} columns with answers",
             lambda: len(c := columns(window)) == count and all(c.values()) and window.find(BUTTONS, "Listen"))
    return columns(window)


def look_at_a_state(window):
    window.click(BUTTONS, "Models")
    window.click(TABS, "States")
    window.click(CELLS, "pirate")
    window.wait_for_text("Norm of each layer and head")
    window.picture("1-norms")


def blend(window, folder):
    window.click(BUTTONS, "Blend two")
    heard = listen(window, 3)
    window.picture("2-blend")
    pirate, between, other = heard.values()
    check(between not in (pirate, other), f"that the blend speaks for itself: {heard}")
    window.click(BUTTONS, "Bake to state…")
    window.wait(BUTTONS, "Save")
    window.key("ctrl+a")
    window.type(f"{folder}/between.pth")
    window.key("Return")
    window.wait_for_text("Baked into between.pth")
    check(os.path.getsize(f"{folder}/between.pth") > 100_000, "a state file")
    window.picture("3-baked")


def audition(window):
    window.click(BUTTONS, "Audition")
    heard = listen(window, 2)
    window.picture("4-audition")
    check("matey" in heard["pirate"], f"a pirate: {heard}")
    check("matey" not in heard["No state"], f"no pirate without the state: {heard}")


def ask_server(url, path, key, body=None):
    """(status, answer)"""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}{path}", data, {"Content-Type": "application/json"})
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def address(window):
    """Where the server listens; another port where the usual one is taken."""
    use = window.find(BUTTONS, "Use *")
    if use is not None:
        window.click(BUTTONS, "Use *")
    for node in walk(window.application):
        if is_showing(node) and re.fullmatch(r"http://127\.0\.0\.1:\d+/v1", node.get_name() or ""):
            return node.get_name()
    return None


def serve(window, profile):
    window.click(BUTTONS, "Server")
    window.picture("5-off")
    window.click(BUTTONS, "Turn on")
    url = wait_for("the server's address", lambda: address(window))
    window.wait_for_text("● On")
    key = wait_for("the key", lambda: key_of(profile))
    status, _ = ask_server(url, "/models", None)
    check(status == 401, f"401 without the key, found {status}")
    status, answer = ask_server(url, "/chat/completions", key,
                                {"messages": [{"role": "user", "content": QUESTION}], "temperature": 0})
    check(status == 200 and ANSWER in answer["choices"][0]["message"]["content"], f"an answer: {status} {answer}")
    window.wait(CELLS, "POST /v1/chat/completions")
    window.wait(CELLS, "401")
    window.picture("6-answered")
    window.click(BUTTONS, "Turn off")
    window.wait_for_text("○ Off")
    try:
        ask_server(url, "/models", key)
        raise Missing("a closed port")
    except urllib.error.URLError:
        pass


def key_of(profile):
    for folder, _, names in os.walk(profile):
        for name in names:
            if "key" in name:
                with open(f"{folder}/{name}", encoding="utf-8") as file:
                    return file.read().strip()
    return None


def story(window, profile):
    look_at_a_state(window)
    blend(window, profile)
    audition(window)
    serve(window, profile)


sys.exit(play(story, "states were looked at, blended, baked and auditioned; the server answered"))
