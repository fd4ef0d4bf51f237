"""The document at GET /v1/openapi.json, held to what there is."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from bot.wiring import ENDPOINTS
from tests.bot.api.serving import Api, Notes, endpoints


def described(api: Api) -> Any:
    answer = api.get("/v1/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, by_method in document["paths"].items():
        for method, operation in by_method.items():
            yield method.upper(), path, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_it_is_there_for_everybody_and_says_its_version(api: Api) -> None:
    document = described(api)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "1.2.3"
    assert document["servers"] == [{"url": "/v1"}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"] == [{"token": []}]


def test_every_endpoint_is_described_and_nothing_else(api: Api) -> None:
    found = {(method, path) for method, path, _ in operations(described(api))}
    assert found == {(one.method, one.path) for one in endpoints(Notes())}


def test_every_operation_has_a_name_of_its_own_a_summary_and_the_scope_it_takes(api: Api) -> None:
    found = list(operations(described(api)))
    assert len({operation["operationId"] for *_, operation in found}) == len(found)
    by_name = {operation["operationId"]: operation for *_, operation in found}
    assert by_name["postNotes"]["summary"] == "Keep a note"
    assert "`incidents`" in by_name["postNotes"]["description"]
    assert "26,214,400 bytes" in by_name["postFiles"]["description"]


def test_every_reference_leads_to_a_schema_and_every_schema_is_one(api: Api) -> None:
    document = described(api)
    schemas = document["components"]["schemas"]
    assert {reference.removeprefix("#/components/schemas/") for reference in references(document)} <= set(schemas)
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_every_value_in_a_path_is_declared(api: Api) -> None:
    for _, path, operation in operations(described(api)):
        declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert declared == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


def test_parameters_bodies_and_keys_are_declared_where_they_are_taken(api: Api) -> None:
    by_name = {operation["operationId"]: operation for *_, operation in operations(described(api))}
    files, notes = by_name["postFiles"], by_name["postNotes"]
    assert [(one["name"], one["in"], one["required"]) for one in files["parameters"] if one["in"] == "query"] == [
        ("system", "query", True),
        ("rows", "query", True),
    ]
    assert files["requestBody"]["content"].keys() == {"text/csv"}
    body = notes["requestBody"]["content"]["application/json"]["schema"]
    assert body["$ref"].startswith("#/components/schemas/Note")
    assert [one["name"] for one in notes["parameters"]] == ["Idempotency-Key"]
    assert by_name["getToken"]["parameters"] == []
    assert "requestBody" not in by_name["getToken"]


def test_answers_and_refusals_are_described_and_are_as_described(api: Api) -> None:
    document = described(api)
    schemas = {"components": document["components"]}
    by_name = {operation["operationId"]: operation for *_, operation in operations(document)}
    token = api.token()
    for name, answer in (
        ("postNotes", api.note(token)),
        ("postNotes", api.note(token, "stale")),
        ("postNotes", api.post("/v1/notes", b"{}", token)),
        ("postNotes", api.post("/v1/notes", b"{", token)),
        ("getToken", api.get("/v1/token", token)),
        ("getToken", api.get("/v1/token")),
    ):
        content = by_name[name]["responses"][str(answer.status_code)]["content"]
        schema = content[answer.headers["content-type"]]["schema"]
        Draft202012Validator({**schema, **schemas}).validate(answer.json())


def test_what_the_program_serves_is_described_as_strictly() -> None:
    for endpoint in ENDPOINTS:
        assert endpoint.summary
        assert endpoint.answers
        assert endpoint.scope or endpoint.method == "GET", "whatever changes something takes a scope"
