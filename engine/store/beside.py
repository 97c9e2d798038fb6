"""What is kept beside records, written together: events, the visits they began, the weeks' sums, the search words.

SQLite takes a statement for each kind of row. On PostgreSQL each would be a journey to the server and back, so one
statement writes everything: each kind of row is one JSON parameter, and a kind without rows is left out of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from dsl.app import App
from engine.store import history, search, visits
from engine.store.columns import POSTGRESQL
from engine.store.connection import Connection
from engine.store.history import NewEvent
from engine.store.plans import Plans
from engine.store.search import Words
from engine.store.system_tables import event, search_entry, stage_visit, stage_week
from engine.store.upsert import on_conflict_increase
from engine.store.visits import Arrival, Departure

_plans = Plans(is_for_one=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """arrivals: each with the place among `events` of the one that began it; None if it stands there already."""

    events: Sequence[NewEvent]
    arrivals: Sequence[tuple[Arrival, int | None]]
    departures: Sequence[Departure]
    words: Words


def keep(conn: Connection, app: App, new: Beside) -> list[int]:
    """Writes all of it; the ids of the events, in their order. DuplicateValue as for `visits.enter`."""
    if conn.dialect == POSTGRESQL and new.events:
        return _keep_at_once(conn, app, new)
    ids = history.append_many(conn, new.events)
    visits.enter(conn, [(arrival, ids[place]) for arrival, place in new.arrivals if place is not None])
    visits.count(conn, app, (arrival for arrival, _ in new.arrivals), new.departures)
    search.write(conn, new.words)
    return ids


# --- the one statement of PostgreSQL ---------------------------------------------------------------------------------


def _told(value: datetime) -> str:
    return value.isoformat()


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_told)
"""Where a column keeps JSON as text, that text stands in the parameter byte for byte as the column writes it."""


def _keep_at_once(conn: Connection, app: App, new: Beside) -> list[int]:
    rows: dict[str, Sequence[Mapping[str, object]]] = {
        "events": [{**history.row_of(each), "place": place} for place, each in enumerate(new.events)],
        "visits": [{**visits.row_of(each), "place": place} for each, place in new.arrivals if place is not None],
        "weeks": visits.weeks_of(app, (arrival for arrival, _ in new.arrivals), new.departures),
        "gone": [each._asdict() for each in new.words.gone],
        "words": new.words.new,
    }
    kinds = tuple(kind for kind, found in rows.items() if found)
    plan = _plans.get(kinds, partial(_statement, kinds))
    return [int(row[0]) for row in conn.rows(plan, {kind: _JSON.encode(rows[kind]) for kind in kinds})]


def _statement(kinds: Sequence[str]) -> sa.Executable:
    """The numbers of the events; the rest is written on the way."""
    counter = sa.func.pg_get_serial_sequence(event.name, "id")
    given = _given("events", event, history.KEYS, place=sa.Integer())
    numbered = sa.select(sa.func.nextval(counter).label("id"), *given.c).cte("numbered")
    writes = {
        "events": lambda: _insert(event, numbered, ("id", *history.KEYS)),
        "visits": lambda: _began(numbered),
        "weeks": _counted,
        "gone": _forgotten,
        "words": _found_by,
    }
    done = [writes[kind]().cte(f"kept_{kind}") for kind in kinds]
    return sa.select(numbered.c.id).order_by(numbered.c.place).add_cte(*done)


def _given(kind: str, table: sa.Table, keys: Sequence[str], **more: TypeEngine[Any]) -> sa.TableValuedAlias:
    """The rows of a parameter, with the columns `keys` of the table that they are for."""
    columns = [sa.column(key, table.c[key].type) for key in keys]
    columns += [sa.column(key, of) for key, of in more.items()]
    told = sa.cast(sa.bindparam(kind, type_=sa.Text()), postgresql.JSON)
    return sa.func.json_to_recordset(told).table_valued(*columns).render_derived(name=kind, with_types=True)


def _insert(table: sa.Table, rows: sa.FromClause, keys: Sequence[str]) -> sa.Insert:
    return sa.insert(table).from_select(list(keys), sa.select(*(rows.c[key] for key in keys)))


def _began(numbered: sa.CTE) -> sa.Insert:
    new = _given("visits", stage_visit, visits.KEYS, place=sa.Integer())
    rows = sa.select(*(new.c[key] for key in visits.KEYS), numbered.c.id).join(
        numbered, numbered.c.place == new.c.place
    )
    return sa.insert(stage_visit).from_select([*visits.KEYS, "event_id"], rows)


def _counted() -> sa.Insert:
    keys = (*visits.WEEK_KEY, *visits.WEEK_SUMS)
    new = sa.select(*_given("weeks", stage_week, keys).c)
    added = postgresql.insert(stage_week).from_select(list(keys), new)
    return on_conflict_increase(added, stage_week, visits.WEEK_KEY, visits.WEEK_SUMS)


def _forgotten() -> sa.Delete:
    gone = _given("gone", search_entry, ("entity", "record_id"), fields=postgresql.ARRAY(sa.Text()))
    mine = (search_entry.c.entity == gone.c.entity, search_entry.c.record_id == gone.c.record_id)
    return sa.delete(search_entry).where(*mine, search_entry.c.field == sa.func.any(gone.c.fields))


def _found_by() -> sa.Insert:
    new = _given("words", search_entry, ("entity", "record_id", "field"), new_words=sa.Text())
    return search.insert_from(new)
