"""States by name."""

import json

from conftest import ask


def test_states_are_kept_forked_saved_and_forgotten(server, pack):
    body = {"messages": ask("My name is Ada."), "temperature": 0, "max_tokens": 12}
    first = server.json("POST", "/v1/chat/completions", {**body, "save_state": "talk"})
    listed = {s["id"]: s for s in server.json("GET", "/v1/states")["data"]}
    assert listed["talk"]["tokens"] >= first["usage"]["prompt_tokens"]
    assert server.json("POST", "/v1/states/talk/fork", {"name": "other talk"})["id"] == "other talk"
    more = {"messages": ask("What is my name?"), "temperature": 0, "max_tokens": 12}
    from_state = server.json("POST", "/v1/chat/completions", {**more, "state": "talk"})
    assert from_state["usage"]["prompt_tokens"] > first["usage"]["prompt_tokens"]
    forked = server.json("POST", "/v1/chat/completions", {**more, "state": "other talk"})
    assert forked["choices"][0]["message"]["content"] == from_state["choices"][0]["message"]["content"]

    saved = server.json("POST", "/v1/states/talk/save", {"filename": "talk.state", "note": "Ada"})
    assert saved["bytes"] == (pack / "states" / "talk.state").stat().st_size
    again = {"filename": "talk.state", "note": "x" * 100}
    assert server.json("POST", "/v1/states/talk/save", again, status=400)["error"]["code"] == "file_exists"
    assert saved["bytes"] == (pack / "states" / "talk.state").stat().st_size
    server.json("POST", "/v1/states/talk/save", {**again, "overwrite": True, "note": "Ada"})
    tuned = (pack / "states" / "pirate.pth").read_bytes()
    for name in ("pirate.pth", ".bashrc", "sub\\n.state", "n\n.state", ".n.state"):
        for overwrite in (False, True):
            body = {"filename": name, "overwrite": overwrite}
            assert server.json("POST", "/v1/states/talk/save", body, status=400)["error"]["param"] == "filename"
    assert (pack / "states" / "pirate.pth").read_bytes() == tuned
    assert server.json("DELETE", "/v1/states/talk")["deleted"] is True
    server.json("POST", "/v1/chat/completions", {**more, "state": "talk"}, status=404)
    opened = server.json("POST", "/v1/states", {"name": "again", "filename": "talk.state"})
    assert 0 <= listed["talk"]["tokens"] - opened["tokens"] <= 1  # the last one may not have been read yet
    again = server.json("POST", "/v1/chat/completions", {**more, "state": "again"})
    assert again["choices"][0]["message"]["content"] == from_state["choices"][0]["message"]["content"]
    server.json("DELETE", "/v1/states/again")
    server.json("DELETE", "/v1/states/other%20talk")
    server.json("DELETE", "/v1/states/again", status=404)


def test_states_that_are_kept_have_a_limit(start):
    server = start("--model", "demo", "--metrics", "--state-bytes", "4000000")
    body = {"prompt": "The goose", "max_tokens": 2}
    kept = 0
    for kept in range(1000):
        code, _, text = server.request("POST", "/v1/completions", {**body, "save_state": f"s{kept}"})
        if code != 200:
            break
        server.json("POST", f"/v1/states/s{kept}/fork", {"name": f"fork {kept}"})  # costs nothing
    assert code == 400 and json.loads(text)["error"]["code"] == "too_many_states" and kept >= 1
    stream = server.request("POST", "/v1/completions", {**body, "save_state": "x", "stream": True})
    assert stream[0] == 400
    figures = dict(line.split() for line in server.request("GET", "/metrics")[2].splitlines() if " " in line and "{" not in line and line[0] != "#")  # fmt: skip
    assert int(figures["rookery_states"]) == 2 * kept and 0 < int(figures["rookery_state_bytes"]) <= 4000000
    server.json("DELETE", "/v1/states/s0")
    server.json("DELETE", "/v1/states/fork%200")
    server.json("POST", "/v1/completions", {**body, "save_state": "x"})


def test_states_are_not_written_elsewhere(server, pack):
    server.json("POST", "/v1/completions", {"prompt": "The goose", "max_tokens": 2, "save_state": "s"})
    for name in ("../x.state", "/tmp/x.state", "nowhere/x.state", "..", "link.pth/x", ""):
        server.json("POST", "/v1/states/s/save", {"filename": name}, status=400)
    assert not (pack / "x.state").exists()
    server.json("POST", "/v1/completions", {"prompt": "x", "n": 2, "save_state": "s"}, status=400)
    server.json("DELETE", "/v1/states/s")
