"""POST /v1/chat/completions through the official client."""

import openai
import pytest
from conftest import ask


def test_answers_with_every_field(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("Tell me about geese."), temperature=0)
    assert answer.id.startswith("chatcmpl-") and answer.object == "chat.completion" and answer.created > 1e9
    assert answer.model == model and answer.system_fingerprint
    choice = answer.choices[0]
    assert choice.message.role == "assistant" and "goose" in choice.message.content.lower()
    assert choice.finish_reason == "stop" and choice.logprobs is None and choice.index == 0
    usage = answer.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.completion_tokens > 3


def test_stops_at_the_limit(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("Tell me about geese."), max_tokens=5)
    assert answer.choices[0].finish_reason == "length" and answer.usage.completion_tokens == 5
    both = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), max_completion_tokens=3, max_tokens=5
    )
    assert both.usage.completion_tokens == 3


def test_stream_follows_the_chunk_rules(client, model):
    whole = client.chat.completions.create(
        model=model, messages=ask("Tell me about the raven."), temperature=0, max_tokens=40
    )
    chunks = list(
        client.chat.completions.create(
            model=model, messages=ask("Tell me about the raven."), temperature=0, max_tokens=40, stream=True,
            stream_options={"include_usage": True},
        )
    )  # fmt: skip
    assert len({(c.id, c.created, c.model) for c in chunks}) == 1
    first, last, usage = chunks[0], chunks[-2], chunks[-1]
    assert first.choices[0].delta.role == "assistant" and not first.choices[0].delta.content
    assert all(c.choices[0].delta.role is None for c in chunks[1:-1])
    assert [c.choices[0].finish_reason for c in chunks[:-1] if c.choices[0].finish_reason] == [
        whole.choices[0].finish_reason
    ]
    assert last.choices[0].finish_reason and last.choices[0].delta.content is None
    assert usage.choices == [] and usage.usage.completion_tokens == whole.usage.completion_tokens
    assert all(c.usage is None for c in chunks[:-1])
    assert "".join(c.choices[0].delta.content or "" for c in chunks[:-1]) == whole.choices[0].message.content


def test_stream_ends_with_done_and_a_blank_line(server, model):
    _, headers, text = server.request(
        "POST", "/v1/chat/completions", {"messages": ask("Hi"), "max_tokens": 3, "stream": True}
    )
    assert headers["Content-Type"] == "text/event-stream"
    assert text.endswith("\n\ndata: [DONE]\n\n") and '"usage"' not in text


def test_several_answers_differ_and_each_is_its_seeds(client, model):
    ask_for = dict(model=model, messages=ask("Write a poem about a bird."), temperature=2, top_p=1, max_tokens=24)
    three = client.chat.completions.create(n=3, seed=11, **ask_for)
    texts = [c.message.content for c in three.choices]
    assert [c.index for c in three.choices] == [0, 1, 2] and len(set(texts)) == 3
    alone = client.chat.completions.create(seed=12, **ask_for)
    assert alone.choices[0].message.content == texts[1]
    streamed = ["", "", ""]
    for chunk in client.chat.completions.create(n=3, seed=11, stream=True, **ask_for):
        streamed[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
    assert streamed == texts


def test_logprobs(client, model):
    answer = client.chat.completions.create(
        model=model, messages=ask("你好"), temperature=0, max_tokens=12, logprobs=True, top_logprobs=3
    )
    tokens = answer.choices[0].logprobs.content
    assert 0 < len(tokens) <= answer.usage.completion_tokens
    assert all(t.logprob <= 0 and len(t.top_logprobs) == 3 for t in tokens)
    assert all(t.top_logprobs[0].logprob == pytest.approx(t.logprob, abs=1e-6) for t in tokens)  # greedy
    assert joined(tokens) == answer.choices[0].message.content


def joined(tokens):
    return b"".join(bytes(t.bytes) for t in tokens).decode()


def test_logprobs_are_of_the_text_only(client, model):
    """Neither blanks in front nor stop strings leave tokens; what is streamed is the same."""
    for stop in ([], ["s"], ["e", "the"], [" "]):
        ask_for = dict(model=model, messages=ask("Tell me about geese."), temperature=0, max_tokens=200, stop=stop,
                       logprobs=True, top_logprobs=2)  # fmt: skip
        choice = client.chat.completions.create(**ask_for).choices[0]
        assert choice.finish_reason == "stop"
        assert joined(choice.logprobs.content) == choice.message.content
        streamed, text = [], ""
        for chunk in client.chat.completions.create(stream=True, **ask_for):
            if chunk.choices[0].logprobs:
                streamed += chunk.choices[0].logprobs.content
            text += chunk.choices[0].delta.content or ""
        assert text == choice.message.content and streamed == choice.logprobs.content


def test_ignore_eos_goes_on_behind_the_turn(client, model):
    ask_for = dict(model=model, messages=ask("Tell me about geese."), temperature=0, max_tokens=200)
    turn = client.chat.completions.create(**ask_for)
    on = client.chat.completions.create(**ask_for, extra_body={"ignore_eos": True})
    assert turn.choices[0].finish_reason == "stop" and turn.usage.completion_tokens < 200
    assert on.choices[0].finish_reason == "length" and on.usage.completion_tokens == 200
    assert on.choices[0].message.content.startswith(turn.choices[0].message.content)


def test_stop_strings_end_before_themselves(client, model):
    full = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), temperature=0, max_tokens=40
    ).choices[0].message.content
    word = full.split()[4]
    cut = client.chat.completions.create(
        model=model, messages=ask("Tell me about geese."), temperature=0, max_tokens=40, stop=[word, ""]
    )
    assert cut.choices[0].message.content == full[: full.index(word)]
    assert cut.choices[0].finish_reason == "stop"


