"""Tokens, and who I am."""

from __future__ import annotations

from datetime import datetime

from flask import Response

from engine.errors import NotThere
from engine.people.tokens import LIFE_DAYS, MOST_DAYS, TokenNote
from web.api.blueprint import api
from web.api.body import json_object, refuse_others, unreadable
from web.api.sentences import say
from web.responses import json_answer, no_content, problem
from web.session import authenticate, current_context, current_engine, current_language

LONGEST_WORD = 1000


@api.post("/tokens", provide_automatic_options=False)
def tokens() -> Response:
    """A bearer token for a login and password; 401 says nothing about which of the two was wrong."""
    body = json_object()
    login, password, name = _word(body, "login"), _word(body, "password"), _word(body, "name", "api")
    days, is_signed = _days(body), _flag(body, "signed")
    refuse_others(body, frozenset())
    actor = authenticate(login, password)
    if actor is None:
        return problem(401)
    engine = current_engine()
    made = engine.tokens.issue(actor.id, name, engine.clock.now(), days=days, is_signed=is_signed)
    answer = {"id": made.note.id, "token": made.token, "expires_at": instant(made.note.expires_at)}
    return json_answer(answer | ({"secret": made.secret} if made.secret else {}), 201)


@api.get("/tokens")
def list_tokens() -> Response:
    """My live tokens: what they are called, until when, and when they were last used."""
    engine, context = current_engine(), current_context()
    return json_answer({"items": [_note_json(note) for note in engine.tokens.of(context.actor.id, context.at)]})


@api.delete("/tokens/<int:token_id>")
def revoke_token(token_id: int) -> Response:
    """Ends a token of mine at once."""
    if not current_engine().tokens.revoke(current_context().actor.id, token_id):
        raise NotThere(say("own_token", current_language()))
    return no_content()


def _note_json(note: TokenNote) -> dict[str, object]:
    return {
        "id": note.id,
        "name": note.name,
        "created_at": instant(note.created_at),
        "expires_at": instant(note.expires_at),
        "used_at": instant(note.used_at),
        "is_signed": note.is_signed,
    }


def instant(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None


def _word(body: dict[str, object], key: str, default: str | None = None) -> str:
    value = body.pop(key, default)
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_WORD or "\0" in value:
        raise unreadable(f"request.body.{key}", say("word_wanted", current_language(), key=key), 422)
    return value


def _days(body: dict[str, object]) -> int:
    value = body.pop("days", LIFE_DAYS)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise unreadable("request.body.days", say("days_wanted", current_language(), most=MOST_DAYS), 422)
    return value


def _flag(body: dict[str, object], key: str) -> bool:
    value = body.pop(key, False)
    if not isinstance(value, bool):
        raise unreadable(f"request.body.{key}", say("yes_no_wanted", current_language()), 422)
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
