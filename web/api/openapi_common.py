"""The parts of /openapi.json that are the same for every app: answers, findings, moves, files, tokens."""

from __future__ import annotations

from web.api.openapi_schemas import Schema, ref_to
from web.url_parts import MOST_ID

POSITIVE: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_ID}
WORD: Schema = {"type": "string"}
OBJECT: Schema = {"type": "object"}
PROBLEM: Schema = {"$ref": "#/components/responses/Problem"}


def parameter(name: str, where: str, schema: Schema, description: str = "", *, required: bool = False) -> Schema:
    return {"name": name, "in": where, "schema": schema, "required": required, "description": description}


def json_content(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


ID = parameter("id", "path", POSITIVE, required=True)


def _get(operation_id: str, description: str, schema: Schema) -> Schema:
    return {"get": {"operationId": operation_id, "responses": _answers("200", json_content(description, schema))}}


def _answers(status: str, answer: Schema) -> Schema:
    return {status: answer, "default": PROBLEM}


def _body(media_type: str, schema: Schema) -> Schema:
    return {"required": True, "content": {media_type: {"schema": schema}}}


_UPLOAD: Schema = {
    "type": "object",
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
    "required": ["file"],
}

COMMON_PATHS: Schema = {
    "/api/v1/tokens": {
        "post": {
            "operationId": "issue_token",
            "security": [],
            "requestBody": _body("application/json", ref_to("SignIn")),
            "responses": _answers("201", json_content("a token", ref_to("Token"))),
        }
    },
    "/api/v1/me": _get("me", "who I am", OBJECT),
    "/api/v1/people": _get("people", "active people", OBJECT),
    "/api/v1/schema": _get("schema", "the app's shape", OBJECT),
    "/api/v1/files": {
        "post": {
            "operationId": "upload",
            "requestBody": _body("multipart/form-data", _UPLOAD),
            "responses": _answers("201", json_content("kept", ref_to("File"))),
        }
    },
    "/api/v1/files/{id}": {
        "get": {
            "operationId": "download",
            "parameters": [ID],
            "responses": _answers("200", {"description": "the bytes", "content": {"*/*": {}}}),
        }
    },
}


# --- components ------------------------------------------------------------------------------------------------------


def _closed(required: tuple[str, ...], **properties: object) -> Schema:
    return _open(required, **properties) | {"additionalProperties": False}


def _open(required: tuple[str, ...], **properties: object) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": ref_to(name)}


_LINE: Schema = {"type": ["integer", "null"]}
_YES_NO: Schema = {"type": "boolean"}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 1000}
_SEEN: Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_ID}
_FILL: Schema = {"type": ["object", "null"], "description": "field values given with the move"}
_WAIVE: Schema = {
    "type": ["object", "null"],
    "additionalProperties": WORD,
    "description": "rule of a finding → reason",
}
_STATES = ["met", "unmet", "broken", "warned", "waived", "observed"]

COMMON_SCHEMAS: Schema = {
    "SignIn": _closed(("login", "password"), login=_NAME, password=_NAME, name=_NAME),
    "Token": _open(("token",), token=WORD),
    "Reference": _open(("id", "title"), id=POSITIVE, title=WORD),
    "File": _open(("id",), id=POSITIVE, name=WORD, size={"type": "integer"}, mime=WORD, sha256=WORD),
    "Finding": _open(
        ("rule", "state", "said", "needs", "line"),
        rule=WORD,
        state={"enum": _STATES},
        said=WORD,
        needs=OBJECT,
        line=_LINE,
        parts=_list_of("Finding"),
    ),
    "Explanation": _open(("text", "value", "parts"), text=WORD, label=WORD, value=WORD, parts=_list_of("Explanation")),
    "Problem": _open(
        ("type", "title", "status", "findings"),
        type=WORD,
        title=WORD,
        status={"type": "integer"},
        detail=WORD,
        findings=_list_of("Finding"),
    ),
    "Move": _closed(
        ("to",),
        to={"type": "string", "minLength": 1},
        fill=_FILL,
        waive=_WAIVE,
        answer={"type": "string", "description": "to the move's question"},
        version=_SEEN,
        dry=_YES_NO,
    ),
    "CreateCommand": _closed(("op", "values"), op={"const": "create"}, values=OBJECT),
    "UpdateCommand": _closed(
        ("op", "id", "version", "values"), op={"const": "update"}, id=POSITIVE, version=POSITIVE, values=OBJECT
    ),
    "DeleteCommand": _closed(("op", "id", "version"), op={"const": "delete"}, id=POSITIVE, version=POSITIVE),
    "MoveCommand": _closed(
        ("op", "id", "to"),
        op={"const": "move"},
        id=POSITIVE,
        version=_SEEN,
        to={"type": "string", "minLength": 1},
        fill=_FILL,
        waive=_WAIVE,
        answer=WORD,
    ),
    "Command": {"oneOf": [ref_to(f"{op}Command") for op in ("Create", "Update", "Delete", "Move")]},
    "Bulk": _closed(("commands",), commands=_list_of("Command") | {"minItems": 1, "maxItems": 200}, dry=_YES_NO),
    "Totals": _open(
        ("groups",),
        groups={
            "type": "array",
            "items": _open(("key", "count", "sums"), key={}, count={"type": "integer"}, sums={"type": "object"}),
        },
    ),
    "BulkAnswer": _open(
        ("results",), results={"type": "array", "items": _open(("status",), status={"type": "integer"})}
    ),
}
