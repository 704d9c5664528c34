"""Mixes by requests: gates, rules, policies and lanes, and gates that move while an answer is written."""

import json

import pytest
from conftest import ask
from test_lives import open_stream


@pytest.fixture(scope="module")
def mixes(start, pack):
    server = start("--model", "demo", "--states-dir", pack / "states", "--metrics", "--rows", "16")
    files = {"state_filenames": ["pirate.pth", "jp7b-bancho.pth"], "state_gatingweight": ["0.5", "0.5"]}
    server.json("POST", "/mrss_loadstatemodel", {"state_viewname": "two", **files})
    server.json("POST", "/loadstatemodel", {"state_viewname": "pirate", "state_filename": "pirate.pth"})
    server.model = server.json("GET", "/v1/models")["data"][0]["id"]
    return server


def answer(server, state, **more):
    body = {"model": f"{server.model} {state}", "messages": ask("Who are you?"), "seed": 4, "top_p": 0.9, "max_tokens": 48,
            "logprobs": True, "top_logprobs": 3, **more}  # fmt: skip
    choice = server.json("POST", "/v1/chat/completions", body)["choices"][0]
    return choice


@pytest.mark.parametrize("rule", ["logits", "probabilities"])
def test_gates_one_and_zero_are_the_first_voice(mixes, rule):
    alone = answer(mixes, "pirate")
    mixed = answer(mixes, "two", mrss_gatingweight=["1.0", 0], mrss_rule=rule)
    assert mixed["message"] == alone["message"] and mixed["logprobs"] == alone["logprobs"]
    assert mixed.pop("mrss_lane") == [{"token": 0, "gates": [1.0, 0.0]}] and "mrss_lane" not in alone


@pytest.mark.parametrize("kind", ["confidence", "entropy", "agreement"])
def test_a_policys_lane_replays_exactly(mixes, kind):
    plain = answer(mixes, "two")
    followed = answer(mixes, "two", mrss_policy={"kind": kind, "strength": 3})
    assert len(followed["mrss_lane"]) > 1 and followed["logprobs"] != plain["logprobs"]
    replayed = answer(mixes, "two", mrss_lane=followed["mrss_lane"])
    assert replayed["message"] == followed["message"] and replayed["logprobs"] == followed["logprobs"]
    assert replayed["mrss_lane"] == followed["mrss_lane"]


def test_gates_move_while_it_is_written(mixes):
    stream = open_stream(mixes, {"model": mixes.model + " two", "prompt": "The goose", "max_tokens": 600, "seed": 1})
    lines = stream.makefile("rb")
    chunk = next(json.loads(line[6:]) for line in lines if line.startswith(b"data: {"))
    moved = mixes.json("POST", "/mrss_set_gatingweight", {"request": chunk["id"], "state_gatingweight": ["1", "0"]})
    assert moved["status"] == "success" and moved["token"] > 0
    wrong = {"request": chunk["id"], "state_gatingweight": ["1"]}
    mixes.json("POST", "/mrss_set_gatingweight", wrong, status=400)
    chunks = [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]
    lane = chunks[-1]["choices"][0]["mrss_lane"]
    assert lane == [{"token": 0, "gates": [0.5, 0.5]}, {"token": moved["token"], "gates": [1.0, 0.0]}]
    mixes.json("POST", "/mrss_set_gatingweight", wrong, status=404)  # it is over
    stream.close()


def test_gates_of_all_generations_of_an_answer_move(mixes):
    ask_for = {"model": mixes.model + " two", "prompt": "The goose", "max_tokens": 400, "seed": 1, "n": 3, "temperature": 1}
    stream = open_stream(mixes, ask_for)
    lines = stream.makefile("rb")
    chunk = next(json.loads(line[6:]) for line in lines if line.startswith(b"data: {"))
    moved = mixes.json("POST", "/mrss_set_gatingweight", {"request": chunk["id"], "state_gatingweight": ["1", "0"]})
    assert moved["status"] == "success" and moved["token"] > 0
    choices = [json.loads(line[6:])["choices"][0] for line in lines if line.startswith(b"data: {")]
    lanes = {choice["index"]: choice["mrss_lane"] for choice in choices if choice.get("mrss_lane")}
    assert sorted(lanes) == [0, 1, 2]
    assert all(lane[-1]["gates"] == [1.0, 0.0] for lane in lanes.values())
    stream.close()


@pytest.mark.parametrize(
    "field, value, param",
    [
        ("mrss_rule", "sum", "mrss_rule"),
        ("mrss_policy", {"kind": "luck"}, "mrss_policy.kind"),
        ("mrss_policy", {"kind": "entropy", "strength": 11}, "mrss_policy.strength"),
        ("mrss_lane", [{"token": 0}], "mrss_lane"),
        ("mrss_lane", [{"token": 0, "gates": [1, 1], "curve": "round"}], "mrss_lane[0].curve"),
        ("mrss_gatingweight", "1", "mrss_gatingweight"),
        ("mrss_gatingweight", [1, -1], "mrss_gatingweight"),
        ("mrss_lane", [{"token": 0, "gates": [1, -1]}], "mrss_lane"),
        ("mrss_lane", [{"token": 0, "gates": [1]}], "mrss_lane"),
    ],
)
def test_bad_mix_fields_are_named(mixes, field, value, param):
    body = {"model": mixes.model + " two", "messages": ask("Hi"), "max_tokens": 2, field: value}
    assert mixes.json("POST", "/v1/chat/completions", body, status=400)["error"]["param"] == param
    body["model"] = mixes.model  # which is no mix
    assert mixes.json("POST", "/v1/chat/completions", body, status=400)["error"]["param"] == field