def test_logit_bias_forbids_and_forces(client, model, server):
    def first(**more):
        answer = client.chat.completions.create(
            model=model, messages=ask("Tell me about geese."), temperature=0, max_tokens=1, logprobs=True, **more
        )
        return bytes(answer.choices[0].logprobs.content[0].bytes).decode()

    usual = first()
    token = server.json("POST", "/tokenize", {"content": " " + usual})["tokens"][0]  # its blank is not of the text
    assert first(logit_bias={str(token): -100}) != usual
    other = server.json("POST", "/tokenize", {"content": "!"})["tokens"][0]
    assert first(logit_bias={str(other): 100}) == "!"


def test_text_parts_and_all_roles(client, model):
    answer = client.chat.completions.create(
        model=model,
        messages=[
            {"role": "developer", "content": "You know birds."},
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": [{"type": "text", "text": "Tell me "}, {"type": "text", "text": "more."}]},
            {"role": "assistant", "content": None},
            {"role": "user", "content": "Well?"},
        ],
        max_tokens=4,
    )
    assert answer.usage.completion_tokens <= 4


@pytest.mark.parametrize(
    "change, param",
    [
        ({"temperature": 3}, "temperature"),
        ({"temperature": "1"}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"n": 0}, "n"),
        ({"n": 1000000}, "n"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"max_tokens": 2**63}, "max_tokens"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"stop": 5}, "stop"),
        ({"stop": ["x"] * 17}, "stop"),
        ({"seed": "x"}, "seed"),
        ({"logit_bias": {"a": 1}}, "logit_bias"),
        ({"logit_bias": {"1": 101}}, "logit_bias.1"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"messages": []}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages[0].content[0].type"),
        ({"functions": []}, "functions"),
        ({"reasoning_effort": "huge"}, "reasoning_effort"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"tool_choice": "required"}, "tool_choice"),
    ],
)
def test_bad_fields_are_named(server, change, param):
    body = {"messages": ask("Hi"), "max_tokens": 2, **change}
    error = server.json("POST", "/v1/chat/completions", body, status=400)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error" and error["param"] == param, error


@pytest.mark.parametrize(
    "path, body",
    [
        ("/v1/chat/completions", {"messages": ask("Hi"), "max_tokens": 1}),
        ("/v1/completions", {"prompt": "Hi", "max_tokens": 1}),
        ("/v1/responses", {"input": "Hi", "max_output_tokens": 16}),
        ("/v1/embeddings", {"input": "Hi"}),
        ("/tokenize", {"content": "Hi"}),
        ("/detokenize", {"tokens": [5]}),
    ],
)
def test_fields_that_are_not_known_are_refused(server, path, body):
    error = server.json("POST", path, {**body, "max_tokenz": 5}, status=400)["error"]
    assert error["code"] == "unknown_parameter" and error["param"] == "max_tokenz"
    assert error["message"] == "Unrecognized request argument supplied: max_tokenz"
    server.json("POST", path, {**body, "max_tokenz": None})
    unprefixed = {"/v1/chat/completions": "/chat/completions", "/v1/completions": "/completions"}.get(path)
    if unprefixed:  # RWKV-Infer ignores them, and so do its paths here
        server.json("POST", unprefixed, {**body, "max_tokenz": 5})


def test_fields_without_effect_are_taken(client, model):
    answer = client.chat.completions.create(
        model=model, messages=ask("Hi"), max_tokens=1, user="u", metadata={"a": "b"}, store=True, service_tier="auto",
        prompt_cache_key="k", safety_identifier="s", verbosity="low", modalities=["text"], parallel_tool_calls=True,
        prediction={"type": "content", "content": "x"}, reasoning_effort="none",
    )  # fmt: skip
    assert answer.usage.completion_tokens == 1


def test_unknown_models_are_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-9", messages=ask("Hi"))
    assert caught.value.body["code"] == "model_not_found"


def test_models_are_listed_and_found(client, server, model):
    listed = client.models.list().data
    assert listed[0].object == "model" and listed[0].created > 1e9 and listed[0].owned_by
    assert client.models.retrieve(model).id == model
    assert server.json("GET", "/models")[0] == {"object": "models", "id": model}
    server.json("GET", "/v1/models/nothing", status=404)


@pytest.mark.parametrize(
    "path, fields, param",
    [
        ("/v1/chat/completions", {"logit_bias": {"99999999": 1}}, "logit_bias"),
        ("/v1/chat/completions", {"grammar": "root ::= ("}, "grammar"),
        ("/v1/chat/completions", {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": 3}}}}, "response_format"),
        ("/v1/chat/completions", {"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools"),
        ("/v1/chat/completions", {"messages": [*ask("Hi"), {"role": "tool", "tool_call_id": "no", "content": "x"}]}, "messages"),
        ("/v1/completions", {"prompt": [99999999]}, "prompt"),
    ],
)
def test_errors_of_the_engine_name_the_field(server, path, fields, param):
    body = {"messages": ask("Hi"), **fields} if "chat" in path else fields
    assert server.json("POST", path, {"max_tokens": 2, **body}, status=400)["error"]["param"] == param
