"""The organisation: units in a tree, kept as parent and path, so that "all below" is one prefix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.plans import Plan
from engine.store.system_tables import org_unit

_PATHS_BELOW = Plan(
    sa.select(org_unit.c.id, org_unit.c.path).where(
        sa.func.substr(org_unit.c.path, 1, sa.bindparam("length")) == sa.bindparam("path")
    )
)
_UNITS = Plan(
    sa.select(org_unit.c.id, org_unit.c.name, org_unit.c.kind, org_unit.c.path, org_unit.c.lead_id).where(
        is_one_of(org_unit.c.id, "ids")
    )
)
_ALL_UNITS = Plan(
    sa.select(org_unit.c.id, org_unit.c.name, org_unit.c.kind, org_unit.c.path, org_unit.c.lead_id).order_by(
        org_unit.c.path
    )
)


@dataclass(frozen=True, slots=True)
class Unit:
    """path: ids from the root to this unit, as "/1/4/17/"."""

    id: int
    name: str
    kind: str
    path: str
    lead_id: int | None


def add_unit(conn: Connection, name: str, kind: str, parent_id: int | None = None, lead_id: int | None = None) -> int:
    """A new unit under its parent. kind: company | region | team | department."""
    parent = find_unit(conn, parent_id) if parent_id is not None else None
    values = {"name": name, "kind": kind, "parent_id": parent_id, "lead_id": lead_id}
    # The path holds the id, which only the insert gives; the placeholder is unique as long as the transaction runs.
    pending = f"pending:{parent_id}:{name}"
    row = conn.one(sa.insert(org_unit).values(path=pending, **values).returning(org_unit.c.id))
    assert row is not None  # noqa: S101 — an insert returns its row
    unit_id = int(row[0])
    path = f"{parent.path if parent else '/'}{unit_id}/"
    conn.execute(sa.update(org_unit).where(org_unit.c.id == unit_id).values(path=path))
    return unit_id


def set_lead(conn: Connection, unit_id: int, lead_id: int | None) -> None:
    conn.execute(sa.update(org_unit).where(org_unit.c.id == unit_id).values(lead_id=lead_id))


def find_unit(conn: Connection, unit_id: int) -> Unit | None:
    found = units(conn, [unit_id])
    return found[0] if found else None


def units(conn: Connection, unit_ids: Iterable[int]) -> list[Unit]:
    """The units with these ids, in the order given; unknown ones are left out."""
    wanted = list(unit_ids)
    by_id = {int(row[0]): Unit(*row) for row in conn.rows(_UNITS, {"ids": wanted})} if wanted else {}
    return [by_id[unit_id] for unit_id in wanted if unit_id in by_id]


def all_units(conn: Connection) -> list[Unit]:
    """Every unit, each after the one above it."""
    return [Unit(*row) for row in conn.rows(_ALL_UNITS)]


def line_of(conn: Connection, unit: Unit) -> list[Unit]:
    """The units from the root down to this one."""
    return lines(conn, [unit.path])[unit.path]


def lines(conn: Connection, paths: Iterable[str]) -> dict[str, list[Unit]]:
    """Path → its units from the root down."""
    ids_of = {path: [int(part) for part in path.split("/") if part] for path in paths}
    found = {unit.id: unit for unit in units(conn, sorted({each for ids in ids_of.values() for each in ids}))}
    return {path: [found[each] for each in ids if each in found] for path, ids in ids_of.items()}


def paths_below(conn: Connection, unit: Unit) -> dict[int, str]:
    """The unit and all below it: id → path."""
    rows = conn.rows(_PATHS_BELOW, {"path": unit.path, "length": len(unit.path)})
    return {int(unit_id): path for unit_id, path in rows}


def area_of(line: list[Unit]) -> Unit:
    """The nearest region at or above the last unit of the line; that unit itself if there is no region."""
    return next((unit for unit in reversed(line) if unit.kind == "region"), line[-1])


def lead_above(line: list[Unit], user_id: int) -> int | None:
    """Who leads the person: the nearest lead up the line who is not the person."""
    return next((unit.lead_id for unit in reversed(line) if unit.lead_id not in (None, user_id)), None)
