"""Completions, embeddings, tokens and responses."""

import base64
import struct

import pytest


def test_completion_defaults_to_sixteen_tokens(client, model):
    answer = client.completions.create(model=model, prompt="The goose is", extra_body={"ignore_eos": True})
    assert answer.usage.completion_tokens == 16 and answer.choices[0].finish_reason == "length"
    assert answer.object == "text_completion" and answer.id.startswith("cmpl-")


def test_prompts_of_texts_and_tokens(client, server, model):
    tokens = server.json("POST", "/tokenize", {"content": "The goose is"})["tokens"]
    answer = client.completions.create(
        model=model, prompt=["The goose is", "A raven is"], n=2, seed=3, temperature=0, max_tokens=8
    )
    texts = [c.text for c in answer.choices]
    assert [c.index for c in answer.choices] == [0, 1, 2, 3]
    assert texts[0] == texts[1] and texts[2] == texts[3] and texts[0] != texts[2]
    by_tokens = client.completions.create(model=model, prompt=tokens, temperature=0, max_tokens=8, echo=True)
    assert by_tokens.choices[0].text == "The goose is" + texts[0]
    assert server.json("POST", "/detokenize", {"tokens": tokens})["content"] == "The goose is"


def test_echo_with_logprobs_scores_the_prompt(client, server, model):
    """The prompt's tokens are as likely as when the same text is generated token by token."""
    ask = dict(model=model, temperature=0, logprobs=2)
    whole = client.completions.create(prompt="The goose is", max_tokens=6, **ask).choices[0]
    text = "The goose is" + whole.text
    scored = client.completions.create(prompt=text, max_tokens=0, echo=True, **ask).choices[0]
    lists = scored.logprobs
    assert scored.text == text == "".join(lists.tokens) and scored.finish_reason == "length"
    assert lists.token_logprobs[0] is None and lists.top_logprobs[0] is None
    assert lists.text_offset == [sum(len(t) for t in lists.tokens[:i]) for i in range(len(lists.tokens))]
    shown = len(whole.logprobs.tokens)
    assert lists.tokens[-shown:] == whole.logprobs.tokens
    assert lists.token_logprobs[-shown:] == pytest.approx(whole.logprobs.token_logprobs, abs=1e-4)
    assert [sorted(t) for t in lists.top_logprobs[-shown:]] == [sorted(t) for t in whole.logprobs.top_logprobs]
    more = client.completions.create(prompt="The goose is", max_tokens=6, echo=True, **ask).choices[0]
    assert more.text == text and more.logprobs.token_logprobs == pytest.approx(lists.token_logprobs, abs=1e-4)
    chunks = list(client.completions.create(prompt=text, max_tokens=2, n=2, echo=True, stream=True, **ask))
    for index in (0, 1):
        mine = [c.choices[0] for c in chunks if c.choices[0].index == index]
        assert mine[0].text == text and mine[0].logprobs.token_logprobs == lists.token_logprobs
        assert mine[1].logprobs.text_offset[0] == len(text)


def test_echo_with_logprobs_of_long_prompts_and_tokens(client, server, model):
    long = "The raven looks at the goose. " * 120  # more than one part
    tokens = server.json("POST", "/tokenize", {"content": long})["tokens"]
    assert len(tokens) > 600
    ask = dict(model=model, max_tokens=0, echo=True, logprobs=0)
    two = client.completions.create(prompt=[tokens, tokens[:-50]], **ask).choices
    assert len(two[0].logprobs.tokens) == len(tokens) and len(two[1].logprobs.tokens) == len(tokens) - 50
    assert two[0].logprobs.token_logprobs[1:-50] == pytest.approx(two[1].logprobs.token_logprobs[1:], abs=1e-4)
    body = {"prompt": [5] * 20000, "max_tokens": 0, "echo": True, "logprobs": 0}
    assert server.json("POST", "/v1/completions", body, status=400)["error"]["param"] == "prompt"
    body["prompt"] = [[5], [5] * 16384]  # one token too many in all
    assert "in all" in server.json("POST", "/v1/completions", body, status=400)["error"]["message"]
    body["prompt"] = [5, 2**30]
    assert server.json("POST", "/v1/completions", body, status=400)


def test_completion_logprobs_and_offsets(client, model):
    answer = client.completions.create(model=model, prompt="The goose is", temperature=0, max_tokens=6, logprobs=2)
    lists = answer.choices[0].logprobs
    assert "".join(lists.tokens) == answer.choices[0].text
    assert lists.text_offset == [sum(len(t) for t in lists.tokens[:i]) for i in range(len(lists.tokens))]
    assert all(len(top) == 2 for top in lists.top_logprobs) and all(p <= 0 for p in lists.token_logprobs)


