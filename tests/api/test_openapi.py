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


def test_what_is_described_is_what_is_taken(server):
    """Every field of a body's description is known to its path, and no other is."""
    described = server.json("GET", "/openapi.json")
    schemas = described["components"]["schemas"]

    def fields(schema):
        if "$ref" in schema:
            return fields(schemas[schema["$ref"].rsplit("/", 1)[1]])
        names = set(schema.get("properties", {}))
        return names.union(*(fields(part) for part in schema.get("allOf", [])))

    for path in ("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings", "/tokenize"):
        schema = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        for field in fields(schema) | {"surely_not"}:
            _, _, text = server.request("POST", path, {field: [[{}]]})  # no field takes this
            assert ("unknown_parameter" in text) == (field == "surely_not"), f"{path} {field}: {text}"
