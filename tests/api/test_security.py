"""What the endpoint refuses, with raw sockets."""

import json
import resource
import socket
import subprocess
import time

import pytest
from conftest import Server, ask


def head(server, *lines, host=None):
    return ("\r\n".join([*lines, f"Host: {host or f'127.0.0.1:{server.port}'}"]) + "\r\n\r\n").encode()


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_loopback_hosts_pass(server, name):
    host = f"{name}:{server.port}"
    assert status(server.raw(head(server, "GET /health HTTP/1.1", "Connection: close", host=host))) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "0.0.0.0:{port}",
             "printer.local:{port}", "127.0.0.1:{port}.evil.example", "user@127.0.0.1:{port}", " "],
)  # fmt: skip
def test_other_hosts_do_not(server, host):
    answer = server.raw(head(server, "GET /health HTTP/1.1", host=host.format(port=server.port)), timeout=2)
    assert status(answer) in (400, 403) and b"Access-Control" not in answer


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://", "http://127.0.0.1:{port}",
                                    "chrome-extension://abc"])  # fmt: skip
def test_origins_are_refused(server, origin):
    answer = server.raw(
        head(server, "GET /v1/models HTTP/1.1", "Origin: " + origin.format(port=server.port)), timeout=2
    )
    assert status(answer) == 403 and b"Access-Control" not in answer


def test_listed_origins_pass(start):
    server = start("--model", "demo", "--origin", "https://chat.example")
    answer = server.raw(
        head(server, "GET /v1/models HTTP/1.1", "Origin: https://chat.example", "Connection: close")
    )
    assert status(answer) == 200 and b"Access-Control-Allow-Origin: https://chat.example\r\n" in answer
    assert b"Vary: Origin" in answer and b"Allow-Credentials" not in answer
    preflight = server.raw(
        head(server, "OPTIONS /v1/models HTTP/1.1", "Origin: https://chat.example", "Connection: close",
             "Access-Control-Request-Method: POST")
    )  # fmt: skip
    assert status(preflight) == 204 and b"Access-Control-Expose-Headers: Retry-After\r\n" in answer
    for asked, allowed in (("authorization,x-stainless-os, x-stainless-retry-count",) * 2,
                           ("a;b", "Authorization, Content-Type")):  # fmt: skip
        preflight = server.raw(
            head(server, "OPTIONS /v1/chat/completions HTTP/1.1", "Origin: https://chat.example", "Connection: close",
                 "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: " + asked)
        )  # fmt: skip
        assert f"Access-Control-Allow-Headers: {allowed}\r\n".encode() in preflight
    other = server.raw(head(server, "GET /v1/models HTTP/1.1", "Origin: https://chat.example.evil"), timeout=2)
    assert status(other) == 403


def test_key_is_needed_before_the_body_is_read(start, tmp_path):
    file = tmp_path / "key.txt"
    server = start("--model", "demo", "--api-key-file", file)
    key = file.read_text().strip()
    assert len(key) == 64 and file.stat().st_mode & 0o777 == 0o600
    for given in ("", "Bearer x", "Bearer " + key[:-1], "Bearer " + key + "0", "Basic " + key, "Bearer " + "x" * 600):
        answer = server.raw(
            head(server, "POST /v1/chat/completions HTTP/1.1", "Content-Type: application/json",
                 "Content-Length: 1000000", "Authorization: " + given), timeout=2,
        )  # fmt: skip
        assert status(answer) == 401 and key.encode() not in answer
        error = json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]
        assert error["type"] == "authentication_error" and error["code"] == "invalid_api_key"
    assert server.request("GET", "/health")[0] == 200
    assert server.request("GET", f"/v1/models?api_key={key}")[0] == 401
    server.key = key
    assert server.request("GET", "/v1/models")[0] == 200


def test_other_machines_need_a_key(build):
    program = build / "bin" / "rookery-cli"
    run = subprocess.run([program, "serve", "--model", "demo", "--address", "0.0.0.0", "--port", "0"],
                         capture_output=True, text=True, timeout=60)  # fmt: skip
    assert run.returncode == 2 and "key" in run.stderr


@pytest.mark.parametrize("option", ["--models-dir", "--states-dir", "--adapters-dir"])
def test_folders_must_be_there(build, option, tmp_path):
    program = build / "bin" / "rookery-cli"
    for folder in (tmp_path / "nowhere", program):
        run = subprocess.run([program, "serve", "--model", "demo", option, folder, "--port", "0"],
                             capture_output=True, text=True, timeout=60)  # fmt: skip
        assert run.returncode == 2 and str(folder) in run.stderr and option in run.stderr


