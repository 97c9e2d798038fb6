"""The same company and deals for ours and for the floor, written straight into their tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.deals import TEAMS, Deal, Person, company, deals
from benchmarks.floor import rules
from benchmarks.floor import schema as floor
from dsl import kinds
from engine.people import organisation, users
from engine.runtime import Engine
from engine.store import search
from engine.store.connection import Connection
from engine.store.plans import Plan
from engine.store.records import new_row
from engine.store.seal import Reason, as_system
from engine.store.search import Words
from engine.store.system_tables import event, stage_visit
from engine.writing.stored_json import to_json

APP = Path(__file__).parent / "table_app.yaml"
BATCH = 5_000
BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)
TEAM = 3
WHO = f"manager_{TEAM}_0"
"""Who asks in every measurement: a manager, who sees the tenth part that his team owns."""


def batches(count: int) -> Iterator[list[Deal]]:
    made = deals(count)
    while batch := list(islice(made, BATCH)):
        yield batch


def made_at(deal: Deal) -> datetime:
    return BEGAN + timedelta(minutes=deal.id % 400_000)


# --- ours ------------------------------------------------------------------------------------------------------------


def fill_ours(url: str, home: Path, count: int) -> str:
    """Company, deals with their first event, visit and search words; the token of `WHO`."""
    engine = Engine.start(APP, url, home)
    try:
        with engine.database.write(is_long=True) as conn:
            asking = _our_people(conn)
        for batch in batches(count):
            with engine.database.write(is_long=True) as conn:
                _our_deals(engine, conn, batch)
        engine.database.optimize()
        return engine.tokens.issue(asking, "benchmark", datetime.now(UTC)).token
    finally:
        engine.close()


def _our_people(conn: Connection) -> int:
    """The id of `WHO`. Ids come out as in `company`: the tables are empty."""
    root = organisation.add_unit(conn, "公司", "company")
    teams = [organisation.add_unit(conn, f"团队 {team}", "team", root) for team in range(1, TEAMS + 1)]
    for person in company():
        account = users.NewUser(person.login, _name(person), person.role, teams[person.team - 1], language="en")
        users.add_user(conn, account, BEGAN)
    return users.find_id(conn, WHO) or 0


def _our_deals(engine: Engine, conn: Connection, batch: Sequence[Deal]) -> None:
    app = engine.app
    entity, found = app.entity("deal"), engine.installed.tables.entity("deal")
    records, events, visits, words = [], [], [], Words()
    for deal in batch:
        values = {key: kinds.read_value(app, entity.fields[key], value, "en") for key, value in deal.values.items()}
        values["owner"] = deal.owner.id
        at, unit_id = made_at(deal), deal.owner.team + 1
        marks = {"created_at": at, "created_by": deal.owner.id, "changed_at": at, "changed_by": deal.owner.id}
        place = {"pipeline": entity.pipelines[0].key, "stage": deal.stage, "stage_since": at}
        system = {**marks, **place, "owner_id": deal.owner.id, "unit_id": unit_id}
        records.append({**new_row(found, {**values, **system}), "id": deal.id, "row_version": 1})
        changes = {key: [None, to_json(value)] for key, value in values.items()}
        ours = {"entity": "deal", "record_id": deal.id}
        events.append({**ours, "kind": "created", "changes": changes, "actor_id": deal.owner.id, "at": at})
        entered = {"pipeline": place["pipeline"], "stage": deal.stage, "entered_at": at}
        visits.append({**ours, **entered, "owner_id": deal.owner.id, "unit_id": unit_id})
        words.add(entity, deal.id, values)
    for table, rows in ((found.table, records), (event, events), (stage_visit, visits)):
        _insert(conn, table, rows)
    search.write(conn, words)
    if conn.dialect != "sqlite":
        counter = sa.func.pg_get_serial_sequence(found.table.name, "id")
        conn.rows(sa.select(sa.func.setval(counter, batch[-1].id)))


def _insert(conn: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    values = {key: sa.bindparam(key, type_=table.c[key].type) for key in rows[0]}
    conn.execute_many(Plan(as_system(sa.insert(table).values(values), Reason.WRITE)), rows)


def _name(person: Person) -> str:
    return f"{person.role.title()} {person.id}"


# --- the floor -------------------------------------------------------------------------------------------------------


def fill_floor(url: str, count: int) -> str:
    """The same in the floor's tables, with one audit row each; the token of `WHO`."""
    database = floor.connect(url)
    floor.metadata.create_all(database)
    secret = "floor-token"  # noqa: S105 — of a database that is thrown away
    with database.begin() as conn:
        _floor_people(conn, secret)
    for batch in batches(count):
        rows = [_floor_row(deal) for deal in batch]
        kept = [_floor_audit(deal) for deal in batch]
        with database.begin() as conn:
            conn.execute(sa.insert(floor.deal), rows)
            conn.execute(sa.insert(floor.audit), kept)
            if conn.dialect.name != "sqlite":
                conn.execute(sa.select(sa.func.setval("deal_id_seq", batch[-1].id)))
    with database.begin() as conn:
        conn.exec_driver_sql("ANALYZE")
    database.dispose()
    return secret


def _floor_people(conn: sa.Connection, secret: str) -> None:
    units = [{"id": 1, "path": "/1/"}, *({"id": t + 1, "path": f"/1/{t + 1}/"} for t in range(1, TEAMS + 1))]
    conn.execute(sa.insert(floor.unit), units)
    people = [
        {"id": p.id, "login": p.login, "name": _name(p), "role": p.role, "unit_id": p.team + 1, "is_active": True}
        for p in company()
    ]
    conn.execute(sa.insert(floor.person), people)
    asking = next(person for person in company() if person.login == WHO)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    expires = datetime.now(UTC) + timedelta(days=90)
    conn.execute(sa.insert(floor.token), {"digest": digest, "person_id": asking.id, "expires_at": expires})


def _floor_row(deal: Deal) -> dict[str, Any]:
    at, owner = made_at(deal), deal.owner
    marks = {"created_at": at, "created_by": owner.id, "changed_at": at, "changed_by": owner.id}
    place = {"owner_id": owner.id, "unit_id": owner.team + 1, "stage": deal.stage, "stage_since": at}
    return {**rules.read_values(deal.values), **marks, **place, "id": deal.id, "version": 1}


def _floor_audit(deal: Deal) -> dict[str, Any]:
    values = rules.read_values(deal.values)
    changes = {key: [None, v.isoformat() if isinstance(v, date) else v] for key, v in values.items()}
    return {"deal_id": deal.id, "kind": "created", "person_id": deal.owner.id, "at": made_at(deal), "changes": changes}
