"""The OpenAPI 3.1 document, made from the endpoints: nothing is documented that isn't there, nor the reverse."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.api.endpoints import JSON, Endpoint
from bot.api.problems import MEDIA_TYPE, ProblemBody

Json = dict[str, Any]
Schemas = dict[tuple[type[object], JsonSchemaMode], Json]

REFERENCE = "#/components/schemas/{model}"
SECURITY = "token"
WORDS = "What programs may ask soc2bot, each with a token that `soc2 tokens create` makes."
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A name of your own for this request, such as a UUID. Sent again within 24 hours with the same "
    "body it is answered as before and done once; with another body it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
REFUSALS = {
    401: "The token is missing or doesn't work",
    403: "The token lacks the scope, or its person the right",
    429: "Too many requests: wait as long as Retry-After says",
    503: "Too much to do just now: send it again",
}
REFUSALS_OF_BODIES = {
    400: "It can't be read",
    413: "The body is too large",
    415: "The body is of another kind",
    422: "Some of it can't be used, or the Idempotency-Key was used for another request",
}


def document(endpoints: Sequence[Endpoint], version: str) -> str:
    """JSON."""
    schemas, components = _schemas(endpoints)
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas, components)
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "soc2bot", "version": version, "description": WORDS},
        "servers": [{"url": "/v1"}],
        "security": [{SECURITY: []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {SECURITY: {"type": "http", "scheme": "bearer", "description": "An API token."}},
        },
    }
    return json.dumps(whole, ensure_ascii=False)


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[Schemas, Json]:
    by_model, whole = models_json_schema([*dict.fromkeys(_wanted(endpoints))], ref_template=REFERENCE)
    return {(model, mode): schema for (model, mode), schema in by_model.items()}, whole["$defs"]


def _wanted(endpoints: Sequence[Endpoint]) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    yield ProblemBody, "serialization"
    for endpoint in endpoints:
        yield from ((model, "serialization") for model in endpoint.answers.values())
        yield from ((model, "validation") for model in (endpoint.body, endpoint.query) if model)


def _operation(endpoint: Endpoint, schemas: Schemas, components: Json) -> Json:
    query = schemas[endpoint.query, "validation"]["$ref"] if endpoint.query else ""
    found: Json = {
        "operationId": _name(endpoint),
        "summary": endpoint.summary,
        "description": _description(endpoint),
        "parameters": _parameters(endpoint, components.get(query.rpartition("/")[2], {})),
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.media_types:
        found["requestBody"] = {"required": True, "content": _content(endpoint, schemas)}
    return found


def _name(endpoint: Endpoint) -> str:
    words = re.findall(r"[A-Za-z0-9]+", endpoint.path)
    return endpoint.method.lower() + "".join(word.capitalize() for word in words)


def _description(endpoint: Endpoint) -> str:
    scope = f"Takes a token with the scope `{endpoint.scope}`." if endpoint.scope else "Takes any token."
    largest = f"The body: at most {endpoint.most_bytes:,} bytes." if endpoint.most_bytes else ""
    return " ".join(part for part in (endpoint.description, scope, largest) if part)


def _parameters(endpoint: Endpoint, query: Json) -> list[Json]:
    in_path = [
        {"name": name, "in": "path", "required": True, "description": words, "schema": {"type": "string"}}
        for name, words in endpoint.path_words.items()
    ]
    return [*in_path, *_query(query), *([KEY] if endpoint.method == "POST" else [])]


def _query(query: Json) -> Iterator[Json]:
    for name, schema in query.get("properties", {}).items():
        described = {"description": schema["description"]} if "description" in schema else {}
        required = name in query.get("required", [])
        yield {"name": name, "in": "query", "required": required, **described, "schema": schema}


def _content(endpoint: Endpoint, schemas: Schemas) -> Json:
    files = {kind: {"schema": {"description": words}} for kind, words in endpoint.files.items()}
    return {**({JSON: {"schema": schemas[endpoint.body, "validation"]}} if endpoint.body else {}), **files}


def _responses(endpoint: Endpoint, schemas: Schemas) -> Json:
    fine = {
        str(status): {"description": endpoint.summary, "content": {JSON: {"schema": schemas[model, "serialization"]}}}
        for status, model in endpoint.answers.items()
    }
    refusals = {**REFUSALS, **(REFUSALS_OF_BODIES if endpoint.method == "POST" else {}), **endpoint.refusals}
    problem = {MEDIA_TYPE: {"schema": schemas[ProblemBody, "serialization"]}}
    return {**fine, **{str(status): {"description": words, "content": problem} for status, words in refusals.items()}}