@pytest.mark.parametrize("content", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_bodies_must_be_json(server, content):
    lines = ["POST /v1/completions HTTP/1.1", "Content-Length: 2"]
    if content:
        lines.append("Content-Type: " + content)
    assert status(server.raw(head(server, *lines) + b"{}", timeout=2)) == 415


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"3", b"null", b'{"a":' * 200 + b"1" + b"}" * 200, b'{"prompt": "\xff"}',
             b'{"prompt": "\\ud800"}', b'{"temperature": 1e999, "prompt": "x"}', b"[" * 100000,
             b'{"a": [' + b"[]," * 200000 + b"[]]}"],
)  # fmt: skip
def test_bad_bodies_are_refused(server, body):
    assert server.request("POST", "/v1/completions", body)[0] in (400, 411)
    assert server.request("GET", "/health")[0] == 200


def test_limits(server):
    assert status(server.raw(head(server, "GET /" + "a" * 9000 + " HTTP/1.1"))) == 414
    assert status(server.raw(b"GET /" + b"a" * 60000)) == 414
    many = [f"X-{i}: 1" for i in range(101)]
    assert status(server.raw(head(server, "GET /health HTTP/1.1", *many), timeout=2)) == 431
    large = head(server, "GET /health HTTP/1.1", "X-A: " + "a" * 20000)
    assert status(server.raw(large, timeout=2)) == 431
    body = head(server, "POST /v1/completions HTTP/1.1", "Content-Type: application/json",
                "Content-Length: 9000000")  # fmt: skip
    assert status(server.raw(body, timeout=2)) == 413
    chunked = head(server, "POST /v1/completions HTTP/1.1", "Content-Type: application/json",
                   "Transfer-Encoding: chunked")  # fmt: skip
    part = b"10000\r\n" + b" " * 65536 + b"\r\n"
    assert status(server.raw(chunked + part * 130, timeout=2)) == 413
    none = head(server, "POST /v1/completions HTTP/1.1", "Connection: close")
    assert status(server.raw(none)) == 411


@pytest.mark.parametrize(
    "lines",
    [
        ["GET /health HTTP/2.0"],
        ["GET /health HTTP/1.1", "Host: twice"],
        ["GET http://127.0.0.1/health HTTP/1.1"],
        ["GET health HTTP/1.1"],
        ["POST /v1/completions HTTP/1.1", "Content-Type: application/json", "Content-Length: 2",
         "Transfer-Encoding: chunked"],
        ["POST /v1/completions HTTP/1.1", "Content-Type: application/json", "Content-Length: 2", "Content-Length: 3"],
        ["POST /v1/completions HTTP/1.1", "Content-Type: application/json", "Content-Length: -2"],
        ["POST /v1/completions HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: gzip, chunked"],
        ["GET /health HTTP/1.1", "Bad Name: x"],
        ["GET /health"],
    ],
)  # fmt: skip
def test_malformed_requests_are_refused(server, lines):
    assert status(server.raw(head(server, *lines) + b"{}", timeout=2)) in (400, 505)


@pytest.mark.parametrize("coding", ["gzip", "identity", "chunked, chunked", "chunked, gzip", "xchunked"])
def test_a_refused_framing_hides_no_second_request(server, coding):
    """What stands behind a header that says nothing certain of its body is never taken for a request."""
    inner = head(server, "GET /healthcheck HTTP/1.1")
    outer = head(server, "POST /v1/completions HTTP/1.1", "Content-Type: application/json",
                 "Transfer-Encoding: " + coding)  # fmt: skip
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(outer + inner)
        answer = b""
        while part := connection.recv(65536):  # ends only where the server ends it
            answer += part
    assert status(answer) == 400 and answer.count(b"HTTP/1.1 ") == 1 and b"Connection: close\r\n" in answer


def test_chunk_sizes_are_checked(server):
    start = head(server, "POST /v1/completions HTTP/1.1", "Content-Type: application/json",
                 "Transfer-Encoding: chunked")  # fmt: skip
    for size in (b"-2", b"FFFFFFFFFFFFFFFFF", b"g", b""):
        assert status(server.raw(start + size + b"\r\n{}\r\n0\r\n\r\n", timeout=2)) in (400, 413)


