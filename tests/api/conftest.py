"""One server for each module, with the demonstration pack in folders that requests may name."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import openai
import pytest


def pytest_addoption(parser):
    parser.addoption("--build", required=True, help="the build folder")


@pytest.fixture(scope="session")
def build(request):
    return pathlib.Path(request.config.getoption("--build"))


@pytest.fixture(scope="session")
def pack(build, tmp_path_factory):
    """Folders models, states and adapters, with the names that RWKV-Infer's documents use."""
    demo = build / "share" / "rookery" / "demo"
    root = tmp_path_factory.mktemp("pack")
    for name in ("models", "states", "adapters"):
        (root / name).mkdir()
    model = root / "models" / "RWKV-x060-World-1B6-v2.1-20240328-ctx4096.pth"
    shutil.copy(demo / "rookery-demo.safetensors", model)
    shutil.copy(demo / "rwkv_vocab_demo.txt", root / "models")
    for source, name in (
        ("pirate", "state"),
        ("butler", "jp7b-bancho"),
        ("poet", "ojousama2"),
        ("oneword", "secret"),
        ("pirate", "pirate"),
    ):
        shutil.copy(demo / "states" / f"{source}.pth", root / "states" / f"{name}.pth")
    shutil.copy(demo / "adapters" / "chinese.pth", root / "adapters" / "rwkv-9-bone.pth")
    return root


class Server:
    """A running rookery-cli serve."""

    def __init__(self, build, arguments):
        program = build / "bin" / "rookery-cli"
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), line + self.process.stderr.read()
        self.url = line.split()[1]
        self.port = int(self.url.rsplit(":", 1)[1])
        self.key = None

    def client(self, **options):
        return openai.OpenAI(
            base_url=self.url + "/v1", api_key=self.key or "none", max_retries=0, timeout=120, **options
        )

    def request(self, method, path, body=None, headers=None):
        """(status, headers, body as text)."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if self.key:
            request.add_header("Authorization", "Bearer " + self.key)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def json(self, method, path, body=None, status=200):
        got, _, text = self.request(method, path, body)
        assert got == status, f"{path}: {got} {text}"
        return json.loads(text)

    def raw(self, data, timeout=5):
        """What comes back for these bytes until the server closes or `timeout` passes in silence."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(data)
            answer = b""
            try:
                while part := connection.recv(65536):
                    answer += part
            except TimeoutError:
                pass
            except ConnectionResetError:
                pass
            return answer

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        assert code == 0, f"exit code {code}: {errors}"


@pytest.fixture(scope="session")
def start(build):
    """Starts servers; stops them at the end and sees that they ended well."""
    servers = []

    def call(*arguments):
        servers.append(Server(build, arguments))
        return servers[-1]

    yield call
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(start, pack):
    return start(
        "--model", "demo", "--metrics", "--models-dir", pack / "models", "--states-dir", pack / "states",
        "--adapters-dir", pack / "adapters", "--rows", "16",
    )  # fmt: skip


@pytest.fixture(scope="session")
def client(server):
    return server.client()


@pytest.fixture(scope="session")
def model(client):
    return client.models.list().data[0].id


def ask(text):
    return [{"role": "user", "content": text}]


os.environ.pop("HTTP_PROXY", None)
