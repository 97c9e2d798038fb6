"""Tokens, and who I am."""

from __future__ import annotations

from flask import Response

from web.api.blueprint import api
from web.api.body import json_object, unreadable
from web.responses import json_answer, problem
from web.session import current_context, current_engine, guard_guessing, record_failure


@api.post("/tokens")
def tokens() -> Response:
    """A bearer token for a login and password; 401 says nothing about which of the two was wrong."""
    body = json_object()
    login, password, name = _word(body, "login"), _word(body, "password"), _word(body, "name", "api")
    if body:
        raise unreadable(f"request.body.{min(body)}", "unknown member; {login, password, name} are known", 422)
    guard_guessing()
    token = current_engine().issue_token(login, password, name)
    if token is None:
        record_failure()
        return problem(401)
    return json_answer({"token": token}, 201)


def _word(body: dict[str, object], key: str, default: str | None = None) -> str:
    value = body.pop(key, default)
    if not isinstance(value, str) or not 1 <= len(value) <= 1000 or "\0" in value:
        raise unreadable(f"request.body.{key}", "a text of 1 to 1000 characters is wanted here", 422)
    return value


@api.get("/me")
def me() -> Response:
    actor = current_context().actor
    return json_answer(
        {
            "id": actor.id,
            "login": actor.login,
            "name": actor.name,
            "role": actor.role,
            "roles": sorted(actor.roles),
            "unit": actor.unit_name,
            "language": actor.language,
        }
    )


@api.get("/people")
def people() -> Response:
    """Active people, for person fields."""
    return json_answer(
        {
            "items": [
                {"id": p.id, "login": p.login, "name": p.name, "role": p.role, "unit": p.unit}
                for p in current_engine().people(current_context())
            ]
        }
    )
