"""The parts of /openapi.json that are the same for every app: parameters, answers, statuses, and how they are put."""

from __future__ import annotations

from collections.abc import Sequence

from web.api.openapi_schemas import Schema, ref_to
from web.responses import title_of
from web.url_parts import MOST_ID

POSITIVE: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_ID}
WORD: Schema = {"type": "string"}
YES_NO: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}

READ_STATUSES = (400, 401, 403, 404, 422, 429, 500, 503)
"""What a reading may be refused with."""

WRITE_STATUSES = (400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 500, 503, 507)

_RETRY = {"schema": {"type": "integer"}, "description": "seconds to wait"}


def refusals(statuses: Sequence[int]) -> Schema:
    """Each status with the component that describes it."""
    return {str(status): {"$ref": f"#/components/responses/Refused{status}"} for status in statuses}


def refusal_components() -> Schema:
    """One response component for each status that we refuse with: problem details (RFC 9457) with findings."""
    content = {"application/problem+json": {"schema": ref_to("Problem")}}
    made: Schema = {}
    for status in sorted({*READ_STATUSES, *WRITE_STATUSES}):
        answer: Schema = {"description": title_of(status, "en"), "content": content}
        if status in (429, 503):
            answer["headers"] = {"Retry-After": _RETRY}
        made[f"Refused{status}"] = answer
    return made


def parameter(name: str, where: str, schema: Schema, description: str = "", *, required: bool = False) -> Schema:
    return {"name": name, "in": where, "schema": schema, "required": required, "description": description}


def json_content(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def json_body(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def items_of(schema: Schema) -> Schema:
    return opened(("items",), items={"type": "array", "items": schema})


def opened(required: tuple[str, ...], **properties: object) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def closed(required: tuple[str, ...], **properties: object) -> Schema:
    return opened(required, **properties) | {"additionalProperties": False}


ID = parameter("id", "path", POSITIVE, required=True)
KEY = parameter(
    "Idempotency-Key", "header", {"type": "string", "pattern": "^[!-~]{1,255}$"}, "the same key answers the same"
)
"""Printable ASCII, as the pattern says."""