def test_completion_logprobs_are_of_the_text_and_of_its_tokens(client, model):
    for logprobs in (0, 1):
        ask = dict(model=model, prompt="The goose is", temperature=1, top_p=0.9, max_tokens=30, stop=["e"],
                   logprobs=logprobs)  # fmt: skip
        for seed in range(4):
            choice = client.completions.create(**{**ask, "seed": seed}).choices[0]
            lists = choice.logprobs
            assert "".join(lists.tokens) == choice.text
            for token, logprob, top in zip(lists.tokens, lists.token_logprobs, lists.top_logprobs, strict=True):
                assert top[token] == logprob and len(top) <= logprobs + 1


def test_best_of_returns_the_likeliest(client, model):
    ask = dict(model=model, prompt="The goose is", seed=5, temperature=1.5, top_p=1, max_tokens=8, logprobs=0)
    every = client.completions.create(n=4, **ask).choices
    best = client.completions.create(n=1, best_of=4, **ask).choices

    def mean(choice):
        return sum(choice.logprobs.token_logprobs) / len(choice.logprobs.token_logprobs)

    assert len(best) == 1 and best[0].text == max(every, key=mean).text


def test_completion_stream(client, model):
    ask = dict(model=model, prompt="The goose is", temperature=0, max_tokens=8)
    whole = client.completions.create(**ask).choices[0]
    chunks = list(client.completions.create(stream=True, **ask))
    assert "".join(c.choices[0].text for c in chunks) == whole.text
    assert [c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason] == ["length"]


@pytest.mark.parametrize(
    "change, param",
    [
        ({"suffix": "end"}, "suffix"),
        ({"messages": []}, "messages"),
        ({"tools": []}, "tools"),
        ({"n": 3, "best_of": 2}, "best_of"),
        ({"best_of": 2, "stream": True}, "best_of"),
        ({"logprobs": 21}, "logprobs"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"prompt": [1, -2]}, "prompt"),
        ({"prompt": 7}, "prompt"),
    ],
)
def test_bad_completions_are_refused(server, change, param):
    body = {"prompt": "The goose", "max_tokens": 2, **change}
    assert server.json("POST", "/v1/completions", body, status=400)["error"]["param"] == param


def test_tokens_out_of_the_vocabulary_are_refused(server):
    error = server.json("POST", "/v1/completions", {"prompt": [1, 2**30], "max_tokens": 2}, status=400)["error"]
    assert error["type"] == "invalid_request_error"


def test_embeddings_as_numbers_and_base64(client, server, model):
    numbers = client.embeddings.create(model=model, input=["A goose.", "A raven."], encoding_format="float")
    assert [d.index for d in numbers.data] == [0, 1] and numbers.usage.prompt_tokens > 2
    vector = numbers.data[0].embedding
    assert sum(x * x for x in vector) == pytest.approx(1, abs=1e-4)
    body = {"model": model, "input": ["A goose."], "encoding_format": "base64"}
    text = server.json("POST", "/v1/embeddings", body)["data"][0]["embedding"]
    assert struct.unpack(f"<{len(vector)}f", base64.b64decode(text)) == pytest.approx(vector, abs=1e-6)
    decoded = client.embeddings.create(model=model, input="A goose.")  # asks for base64
    assert decoded.data[0].embedding == pytest.approx(vector, abs=1e-6)
    assert server.json("POST", "/v1/embeddings", {"input": [""]}, status=400)["error"]["param"] == "input[0]"


def test_response_and_its_events(client, model):
    ask = dict(model=model, instructions="Be short.", input="Tell me about geese.", temperature=0)
    whole = client.responses.create(**ask)
    assert whole.object == "response" and whole.status == "completed" and whole.id.startswith("resp_")
    assert whole.output_text and whole.usage.output_tokens > 1
    events = list(client.responses.create(stream=True, **ask))
    assert [e.sequence_number for e in events] == list(range(len(events)))
    types = [e.type for e in events]
    assert types[:4] == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
    ]  # fmt: skip
    assert types[-4:] == [
        "response.output_text.done", "response.content_part.done", "response.output_item.done",
        "response.completed",
    ]  # fmt: skip
    text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert text == whole.output_text == events[-1].response.output_text


def test_response_that_is_cut_is_incomplete(client, model):
    cut = client.responses.create(
        model=model, input=[{"role": "user", "content": [{"type": "input_text", "text": "Tell me about geese."}]}],
        max_output_tokens=16, extra_body={"ignore_eos": True, "stop": []},
    )  # fmt: skip
    assert cut.status == "incomplete" and cut.incomplete_details.reason == "max_output_tokens"


def test_responses_are_not_stored(server):
    body = {"input": "x", "previous_response_id": "resp_1"}
    assert server.json("POST", "/v1/responses", body, status=404)["error"]["param"] == "previous_response_id"
    server.json("GET", "/v1/responses/resp_1", status=404)
    assert server.json("POST", "/v1/responses", {"input": "x", "max_output_tokens": 1}, status=400)
