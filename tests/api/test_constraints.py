"""JSON, schemas, grammars and tools."""

import json

import pytest
from conftest import ask

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 20}, "eggs": {"type": "integer"},
                   "colour": {"enum": ["grey", "white"]}},
    "required": ["name", "eggs", "colour"],
    "additionalProperties": False,
}  # fmt: skip
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 12}},
                       "required": ["city"], "additionalProperties": False},
    },
}  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_schema_is_held(client, model, seed):
    answer = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), seed=seed, max_tokens=200,
        response_format={"type": "json_schema", "json_schema": {"name": "bird", "strict": True, "schema": SCHEMA}},
    )  # fmt: skip
    assert answer.choices[0].finish_reason == "stop"
    bird = json.loads(answer.choices[0].message.content)
    assert list(bird) == ["name", "eggs", "colour"] and isinstance(bird["eggs"], int)
    assert bird["colour"] in ("grey", "white") and len(bird["name"]) <= 20


def test_json_object(client, model):
    answer = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), seed=1, max_tokens=400, temperature=0.5,
        response_format={"type": "json_object"},
    )  # fmt: skip
    text = answer.choices[0].message.content
    if answer.choices[0].finish_reason == "stop":
        assert isinstance(json.loads(text), dict)
    else:
        assert text.lstrip().startswith("{")


SCHEMA_FORMAT = {"type": "json_schema", "json_schema": {"name": "bird", "strict": True, "schema": SCHEMA}}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("stop", ["\n\n", "\n", " ", '"', "}"])
def test_stop_strings_end_no_constrained_answer(client, model, stop, seed):
    answer = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), seed=seed, max_tokens=400, stop=[stop],
        response_format=SCHEMA_FORMAT,
    )  # fmt: skip
    assert answer.choices[0].finish_reason == "stop"
    assert list(json.loads(answer.choices[0].message.content)) == ["name", "eggs", "colour"]
    forced = client.chat.completions.create(
        model=model, messages=ask("What is the weather in Rome?"), seed=seed, max_tokens=400, stop=[stop],
        tools=[WEATHER], tool_choice="required", parallel_tool_calls=False,
    )  # fmt: skip
    assert json.loads(forced.choices[0].message.tool_calls[0].function.arguments)["city"] is not None


@pytest.mark.parametrize("seed", range(4))
def test_end_of_the_model_ends_no_constrained_answer(start, pack, seed):
    server = start("--models-dir", pack / "models", "--states-dir", pack / "states", "--rows", "4")
    model = "models/RWKV-x060-World-1B6-v2.1-20240328-ctx4096.pth"
    server.json("POST", "/loadmodel", {"model_filename": model, "model_viewname": "goose", "endtoken": "\\n\\n"})
    answer = server.client().chat.completions.create(
        model="goose", messages=ask("Tell me about geese."), seed=seed, max_tokens=400, response_format=SCHEMA_FORMAT
    )
    assert list(json.loads(answer.choices[0].message.content)) == ["name", "eggs", "colour"]


def test_grammar(client, model):
    answer = client.chat.completions.create(
        model=model, messages=ask("Is a goose a bird?"), extra_body={"grammar": 'root ::= "yes" | "no, never"'}
    )
    assert answer.choices[0].message.content in ("yes", "no, never")
    text = client.completions.create(model=model, prompt="1, 2, 3", extra_body={"grammar": "root ::= [0-9]{4}"})
    assert len(text.choices[0].text) == 4 and text.choices[0].text.isdigit()


@pytest.mark.parametrize(
    "change",
    [
        {"response_format": {"type": "json_schema"}},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "wizard"}}}},
        {"grammar": "root ::= ("},
        {"grammar": "(" * 60000},
        {"grammar": 'root ::= "a"', "response_format": {"type": "json_object"}},
        {"tools": [{"type": "magic"}]},
        {"tools": [{"type": "function", "function": {"name": "a b"}}]},
        {"tools": [WEATHER], "tool_choice": "sometimes"},
        {"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "other"}}},
    ],
)
def test_bad_constraints_are_refused(server, change):
    for stream in (False, True):
        body = {"messages": ask("Hi"), "max_tokens": 4, "stream": stream, **change}
        error = server.json("POST", "/v1/chat/completions", body, status=400)["error"]
        assert error["type"] == "invalid_request_error" and error["message"]


def test_ambiguity_is_refused(server):
    rules = ['root ::= "x" r0'] + [f'r{i} ::= "a" r{i + 1} | r{i + 1} "b"' for i in range(500)] + ['r500 ::= "c"']
    body = {"prompt": "Hi", "max_tokens": 9, "grammar": "\n".join(rules)}
    assert "too ambiguous" in server.json("POST", "/v1/completions", body, status=400)["error"]["message"]
    assert server.json("POST", "/v1/completions", {"prompt": "Hi", "max_tokens": 4})["choices"][0]["text"]


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "weather"}}])
def test_forced_calls(client, model, choice):
    ask_for = dict(model=model, messages=ask("What is the weather in Rome?"), tools=[WEATHER], tool_choice=choice,
                   parallel_tool_calls=False, seed=4, max_tokens=200)  # fmt: skip
    answer = client.chat.completions.create(**ask_for)
    choice_ = answer.choices[0]
    assert choice_.finish_reason == "tool_calls" and choice_.message.content is None
    (call,) = choice_.message.tool_calls
    assert call.type == "function" and call.function.name == "weather" and call.id
    assert isinstance(json.loads(call.function.arguments)["city"], str)

    name = arguments = ""
    for chunk in client.chat.completions.create(stream=True, **ask_for):
        for delta in chunk.choices[0].delta.tool_calls or []:
            name += delta.function.name or ""
            arguments += delta.function.arguments or ""
    assert name == "weather" and arguments == call.function.arguments

    after = client.chat.completions.create(
        model=model, tools=[WEATHER], max_tokens=8,
        messages=[*ask("What is the weather in Rome?"),
                  {"role": "assistant", "content": None, "tool_calls": [call.model_dump()]},
                  {"role": "tool", "tool_call_id": call.id, "content": "Sunny"}],
    )  # fmt: skip
    assert after.usage.prompt_tokens > answer.usage.prompt_tokens


def test_no_calls_where_none_are_wanted(client, model):
    plain = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), temperature=0, max_tokens=30
    )
    none = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), temperature=0, max_tokens=30, tools=[WEATHER],
        tool_choice="none",
    )  # fmt: skip
    assert none.choices[0].message.content == plain.choices[0].message.content


def test_calls_in_responses(client, model):
    tool = {"type": "function", **WEATHER["function"]}
    answer = client.responses.create(
        model=model, input="What is the weather in Rome?", tools=[tool], tool_choice="required",
        parallel_tool_calls=False, extra_body={"seed": 4},
    )  # fmt: skip
    (call,) = [item for item in answer.output if item.type == "function_call"]
    assert call.name == "weather" and isinstance(json.loads(call.arguments), dict)
