"""The floor's addresses: create, read, page, move with fields, totals, import."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from benchmarks.floor import imports
from benchmarks.floor.rules import Wrong, as_json, check, check_move, decimal_text, read_values
from benchmarks.floor.schema import audit, deal, for_reading, person, token, unit

PAGE = 50
_made, _changed = person.alias("made"), person.alias("changed_person")
DEALS = (
    sa.select(
        deal,
        person.c.name.label("owner_name"),
        _made.c.name.label("created_name"),
        _changed.c.name.label("changed_name"),
    )
    .join(person, person.c.id == deal.c.owner_id)
    .join(_made, _made.c.id == deal.c.created_by)
    .join(_changed, _changed.c.id == deal.c.changed_by)
    .where(deal.c.deleted_at.is_(None))
)
_WHO = (
    sa.select(person.c.id, person.c.name, person.c.role, person.c.unit_id, unit.c.path)
    .join(token, token.c.person_id == person.c.id)
    .join(unit, unit.c.id == person.c.unit_id)
    .where(token.c.digest == sa.bindparam("digest"), token.c.expires_at > sa.bindparam("now"), person.c.is_active)
)
_BELOW = sa.select(unit.c.id).where(unit.c.path.startswith(sa.bindparam("path")))


@dataclass(frozen=True, slots=True)
class Actor:
    id: int
    name: str
    role: str
    unit_id: int
    unit_ids: tuple[int, ...]

    def scope(self) -> sa.ColumnElement[bool]:
        """Own records; with those of the team for a manager; all for a director."""
        if self.role == "director":
            return sa.true()
        own = deal.c.owner_id == self.id
        return own if self.role == "sales" else sa.or_(own, deal.c.unit_id.in_(self.unit_ids))

    def may_edit(self, row: Mapping[str, Any]) -> bool:
        return self.role != "sales" or row["owner_id"] == self.id


def create_site(database: sa.Engine) -> Flask:
    """reads: without a transaction of their own; writes: one transaction each."""
    site = Flask("benchmarks.floor")
    site.extensions["writes"] = database
    site.extensions["reads"] = for_reading(database)
    site.before_request(_identify)
    site.register_error_handler(Wrong, lambda error: _answer({"errors": error.errors}, error.status))
    site.register_error_handler(HTTPException, lambda error: _answer({"errors": {"": error.name}}, error.code or 500))
    site.post("/deals")(create)
    site.get("/deals")(page)
    site.get("/deals/<int:deal_id>")(read)
    site.post("/deals/<int:deal_id>/move")(move)
    site.get("/deals/totals")(totals)
    site.post("/deals/import")(import_file)
    return site


def _answer(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, mimetype="application/json")


def _reads() -> sa.Engine:
    engine: sa.Engine = current_app.extensions["reads"]
    return engine


def _writes() -> sa.Engine:
    engine: sa.Engine = current_app.extensions["writes"]
    return engine


def _identify() -> None:
    secret = request.headers.get("Authorization", "").removeprefix("Bearer ")
    digest = hashlib.sha256(secret.encode()).hexdigest()
    with _reads().connect() as conn:
        found = conn.execute(_WHO, {"digest": digest, "now": datetime.now(UTC)}).one_or_none()
        if found is None:
            raise Wrong(401, token="unknown or expired")  # noqa: S106 — the sentence, not a secret
        below = conn.execute(_BELOW, {"path": found.path}).scalars()
        g.actor = Actor(found.id, found.name, found.role, found.unit_id, tuple(below))


def _body() -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise Wrong(400, body="a JSON object is wanted")
    return body


def found_deal(conn: sa.Connection, deal_id: int, *, lock: bool = False) -> sa.RowMapping:
    actor: Actor = g.actor
    wanted = DEALS.where(deal.c.id == deal_id, actor.scope())
    row = conn.execute(wanted.with_for_update(of=deal) if lock else wanted).mappings().one_or_none()
    if row is None:
        raise Wrong(404, id="there is no such deal")
    return row


def _keep(conn: sa.Connection, deal_id: int, kind: str, at: datetime, changes: Mapping[str, Any]) -> None:
    said = {key: [_plain(before), _plain(after)] for key, (before, after) in changes.items()}
    conn.execute(
        sa.insert(audit), {"deal_id": deal_id, "kind": kind, "person_id": g.actor.id, "at": at, "changes": said}
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


# --- the addresses ---------------------------------------------------------------------------------------------------


def create() -> Response:
    actor: Actor = g.actor
    values, at = read_values(_body()), datetime.now(UTC)
    check(values)
    with _writes().begin() as conn:
        owner_id, unit_id, owner_name = actor.id, actor.unit_id, actor.name
        if values.get("owner_id") not in (None, actor.id):
            owner = conn.execute(sa.select(person).where(person.c.id == values["owner_id"])).one_or_none()
            if owner is None:
                raise Wrong(422, owner="there is no such person")
            owner_id, unit_id, owner_name = owner.id, owner.unit_id, owner.name
        row = _new_row(values, owner_id, unit_id, at)
        deal_id = conn.execute(sa.insert(deal).returning(deal.c.id), row).scalar_one()
        _keep(conn, deal_id, "created", at, {key: (None, value) for key, value in values.items()})
    names = {"owner_name": owner_name, "created_name": actor.name, "changed_name": actor.name}
    return _answer(as_json({**row, "id": deal_id, **names}), 201)


def _new_row(values: Mapping[str, Any], owner_id: int, unit_id: int, at: datetime) -> dict[str, Any]:
    columns = {column.key: None for column in deal.c if column.key not in ("id", "deleted_at")}
    marks = {"stage": "lead", "stage_since": at, "created_at": at, "changed_at": at, "version": 1}
    by = {"created_by": g.actor.id, "changed_by": g.actor.id, "owner_id": owner_id, "unit_id": unit_id}
    return {**columns, "is_urgent": False, **values, **marks, **by}


def read(deal_id: int) -> Response:
    with _reads().connect() as conn:
        return _answer(as_json(found_deal(conn, deal_id)))


def page() -> Response:
    """Filters by equality, the largest amount first; `after`: amount and id of the last row of the page before."""
    actor: Actor = g.actor
    wanted = DEALS.where(actor.scope())
    for key in ("grade", "industry"):
        if value := request.args.get(key):
            wanted = wanted.where(deal.c[key] == value)
    if after := request.args.get("after"):
        amount, _, last_id = after.partition(",")
        wanted = wanted.where(sa.tuple_(deal.c.amount, deal.c.id) < sa.tuple_(int(amount), int(last_id)))
    wanted = wanted.order_by(deal.c.amount.desc(), deal.c.id.desc()).limit(PAGE + 1)
    with _reads().connect() as conn:
        rows = conn.execute(wanted).mappings().all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return _answer(
        {"items": [as_json(row) for row in rows[:PAGE]], "next": f"{last['amount']},{last['id']}" if last else None}
    )


def move(deal_id: int) -> Response:
    """{to, version, fill}: fields and the next stage in one step, at the version that the client saw."""
    body, actor, at = _body(), g.actor, datetime.now(UTC)
    target, version, fill = body.get("to"), body.get("version"), read_values(body.get("fill") or {})
    with _writes().begin() as conn:
        before = found_deal(conn, deal_id, lock=True)
        if not actor.may_edit(before):
            raise Wrong(403, id="not yours to change")
        if before["version"] != version:
            raise Wrong(409, version=f"somebody saved in between: {before['version']}")
        changed = {key: value for key, value in fill.items() if before[key] != value}
        after = {**before, **changed}
        check(after)
        check_move(after, str(target))
        marks = {"stage": target, "stage_since": at, "changed_at": at, "changed_by": actor.id, "version": version + 1}
        done = conn.execute(
            sa.update(deal).where(deal.c.id == deal_id, deal.c.version == version).values(**changed, **marks)
        )
        if done.rowcount != 1:
            raise Wrong(409, version="somebody saved in between")
        changes = {key: (before[key], value) for key, value in {**changed, "stage": target}.items()}
        _keep(conn, deal_id, "moved", at, changes)
    return _answer(as_json({**after, **marks, "changed_name": actor.name}))


def totals() -> Response:
    """Records and their amounts by stage."""
    actor: Actor = g.actor
    sums = sa.select(deal.c.stage, sa.func.count(), sa.func.sum(deal.c.amount))
    with _reads().connect() as conn:
        rows = conn.execute(sums.where(deal.c.deleted_at.is_(None), actor.scope()).group_by(deal.c.stage)).all()
    return _answer({"groups": [{"key": s, "count": n, "amount": decimal_text(int(a or 0), 2)} for s, n, a in rows]})


def import_file() -> Response:
    """A CSV with heads: its report, by fate. See `benchmarks.floor.imports`."""
    actor, at = g.actor, datetime.now(UTC)
    lines = imports.read_file(request.get_data())

    def new_row(values: Mapping[str, Any]) -> dict[str, Any]:
        return _new_row(values, actor.id, actor.unit_id, at)

    with _writes().begin() as conn:
        return _answer({"fates": imports.bring_in(conn, lines, new_row, actor.id, at)})
