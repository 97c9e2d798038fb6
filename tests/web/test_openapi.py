"""/openapi.json: complete, closed under references, and one schema for each kind of field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dsl.app import App
from dsl.kinds import KINDS
from dsl.load import load_app
from web.api.openapi import openapi
from web.api.openapi_schemas import KINDS_KNOWN, is_taken

APPS = sorted((Path(__file__).resolve().parents[2] / "apps").glob("*.yaml"))


@pytest.fixture(params=APPS, ids=lambda path: path.stem)
def app(request: pytest.FixtureRequest) -> App:
    app = load_app(request.param).value
    assert app is not None
    return app


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def test_every_kind_has_its_schemas() -> None:
    assert set(KINDS) == KINDS_KNOWN


def test_every_entity_has_its_paths_and_bodies(app: App) -> None:
    document = openapi(app)
    for entity in app.entities.values():
        assert {"get", "post"} <= set(document["paths"][f"/api/v1/{entity.key}"])
        assert {"get", "patch", "delete"} <= set(document["paths"][f"/api/v1/{entity.key}/{{id}}"])
        assert (f"/api/v1/{entity.key}/{{id}}/move" in document["paths"]) == entity.has_stages
        record = document["components"]["schemas"][entity.key]
        shown = {field.key for field in entity.fields.values() if field.kind != "table"}
        assert shown <= set(record["properties"])
        taken = document["components"]["schemas"][f"{entity.key}_create"]["properties"]
        assert {field.key for field in entity.fields.values() if not is_taken(entity, field)}.isdisjoint(taken)


def test_every_reference_leads_somewhere(app: App) -> None:
    document = openapi(app)
    for reference in set(references(document)):
        at: object = document
        for step in reference.removeprefix("#/").split("/"):
            assert isinstance(at, dict)
            assert step in at, reference
            at = at[step]


def test_every_schema_is_a_json_schema(app: App) -> None:
    for schema in openapi(app)["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_no_operation_is_named_twice(app: App) -> None:
    names = [op["operationId"] for path in openapi(app)["paths"].values() for op in path.values()]
    assert len(names) == len(set(names))
