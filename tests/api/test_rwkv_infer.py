"""The interface of RWKV-Infer, and the curl lines of its documents."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import threading

import pytest
from conftest import ask

BASE = "RWKV x060 1B6 Base"
FILE = "models/RWKV-x060-World-1B6-v2.1-20240328-ctx4096.pth"


@pytest.fixture(scope="module")
def empty(start, pack):
    """A server without a model, as RWKV-Infer begins."""
    return start("--models-dir", pack / "models", "--states-dir", pack / "states", "--adapters-dir",
                 pack / "adapters", "--rows", "16")  # fmt: skip


def load(server, **more):
    return server.json("POST", "/loadmodel", {"model_filename": FILE, "model_viewname": BASE, **more})


def chat(server, model, path="/chat/completions", status=200, **more):
    body = {"model": model, "messages": ask("Tell me about geese."), "max_tokens": 24, "temperature": "0", **more}
    return server.json("POST", path, body, status=status)


def test_without_a_model(empty):
    assert empty.json("GET", "/models") == []
    assert empty.json("GET", "/healthcheck") == {"message": "ok", "status_code": 200}
    assert empty.json("GET", "/health")["status"] == "no model"
    chat(empty, BASE, status=404)
    for path, body in (("/tokenize", {"content": "x"}), ("/detokenize", {"tokens": [1]})):
        error = empty.json("POST", path, body, status=404)["error"]
        assert error["code"] == "model_not_found" and "/" not in error["message"]


def test_a_device_that_is_not_there_is_the_requests_fault(empty):
    error = empty.json("POST", "/loadmodel", {"model_filename": FILE, "model_strategy": "cuda:7 fp16"}, status=400)["error"]
    assert error["param"] == "model_strategy" and "cuda:7" in error["message"]
    assert empty.json("POST", "/loadmodel", {"model_filename": FILE, "model_strategy": "fp99"}, status=400)["error"]["param"] == "model_strategy"


def test_every_curl_line_of_the_documents(empty):
    shared = pathlib.Path(os.environ.get("ROOKERY_SHARED", pathlib.Path(__file__).parents[2] / ".." / "shared"))
    files = sorted((shared / "seeds").glob("*.txt")) if (shared / "seeds").is_dir() else []
    if not files:
        pytest.skip("the documents are not here")
    lines = [line for f in files for line in f.read_text().splitlines() if line.startswith("curl http://127.0.0.1:9000")]
    assert len(lines) >= 10
    for line in lines:
        words = shlex.split(line.replace(":9000", f":{empty.port}", 1))
        answer = json.loads(subprocess.run([*words, "-s", "--noproxy", "*"], capture_output=True, text=True).stdout)
        if "-X GET" in line:
            assert [m["id"] for m in answer] == [BASE] and set(answer[0]) == {"object", "id"}
        else:
            assert answer == {"status": "success"}, f"{line}: {answer}"


def test_loading_names_and_defaults(empty):
    assert load(empty, default_temperature="1.0", default_top_p="0.3", endtoken="\\n\\n") == {"status": "success"}
    assert empty.json("GET", "/models") == [{"object": "models", "id": BASE}]
    answer = chat(empty, BASE)
    assert answer["choices"][0]["message"]["role"] == "assistant" and answer["usage"]["completion_tokens"] > 1
    strict = {"model": BASE, "messages": ask("Hi"), "temperature": "0"}
    assert empty.json("POST", "/v1/chat/completions", strict, status=400)["error"]["param"] == "temperature"
    done = empty.json("POST", "/completions", {"model": BASE, "prompt": "A goose", "max_tokens": "4", "stop": None})
    assert done["usage"]["completion_tokens"] <= 4
    chat(empty, "nothing", status=404)


def test_a_failed_load_keeps_the_model(empty, pack):
    load(empty)
    (pack / "models" / "broken.pth").write_bytes(b"no model")
    for name in ("broken.pth", "missing.pth", "../models/broken.pth"):
        body = {"model_filename": name, "model_viewname": "other"}
        assert "error" in empty.json("POST", "/loadmodel", body, status=400)
    assert empty.json("GET", "/models") == [{"object": "models", "id": BASE}]
    chat(empty, BASE)


@pytest.mark.parametrize("strategy", ["bf16", "fp16", "int8", "fp16i8", "fp8", "nf4", "attn_int8_ffn_int4", "None", ""])
def test_strategies_by_their_names(empty, strategy):
    assert load(empty, model_strategy=strategy) == {"status": "success"}
    assert "goose" in chat(empty, BASE)["choices"][0]["message"]["content"].lower()


def test_adapters(empty):
    load(empty)
    plain = chat(empty, BASE)["choices"][0]["message"]["content"]
    load(empty, adapter_filename="adapters/rwkv-9-bone.pth", adapter_mode="bone", adapter_scaling="1.0")
    assert chat(empty, BASE)["choices"][0]["message"]["content"] != plain
    body = {"model_filename": FILE, "adapter_filename": "adapters/rwkv-9-bone.pth", "adapter_mode": "magic"}
    assert empty.json("POST", "/loadmodel", body, status=400)["error"]["param"] == "adapter_mode"


def test_states_are_models(empty):
    load(empty)
    plain = chat(empty, BASE)["choices"][0]["message"]["content"]
    body = {"state_filename": "pirate.pth", "state_viewname": "Pirate Test", "default_temperature": "1.0"}
    assert empty.json("POST", "/loadstatemodel", body) == {"status": "success"}
    ids = [m["id"] for m in empty.json("GET", "/models")]
    assert ids == [BASE, BASE + " Pirate Test"]
    assert empty.client().models.retrieve(ids[1]).id == ids[1]
    spoken = chat(empty, ids[1])["choices"][0]["message"]["content"]
    assert spoken != plain
    assert empty.json("POST", "/removestatemodel", {"dummy": "dummy"}) == {"status": "success"}
    chat(empty, ids[1], status=404)


def test_mixes(empty):
    load(empty)
    files = ["states/pirate.pth", "states/ojousama2.pth"]
    body = {"state_viewname": "Mix", "state_filenames": files, "contain_originalstate": "True",
            "state_gatingweight": ["1.0", "0", "0.0"], "default_top_p": "0.8"}  # fmt: skip
    assert empty.json("POST", "/mrss_loadstatemodel", body) == {"status": "success"}
    empty.json("POST", "/loadstatemodel", {"state_filename": "pirate.pth", "state_viewname": "Pirate"})
    model, original = BASE + " Mix", chat(empty, BASE)["choices"][0]["message"]["content"]
    pirate = chat(empty, BASE + " Pirate")["choices"][0]["message"]["content"]
    assert chat(empty, model)["choices"][0]["message"]["content"] == pirate
    gates = chat(empty, model, mrss_gatingweight=["0", "0", "1"])
    assert gates["choices"][0]["message"]["content"] == original
    change = {"state_viewname": "Mix", "state_gatingweight": ["0", "0", "2"]}
    assert empty.json("POST", "/mrss_set_gatingweight", change) == {"status": "success"}
    assert chat(empty, model)["choices"][0]["message"]["content"] == original
    for wrong in (["1", "2"], ["1", "-1", "0"], ["x", "1", "1"], "1"):
        change["state_gatingweight"] = wrong
        empty.json("POST", "/mrss_set_gatingweight", change, status=400)
    chat(empty, BASE, mrss_gatingweight=["1"], status=400)
    error = empty.json("POST", "/v1/embeddings", {"model": model, "input": "x"}, status=400)["error"]
    assert error["param"] == "model" and "mix" in error["message"]
    for name in (" ", " x", "x "):
        empty.json("POST", "/loadstatemodel", {"state_filename": "pirate.pth", "state_viewname": name}, status=400)
    empty.json("POST", "/mrss_set_gatingweight", {**change, "state_viewname": "no"}, status=404)
    empty.json("POST", "/mrss_loadstatemodel", {**body, "state_filenames": []}, status=400)


def test_loading_goes_on_beside_other_requests(empty):
    load(empty)
    slow = threading.Thread(target=load, args=(empty,))
    slow.start()
    codes = set()
    while slow.is_alive():
        codes.add(empty.request("GET", "/healthcheck")[0])
    slow.join()
    assert codes == {200}


def test_removing_the_model(empty):
    load(empty)
    assert empty.json("POST", "/removemodel") == {"status": "success"}
    assert empty.json("GET", "/models") == []
    chat(empty, BASE, status=404)
    empty.json("POST", "/removemodel", status=404)


def test_a_strange_list_of_seeds_is_not_needed(empty):
    assert not re.search("appkill", json.dumps(empty.json("GET", "/openapi.json")))
