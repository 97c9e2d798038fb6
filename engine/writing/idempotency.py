"""Idempotency: the same key and body answer as the first time, and are carried out once.

The result is kept in the transaction of the action itself; so after a lost link the key tells whether it happened.
A refused command writes nothing, not even its key: it may be sent again when what was missing is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import sqlalchemy as sa

from dsl.app import App
from dsl.source import NOWHERE, Span
from engine.commands import Command
from engine.context import Context
from engine.errors import KeyReused
from engine.flow.sentences import say
from engine.store.connection import Connection
from engine.store.system_tables import idempotency
from engine.verdict import Explanation, Finding, Needs, Outcome, Verdict
from engine.writing.stored_json import from_json, to_json
from engine.writing.work import Work


def digest_of(command: Command | Sequence[Command]) -> str:
    """SHA-256 of what is wanted: the same for the same commands, whoever wrote them in which order of keys."""
    return hashlib.sha256(json.dumps(_plain(command), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def find_result(work: Work, key: str, digest: str) -> Outcome | None:
    """The outcome kept under the actor's key. Raises KeyReused if the body was another."""
    kept = find_kept(work.conn, work.context, key, digest)
    return _outcome(work.app, kept) if kept is not None else None


def keep_result(work: Work, key: str, digest: str, outcome: Outcome) -> None:
    keep(work.conn, work.context, key, digest, _kept(outcome))


def find_kept(conn: Connection, context: Context, key: str, digest: str) -> Mapping[str, Any] | None:
    """What was answered under the actor's key. Raises KeyReused if the body was another."""
    c = idempotency.c
    row = conn.one(sa.select(c.digest, c.result).where(c.actor_id == context.actor.id, c.key == key))
    if row is None:
        return None
    if row[0] != digest:
        raise KeyReused(say(context.actor.language, "key.reused"))
    found: Mapping[str, Any] = row[1]
    return found


def keep(conn: Connection, context: Context, key: str, digest: str, answer: Mapping[str, object]) -> None:
    values = {"actor_id": context.actor.id, "key": key, "digest": digest, "at": context.at}
    conn.execute(sa.insert(idempotency).values(result=answer, **values))


def once(
    context: Context, key: str, wanted: Sequence[object], write: Callable[[Connection], int], conn: Connection
) -> int:
    """The id of what `write` makes, or made when the same was wanted under this key before; another wish is new."""
    digest = hashlib.sha256(json.dumps([key, *wanted], ensure_ascii=False).encode()).hexdigest()
    kept = find_kept(conn, context, digest, digest)
    if kept is not None:
        return int(kept["id"])
    made = write(conn)
    keep(conn, context, digest, digest, {"id": made})
    return made


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        shown = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {"": type(value).__name__, **shown}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return to_json(value)


# --- outcomes as JSON ------------------------------------------------------------------------------------------------


def _kept(outcome: Outcome) -> dict[str, object]:
    return {
        "entity": outcome.entity,
        "id": outcome.id,
        "version": outcome.version,
        "values": to_json(outcome.values),
        "event_ids": list(outcome.event_ids),
        "findings": [asdict(finding) for finding in outcome.verdict.findings],
    }


def _outcome(app: App, kept: Mapping[str, Any]) -> Outcome:
    known = app.entities.get(kept["entity"])
    types = {key: field.value_type for key, field in known.fields.items()} if known else {}
    return Outcome(
        verdict=Verdict(True, tuple(_finding(each) for each in kept["findings"])),
        entity=kept["entity"],
        id=kept["id"],
        version=kept["version"],
        values={key: from_json(types.get(key), value) for key, value in kept["values"].items()},
        event_ids=tuple(kept["event_ids"]),
        was_repeated=True,
    )


def _finding(kept: Mapping[str, Any]) -> Finding:
    needs = {**kept["needs"], "fields": tuple(kept["needs"]["fields"])}
    span = Span(**kept["span"])
    return Finding(
        rule=kept["rule"],
        state=kept["state"],
        said=kept["said"],
        needs=Needs(**needs),
        span=NOWHERE if span == NOWHERE else span,
        waivable=kept["waivable"],
        waive_roles=tuple(kept["waive_roles"]),
        parts=tuple(_finding(part) for part in kept["parts"]),
        field=kept["field"],
        why=_explanation(kept["why"]) if kept["why"] else None,
    )


def _explanation(kept: Mapping[str, Any]) -> Explanation:
    return Explanation(kept["text"], kept["value"], tuple(_explanation(part) for part in kept["parts"]), kept["label"])
