"""The component schemas of /openapi.json that are the same for every app."""

from __future__ import annotations

from web.api.openapi_common import OBJECT, POSITIVE, WORD, YES_NO, closed, items_of, opened
from web.api.openapi_schemas import Schema, ref_to
from web.url_parts import MOST_ID

_PLACE: Schema = {"type": ["integer", "null"]}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": r"^[^\u0000]*$"}
_SEEN: Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_ID}
_FILL: Schema = {"type": ["object", "null"], "description": "field values given with the move"}
_WAIVE: Schema = {
    "type": ["object", "null"],
    "additionalProperties": WORD,
    "description": "rule of a finding → reason",
}
_INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
_STAGE: Schema = {"type": "string", "minLength": 1}
_STATES = ["met", "unmet", "broken", "warned", "waived", "observed"]
_OPS = ("Create", "Update", "Delete", "Move")


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": ref_to(name)}


_HOOK: Schema = {
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "url": {"type": "string", "maxLength": 2000, "description": "https://…; inside the house what the operator allows"},
    "acts_as": {"type": "string", "description": "the login whose rights decide what the receiver sees"},
    "events": {"type": "array", "items": WORD, "minItems": 1, "description": "customer.created, order.*, *"},
    "is_active": {"type": "boolean"},
}

RECORDS: Schema = {
    "Reference": opened(("id", "title"), id=POSITIVE, title=WORD),
    "File": opened(("id",), id=POSITIVE, name=WORD, size={"type": "integer"}, mime=WORD, sha256=WORD),
    "Finding": opened(
        ("rule", "state", "said", "needs", "line", "column"),
        rule=WORD,
        state={"enum": _STATES},
        said=WORD,
        needs=OBJECT,
        line=_PLACE,
        column=_PLACE,
        field=WORD,
        parts=_list_of("Finding"),
    ),
    "Explanation": opened(("text", "value", "parts"), text=WORD, label=WORD, value=WORD, parts=_list_of("Explanation")),
    "Problem": opened(
        ("type", "title", "status", "detail", "findings"),
        type=WORD,
        title=WORD,
        status={"type": "integer"},
        detail=WORD,
        findings=_list_of("Finding"),
    ),
    "Totals": opened(
        ("groups",),
        groups={
            "type": "array",
            "items": opened(("key", "count", "sums"), key={}, count={"type": "integer"}, sums=OBJECT),
        },
    ),
}

COMMANDS: Schema = {
    "Move": closed(
        ("to",),
        to=_STAGE,
        fill=_FILL,
        waive=_WAIVE,
        answer={"type": "string", "description": "to the move's question"},
        version=_SEEN,
        dry=YES_NO,
    ),
    "CreateCommand": closed(("op", "values"), op={"const": "create"}, values=OBJECT),
    "UpdateCommand": closed(
        ("op", "id", "version", "values"), op={"const": "update"}, id=POSITIVE, version=POSITIVE, values=OBJECT
    ),
    "DeleteCommand": closed(("op", "id", "version"), op={"const": "delete"}, id=POSITIVE, version=POSITIVE),
    "MoveCommand": closed(
        ("op", "id", "to"),
        op={"const": "move"},
        id=POSITIVE,
        version=_SEEN,
        to=_STAGE,
        fill=_FILL,
        waive=_WAIVE,
        answer=WORD,
    ),
    "Command": {"oneOf": [ref_to(f"{op}Command") for op in _OPS]},
    "Bulk": closed(("commands",), commands=_list_of("Command") | {"minItems": 1, "maxItems": 200}, dry=YES_NO),
    "BulkAnswer": opened(
        ("results",), results={"type": "array", "items": opened(("status",), status={"type": "integer"})}
    ),
}

DELIVERY: Schema = {
    "SignIn": closed(
        ("login", "password"),
        login=_NAME,
        password=_NAME,
        name=_NAME,
        days={"type": "integer", "minimum": 1, "maximum": 365, "description": "how long it lives (90)"},
        signed={
            "type": "boolean",
            "description": "writes with this token must be signed with the secret of the answer",
        },
    ),
    "Token": opened(("id", "token", "expires_at"), id=POSITIVE, token=WORD, expires_at=_INSTANT, secret=WORD),
    "TokenNote": opened(
        ("id", "name", "created_at", "expires_at", "used_at", "is_signed"),
        id=POSITIVE,
        name=WORD,
        created_at=_INSTANT,
        expires_at=_INSTANT,
        used_at=_INSTANT,
        is_signed=YES_NO,
    ),
    "TokenNotes": items_of(ref_to("TokenNote")),
    "WebhookWish": closed(("name", "url", "acts_as", "events"), **_HOOK),
    "WebhookChange": closed((), **_HOOK),
    "Webhook": opened(("id", *_HOOK), id=POSITIVE, secret={"type": "string", "description": "whsec_…"}, **_HOOK),
    "Webhooks": items_of(ref_to("Webhook")),
    "Job": opened(
        ("id", "name", "key", "state", "attempt", "put_at", "ended_at", "due_at", "said"),
        id=WORD,
        name=WORD,
        key=WORD,
        state={"enum": ["waiting", "running", "done", "dead", "cancelled"]},
        attempt={"type": "integer"},
        put_at=_INSTANT,
        ended_at=_INSTANT,
        due_at=_INSTANT,
        said=WORD,
    ),
    "Jobs": items_of(ref_to("Job")),
    "JobId": closed(("id",), id={"type": "string", "minLength": 1, "maxLength": 500, "pattern": r"^[^\u0000]*$"}),
}

COMMON_SCHEMAS: Schema = {**RECORDS, **COMMANDS, **DELIVERY}
