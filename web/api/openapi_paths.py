"""The paths of /openapi.json that are the same for every app: tokens, me, people, files, webhooks, jobs."""

from __future__ import annotations

from collections.abc import Sequence

from web.api.openapi_common import (
    ID,
    KEY,
    OBJECT,
    READ_STATUSES,
    WRITE_STATUSES,
    items_of,
    json_body,
    json_content,
    parameter,
    refusals,
)
from web.api.openapi_schemas import Schema, ref_to

_UPLOAD: Schema = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}},
    "required": ["file"],
}
_STATE = parameter(
    "state", "query", {"enum": ["waiting", "running", "done", "dead", "cancelled"]}, "only jobs of this state"
)
_DONE: Schema = {"description": "done"}


def _read(operation_id: str, description: str, schema: Schema, parameters: Sequence[Schema] = ()) -> Schema:
    return {
        "operationId": operation_id,
        "summary": description,
        "parameters": list(parameters),
        "responses": {"200": json_content(description, schema)} | refusals(READ_STATUSES),
    }


def _write(
    operation_id: str,
    status: str,
    answer: Schema,
    *,
    body: Schema | None = None,
    parameters: Sequence[Schema] = (),
) -> Schema:
    operation: Schema = {
        "operationId": operation_id,
        "parameters": list(parameters),
        "responses": {status: answer} | refusals(WRITE_STATUSES),
    }
    return operation | ({"requestBody": body} if body else {})


def _of(name: str) -> Schema:
    return json_body(ref_to(name))


def _answer(name: str) -> Schema:
    return json_content("done", ref_to(name))


COMMON_PATHS: Schema = {
    "/api/v1/tokens": {
        "get": _read("list_tokens", "my tokens", ref_to("TokenNotes")),
        "post": _write("issue_token", "201", json_content("a token", ref_to("Token")), body=_of("SignIn"))
        | {"security": []},
    },
    "/api/v1/tokens/{id}": {"delete": _write("revoke_token", "204", _DONE, parameters=[ID])},
    "/api/v1/me": {"get": _read("me", "who I am", OBJECT)},
    "/api/v1/people": {"get": _read("people", "active people", items_of(OBJECT))},
    "/api/v1/schema": {"get": _read("schema", "the app's shape", OBJECT)},
    "/api/v1/files": {
        "post": _write(
            "upload",
            "201",
            json_content("kept", ref_to("File")),
            body={"required": True, "content": {"multipart/form-data": {"schema": _UPLOAD}}},
            parameters=[KEY],
        )
    },
    "/api/v1/files/{id}": {
        "get": _read("download", "the bytes", OBJECT, [ID])
        | {
            "responses": {
                "200": {"description": "the bytes", "content": {"*/*": {}}},
                "206": {"description": "a part of them", "content": {"*/*": {}}},
                "304": {"description": "not changed"},
                "416": {"description": "no such part", "content": {"application/problem+json": {}}},
            }
            | refusals(READ_STATUSES)
        }
    },
    "/api/v1/webhooks": {
        "get": _read("list_webhooks", "who hears of events (administrators)", ref_to("Webhooks")),
        "post": _write("add_webhook", "201", _answer("Webhook"), body=_of("WebhookWish")),
    },
    "/api/v1/webhooks/{id}": {
        "get": _read("get_webhook", "one webhook", ref_to("Webhook"), [ID]),
        "patch": _write("change_webhook", "200", _answer("Webhook"), body=_of("WebhookChange"), parameters=[ID]),
        "delete": _write("remove_webhook", "204", _DONE, parameters=[ID]),
    },
    "/api/v1/webhooks/{id}/secret": {"post": _write("renew_secret", "200", _answer("Webhook"), parameters=[ID])},
    "/api/v1/jobs": {"get": _read("list_jobs", "jobs, latest first (administrators)", ref_to("Jobs"), [_STATE])},
    "/api/v1/jobs/replay": {"post": _write("replay_job", "204", _DONE, body=_of("JobId"))},
    "/api/v1/jobs/cancel": {"post": _write("cancel_job", "204", _DONE, body=_of("JobId"))},
}