def test_paths_and_methods(server):
    status_, headers, _ = server.request("PUT", "/v1/models")
    assert status_ == 405 and headers["Allow"] == "GET"
    for path in ("/", "/v1", "/v1/models/../models", "/%2e%2e/etc/passwd", "/v1//models", "/V1/models"):
        assert server.request("GET", path)[0] == 404, path
    assert server.request("GET", "/v1/models/%zz")[0] == 400
    answer = server.raw(head(server, "HEAD /v1/models HTTP/1.1", "Connection: close"))
    assert status(answer) == 200 and answer.endswith(b"\r\n\r\n")


def test_keep_alive_and_pipelines(server):
    one = head(server, "GET /health HTTP/1.1")
    last = head(server, "GET /healthcheck HTTP/1.1", "Connection: close")
    answer = server.raw(one * 3 + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 4 and answer.index(b'"ok"') < answer.index(b"status_code")


@pytest.mark.parametrize(
    "name", ["../states/pirate.pth", "/etc/passwd", "models/../../x", "x" * 2000, "link.pth", "fifo.pth", "nothing",
             "", "a\0b", ".", "inner"],
)  # fmt: skip
def test_names_stay_beneath_their_folder(server, pack, name, tmp_path):
    folder = pack / "states"
    if not (folder / "link.pth").is_symlink():
        (folder / "link.pth").symlink_to("/etc/hostname")
        subprocess.run(["mkfifo", folder / "fifo.pth"], check=True)
        (folder / "inner").mkdir()
    got, _, text = server.request("POST", "/loadstatemodel", {"state_filename": name, "state_viewname": "x"})
    assert got == 400 and str(pack) not in text
    if name:
        outside = json.loads(text)["error"]["message"]
        missing = server.json(
            "POST", "/loadstatemodel", {"state_filename": "missing.pth", "state_viewname": "x"}, status=400
        )
        assert outside == missing["error"]["message"]


def test_no_answer_tells_a_folder(server, pack):
    (pack / "states" / "broken.pth").write_bytes(b"PK\x03\x04 no state at all")
    got, _, text = server.request(
        "POST", "/loadstatemodel", {"state_filename": "broken.pth", "state_viewname": "x"}
    )
    assert got == 400 and str(pack) not in text


def test_slow_and_idle_clients_cost_nothing(server):
    sockets = []
    try:
        for i in range(300):
            s = socket.create_connection(("127.0.0.1", server.port), timeout=5)
            if i % 2:
                s.sendall(b"GET /health HT")
            sockets.append(s)
        begun = time.monotonic()
        for _ in range(20):
            assert server.request("GET", "/health")[0] == 200
        assert time.monotonic() - begun < 5
        sockets[1].settimeout(15)
        assert status(sockets[1].recv(4096)) == 408  # after the ten seconds that a header may take
    finally:
        for s in sockets:
            s.close()


def test_a_crowd_of_silent_clients_ends_no_other(server):
    """The oldest silent ones go first; who has been answered stays, and who finds no room is told so."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    ask_again = head(server, "GET /health HTTP/1.1")
    crowd = []

    def connect():
        crowd.append(socket.create_connection(("127.0.0.1", server.port), timeout=5))
        return crowd[-1]

    try:
        kept, half = connect(), connect()
        kept.sendall(ask_again)
        assert status(kept.recv(4096)) == 200
        half.sendall(ask_again[:-2])
        for _ in range(1100):
            connect()
        half.sendall(b"\r\n")
        assert status(half.recv(4096)) == 200
        kept.sendall(ask_again)
        assert status(kept.recv(4096)) == 200
        for s in crowd:
            s.close()
        crowd.clear()
        for _ in range(1024):
            connect().sendall(ask_again)
        assert all(status(s.recv(4096)) == 200 for s in crowd)
        answer = connect().recv(4096)
        assert status(answer) == 503 and b"Retry-After: 1\r\n" in answer and b"service_unavailable" in answer
    finally:
        for s in crowd:
            s.close()


def test_metrics_and_health(server, start):
    server.request("GET", "/health")
    code, headers, text = server.request("GET", "/metrics")
    assert code == 200 and headers["Content-Type"].startswith("text/plain")
    assert 'rookery_requests_total{status="200"}' in text and "Rookery demo" not in text
    assert start("--model", "demo").request("GET", "/metrics")[0] == 404


def test_secrets_are_not_logged(build):
    server = Server(build, ["--model", "demo", "--api-key", "s3cret-key", "--verbose"])
    server.key = "s3cret-key"
    assert server.request("POST", "/v1/chat/completions", {"messages": ask("private words"), "max_tokens": 2})[0] == 200
    server.process.terminate()
    errors = server.process.communicate(timeout=60)[1]
    assert "s3cret" not in errors and "private words" not in errors
