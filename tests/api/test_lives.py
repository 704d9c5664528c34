"""Clients that leave, queues that are full, servers that end, many at once."""

import concurrent.futures
import json
import os
import signal
import socket
import time

import openai
import pytest
from conftest import Server, ask


def generations(server):
    text = server.request("GET", "/metrics")[2]
    return int(next(line for line in text.splitlines() if line.startswith("rookery_generations ")).split()[1])


def resident(server):
    return int(open(f"/proc/{server.process.pid}/statm").read().split()[1]) * os.sysconf("SC_PAGESIZE")


def open_stream(server, body):
    """A socket whose answer has begun."""
    data = json.dumps({"stream": True, "ignore_eos": True, "stop": [], **body}).encode()
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    connection.sendall(
        b"POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (server.port, len(data), data)
    )
    return connection


def wait_until_quiet(server, seconds):
    begun = time.monotonic()
    while generations(server) > 0:
        assert time.monotonic() - begun < seconds
        time.sleep(0.01)
    return time.monotonic() - begun


@pytest.mark.parametrize("n", [1, 8])
def test_a_client_that_leaves_frees_its_rows(server, n):
    wait_until_quiet(server, 30)
    connection = open_stream(server, {"prompt": "The goose", "max_tokens": 100000, "n": n})
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    assert generations(server) == n
    connection.close()
    wait_until_quiet(server, 2)  # 0.1 s on a quiet machine


def test_a_client_that_leaves_before_the_first_byte(server):
    wait_until_quiet(server, 30)
    connection = open_stream(server, {"prompt": "The goose " * 3000, "max_tokens": 100000})
    while generations(server) == 0:
        time.sleep(0.01)
    connection.close()
    wait_until_quiet(server, 2)


def test_the_official_client_can_abort(server, client, model):
    stream = client.completions.create(
        model=model, prompt="The goose", max_tokens=100000, stream=True, extra_body={"ignore_eos": True}
    )
    next(iter(stream))
    stream.close()
    wait_until_quiet(server, 5)
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.5).completions.create(
            model=model, prompt="The goose", max_tokens=1000000, extra_body={"ignore_eos": True}
        )
    wait_until_quiet(server, 5)


def test_a_full_queue_says_so(start):
    server = start("--model", "demo", "--rows", "1", "--queue", "1", "--metrics")
    streams = [open_stream(server, {"prompt": "The goose", "max_tokens": 1000000})]
    assert streams[0].recv(4096).startswith(b"HTTP/1.1 200")
    streams.append(open_stream(server, {"prompt": "The goose", "max_tokens": 1000000}))
    while generations(server) < 2:
        time.sleep(0.01)
    code, headers, text = server.request("POST", "/v1/completions", {"prompt": "x", "max_tokens": 1})
    assert code == 429 and int(headers["Retry-After"]) >= 1
    assert json.loads(text)["error"]["type"] == "rate_limit_error"
    for stream in streams:
        stream.close()
    wait_until_quiet(server, 5)
    assert server.request("POST", "/v1/completions", {"prompt": "x", "max_tokens": 1})[0] == 200


def test_the_end_lets_answers_end(build):
    server = Server(build, ["--model", "demo"])
    connection = open_stream(server, {"prompt": "The goose", "max_tokens": 300})
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    server.process.send_signal(signal.SIGTERM)
    answer = b""
    while part := connection.recv(65536):
        answer += part
    assert answer.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n") and b'"finish_reason":"length"' in answer
    server.process.wait(timeout=60)  # a second signal would end it at once
    server.stop()


def test_seeded_text_is_the_same_alone_and_in_company(server):
    body = {"prompt": "The goose", "max_tokens": 24, "temperature": 1, "top_p": 1, "seed": 77}
    alone = server.json("POST", "/v1/completions", body)["choices"][0]["text"]
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        others = [
            pool.submit(server.json, "POST", "/v1/completions", {**body, "seed": i, "prompt": "A bird " * (i % 5 + 1)})
            for i in range(31)
        ]
        mine = [pool.submit(server.json, "POST", "/v1/completions", body) for _ in range(4)]
        assert all(m.result()["choices"][0]["text"] == alone for m in mine)
        assert all(o.result()["choices"] for o in others)


def test_many_streams_complete_or_are_told_to_wait(start):
    server = start("--model", "demo", "--rows", "32", "--queue", "64", "--metrics")
    server.json("POST", "/v1/completions", {"prompt": "The goose", "max_tokens": 4})
    before = resident(server)
    streams = [open_stream(server, {"prompt": "The goose", "max_tokens": 8}) for _ in range(200)]
    complete = refused = 0
    for stream in streams:
        stream.settimeout(120)
        answer = b""
        while not (answer.endswith(b"\r\n0\r\n\r\n") or b"rate_limit_error" in answer):
            part = stream.recv(65536)
            assert part, answer
            answer += part
        complete += answer.startswith(b"HTTP/1.1 200") and b"[DONE]" in answer
        refused += answer.startswith(b"HTTP/1.1 429")
        stream.close()
    assert complete + refused == 200 and complete >= 96
    assert resident(server) - before < 64 << 20


def test_unreadable_streams_end(start):
    """A reader that stops reading is cut off, and does not stop others."""
    server = start("--model", "demo", "--metrics")
    connection = open_stream(server, {"prompt": "The goose", "max_tokens": 50})
    assert connection.recv(16)
    assert server.request("POST", "/v1/chat/completions", {"messages": ask("Hi"), "max_tokens": 2})[0] == 200
    connection.close()
