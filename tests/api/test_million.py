"""A prompt of a million tokens: memory stays flat while it is read, and whoever waits can leave.

All of it is read only where ROOKERY_THOROUGH is set, which takes minutes; otherwise its first seconds are.
"""

import os
import pathlib
import signal
import statistics
import subprocess
import time

import pytest
from test_lives import generations, open_stream, resident, wait_until_quiet

TOKENS = 1_000_000
MIB = 1 << 20
IS_THOROUGH = bool(os.environ.get("ROOKERY_THOROUGH"))
SENTENCE = "The goose swims across the lake and the raven looks at it from a tree. "


@pytest.fixture(scope="module")
def million(start):
    return start("--model", "demo", "--metrics", "--rows", "2")


@pytest.fixture(scope="module")
def text(million):
    """A text of just over a million tokens of the demonstration vocabulary."""
    some = SENTENCE * 100
    tokens = len(million.json("POST", "/tokenize", {"content": some})["tokens"])
    return some * (TOKENS // tokens + 1)


def leave_while_reading(server, text, seconds):
    """Sends the prompt and leaves after `seconds` of reading. (growth of memory meanwhile, time to be free)."""
    connection = open_stream(server, {"prompt": text, "max_tokens": 4})
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")  # it has its row: reading begins
    time.sleep(0.5)
    before = most = resident(server)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.05)
        most = max(most, resident(server))
    assert generations(server) == 1
    begun = time.monotonic()
    connection.close()
    wait_until_quiet(server, 2)
    return most - before, time.monotonic() - begun


def test_the_endpoint_reads_it_in_flat_memory(million, text):
    million.json("POST", "/v1/completions", {"prompt": SENTENCE, "max_tokens": 4})
    before = resident(million)
    runs = [leave_while_reading(million, text, seconds) for seconds in (1, 0.2, 0.1)]
    growths, times = zip(*runs)
    print(f"endpoint: grew {max(growths) / MIB:.1f} MiB while reading, {(resident(million) - before) / MIB:.1f} MiB "
          f"in all; left in {', '.join(f'{1000 * t:.0f}' for t in times)} ms")  # fmt: skip
    assert max(growths) < 8 * MIB
    assert resident(million) - before < 64 * MIB
    assert statistics.median(times) < 0.25  # each, on a quiet machine


def test_a_larger_body_says_which_limit_it_meets(start, build):
    server = start("--model", "demo", "--body-bytes", "100000")
    status, _, body = server.request("POST", "/v1/completions", {"prompt": "a" * 100000})
    assert status == 413 and "100000 bytes" in body and "--body-bytes" in body
    assert server.request("POST", "/v1/completions", {"prompt": "a" * 90000, "max_tokens": 0})[0] == 200


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_command_line_reads_it_and_stops_at_once(build, text, tmp_path):
    file = tmp_path / "million.txt"
    file.write_text(text)
    times, growths = [], []
    for worked in (1.3, 1.6, 1.9):
        process = subprocess.Popen([build / "bin" / "rookery-cli", "generate", "demo", "--prompt-file", file],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        memory = []
        while cpu_seconds(process.pid) < worked:
            time.sleep(0.02)
            if cpu_seconds(process.pid) > 0.8:  # the model is there, and the text is tokens by now
                memory.append(int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1]))
        growths.append((max(memory) - memory[0]) * os.sysconf("SC_PAGESIZE"))
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        times.append(time.monotonic() - begun)
        assert process.returncode == 130
    print(f"command line: grew {max(growths) / MIB:.1f} MiB; stopped in {', '.join(f'{1000 * t:.0f}' for t in times)} ms")
    assert max(growths) < 8 * MIB
    assert statistics.median(times) < 0.25


@pytest.mark.skipif(not IS_THOROUGH, reason="takes minutes: set ROOKERY_THOROUGH")
def test_all_of_it_is_read(million, text):
    """To the end, by the endpoint; and again, which is known by then but for the last token."""
    before = resident(million)
    connection = open_stream(million, {"prompt": text, "max_tokens": 4, "stream_options": {"include_usage": True}})
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    time.sleep(0.5)
    reading = resident(million)
    begun = time.monotonic()
    connection.settimeout(0.25)
    answer, samples = b"", []
    while not answer.endswith(b"\r\n0\r\n\r\n"):
        try:
            part = connection.recv(65536)
            assert part, answer
            answer += part
        except TimeoutError:
            samples.append(resident(million))
    seconds = time.monotonic() - begun
    print(f"read in {seconds:.0f} s; {(reading - before) / MIB:.1f} MiB for the text and its tokens, then "
          f"{(max(samples) - reading) / MIB:.1f} MiB more in {len(samples)} samples")  # fmt: skip
    assert b'"finish_reason":"length"' in answer or b'"finish_reason":"stop"' in answer
    assert max(samples) - reading < 16 * MIB and max(samples) - before < 64 * MIB
    again = million.json("POST", "/v1/completions", {"prompt": text, "max_tokens": 1})["usage"]
    assert again["prompt_tokens"] >= TOKENS
    assert again["prompt_tokens_details"]["cached_tokens"] >= again["prompt_tokens"] - 1
