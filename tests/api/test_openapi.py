"""The description that the endpoint gives of itself."""

import re


def test_every_described_path_is_there(server):
    described = server.json("GET", "/openapi.json")
    assert described["openapi"].startswith("3.1") and len(described["paths"]) > 15
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            body = {} if "requestBody" in operation else None
            if path in ("/removemodel", "/removestatemodel"):
                continue  # they would be done
            code = server.request(method.upper(), re.sub(r"\{.*?\}", "nothing", path), body)[0]
            assert code in (200, 400) or (code == 404 and "{" in path), f"{method} {path}: {code}"


def test_every_reference_is_there(server):
    text = server.request("GET", "/openapi.json")[2]
    schemas = server.json("GET", "/openapi.json")["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in schemas
