"""/openapi.json (3.1), generated from the App: every entity's paths, bodies, answers and the links between them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response

from dsl.app import App, Entity
from engine.intake.export_files import MIME
from web.api.openapi_common import (
    ID,
    KEY,
    OBJECT,
    POSITIVE,
    READ_STATUSES,
    WORD,
    WRITE_STATUSES,
    YES_NO,
    items_of,
    json_body,
    json_content,
    parameter,
    refusal_components,
    refusals,
)
from web.api.openapi_imports import IMPORT_SCHEMAS, import_paths
from web.api.openapi_parts import COMMON_SCHEMAS
from web.api.openapi_paths import COMMON_PATHS
from web.api.openapi_schemas import Schema, entity_schemas, ref_to
from web.api.values import expandable
from web.responses import json_answer
from web.session import current_engine

openapi_blueprint = Blueprint("openapi", __name__)

_DESCRIPTION = """\
Every write is judged as on the screen: a refusal is problem+json (RFC 9457) with findings. `dry: true` judges without
writing. Who asks too often gets 429 and Retry-After. The language of sentences is that of the token's person.
"""


@openapi_blueprint.get("/openapi.json")
def document() -> Response:
    return json_answer(openapi(current_engine().app))


def openapi(app: App) -> Schema:
    """The whole document for one app."""
    paths: Schema = dict(COMMON_PATHS)
    schemas: Schema = dict(COMMON_SCHEMAS)
    for entity in app.entities.values():
        paths.update(_entity_paths(entity))
        schemas.update(entity_schemas(app, entity))
    return {
        "openapi": "3.1.0",
        "info": {"title": app.label.say("en"), "version": str(app.version), "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": e.key, "description": e.label.say("en")} for e in app.entities.values()],
        "paths": paths | import_paths(app),
        "components": {
            "schemas": schemas | IMPORT_SCHEMAS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "responses": refusal_components(),
        },
    }


# --- paths of an entity ----------------------------------------------------------------------------------------------


def _entity_paths(entity: Entity) -> Schema:
    root, one = f"/api/v1/{entity.key}", f"/api/v1/{entity.key}/{{id}}"
    paths: Schema = {
        root: {
            "get": _operation(entity, "list", _page_of(entity), parameters=_list_parameters(entity)),
            "post": _operation(entity, "create", ref_to(entity.key), f"{entity.key}_create", status="201"),
        },
        one: {
            "get": _operation(entity, "get", ref_to(entity.key), parameters=[ID, *_expand(entity)]),
            "patch": _operation(entity, "change", ref_to(entity.key), f"{entity.key}_change", parameters=[ID]),
            "delete": _operation(entity, "delete", ref_to(entity.key), parameters=[ID, _VERSION, KEY]),
        },
        f"{root}/totals": {
            "get": _operation(entity, "totals_of", ref_to("Totals"), parameters=_totals_parameters(entity))
        },
        f"{root}/export": {"post": _export(entity)},
        f"{root}/bulk": {"post": _operation(entity, "bulk", ref_to("BulkAnswer"), "Bulk")},
        f"{one}/timeline": {"get": _operation(entity, "timeline", OBJECT, parameters=[ID, _LIMIT, _BEFORE])},
        f"{one}/checklist": {"get": _operation(entity, "checklist", OBJECT, parameters=[ID])},
        f"{one}/why": {"get": _operation(entity, "why", ref_to("Explanation"), parameters=[ID, _RULE, _FIELD])},
    }
    for field in entity.fields.values():
        if field.kind == "table":
            answer = items_of(ref_to(field.target))
            paths[f"{one}/{field.key}"] = {"get": _operation(entity, f"{field.key}_of", answer, parameters=[ID])}
    if entity.has_stages:
        paths[f"{one}/move"] = {"post": _operation(entity, "move", ref_to(entity.key), "Move", parameters=[ID])}
    return paths


def _operation(
    entity: Entity,
    verb: str,
    answer: Schema,
    body: str = "",
    *,
    status: str = "200",
    parameters: Sequence[Schema] = (),
) -> Schema:
    is_write = bool(body) or verb == "delete"
    done = json_content("done", answer)
    if verb == "create":
        done["links"] = _links(entity)
    answers: Schema = {status: done} | refusals(WRITE_STATUSES if is_write else READ_STATUSES)
    if status == "201":
        answers["200"] = json_content("judged only (dry)", answer)
    operation: Schema = {
        "operationId": f"{verb}_{entity.key}",
        "tags": [entity.key],
        "parameters": [*parameters, KEY] if body else list(parameters),
        "responses": answers,
    }
    return operation | ({"requestBody": json_body(ref_to(body))} if body else {})


def _links(entity: Entity) -> Schema:
    """From a record that was made to what can be done with it."""
    found = {"id": "$response.body#/id"}
    version = {"version": "$response.body#/_version"}
    links: Schema = {
        verb: {"operationId": f"{verb}_{entity.key}", "parameters": found} for verb in ("get", "timeline", "checklist")
    }
    links["change"] = {"operationId": f"change_{entity.key}", "parameters": found, "requestBody": version}
    links["delete"] = {"operationId": f"delete_{entity.key}", "parameters": found | version}
    if entity.has_stages:
        links["move"] = {"operationId": f"move_{entity.key}", "parameters": found}
    return links


def _export(entity: Entity) -> Schema:
    """The same list as a file: it is kept who took it out, so it is no plain reading."""
    asked = [each for each in _list_parameters(entity) if each["name"] not in ("limit", "cursor", "total", "expand")]
    form = parameter("format", "query", {"enum": ["xlsx", "csv"], "default": "xlsx"}, "Excel or CSV")
    named = parameter("declared", "query", WORD, "the key of a file that the app declares, in place of the list")
    file: Schema = {"description": "the file", "content": {MIME["xlsx"]: {}, "text/csv": {}}}
    return {
        "operationId": f"export_{entity.key}",
        "tags": [entity.key],
        "parameters": [form, named, *asked],
        "responses": {"200": file} | refusals(READ_STATUSES),
    }


def _page_of(entity: Entity) -> Schema:
    items = {"type": "array", "items": ref_to(entity.key)}
    return {
        "type": "object",
        "properties": {
            "items": items,
            "next": {"type": ["string", "null"]},
            "total": {"type": "integer", "description": "only where total=true asked for it"},
        },
        "required": ["items", "next"],
    }


_VERSION = parameter("version", "query", POSITIVE, "the version you saw", required=True)
_LIMIT = parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50})
_BEFORE = parameter("before", "query", POSITIVE, "the last entry's id of the page before")
_RULE = parameter("rule", "query", {"type": "string", "minLength": 1}, "the rule of a finding")
_FIELD = parameter("field", "query", WORD, "a computed field or a score")
_UNSORTED = frozenset({"table", "files", "file", "image", "tags", "choices", "place", "rich"})


def _list_parameters(entity: Entity) -> list[Schema]:
    keys = [field.key for field in entity.fields.values() if field.kind != "table"]
    sorted_by = [key for key in keys if entity.fields[key].kind not in _UNSORTED]
    return [
        parameter("filter", "query", WORD, 'a formula, such as stage = "lead" and amount > 50万'),
        _comma_list("sort", [sign + key for key in sorted_by for sign in ("", "-")], "- before a descending one"),
        _LIMIT,
        parameter("cursor", "query", WORD, "`next` of the page before"),
        _comma_list("fields", keys, "which fields to answer with"),
        parameter("q", "query", {"type": "string", "maxLength": 200}, "words to search for"),
        parameter("total", "query", YES_NO, "also count all that the filter finds; costs a count"),
        *_expand(entity),
    ]


_GROUPED = frozenset({"text", "choice", "person", "ref", "department", "yesno", "date", "integer"})
_SUMMED = frozenset({"number", "integer", "money", "percent", "duration"})


def _totals_parameters(entity: Entity) -> list[Schema]:
    grouped = [field.key for field in entity.fields.values() if field.kind in _GROUPED]
    summed = [field.key for field in entity.fields.values() if field.kind in _SUMMED]
    return [
        parameter("by", "query", {"enum": grouped}, "the field whose values make the groups", required=True),
        parameter("filter", "query", WORD, "a formula, as for the list"),
        *([_comma_list("sums", summed, "fields to add up")] if summed else ()),
    ]


def _expand(entity: Entity) -> list[Schema]:
    references = expandable(entity)
    return [_comma_list("expand", references, "references to answer with as records")] if references else []


def _comma_list(name: str, words: list[str], description: str) -> Schema:
    schema: Schema = {"type": "array", "items": {"enum": words}}
    return parameter(name, "query", schema, description) | {"style": "form", "explode": False}
