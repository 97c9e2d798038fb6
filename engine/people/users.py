"""Users: accounts, and the person behind one as of now. Rights are read anew at every request, never kept by time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from dsl.app import App
from engine.answers import Person
from engine.context import Actor
from engine.people import organisation, passwords
from engine.people.permissions import EVERYONE
from engine.store.columns import is_one_of
from engine.store.connection import Connection
from engine.store.plans import Plan
from engine.store.system_tables import api_token, org_unit, post, session, user_account

SYSTEM_ID: Final = 0
"""The id of the actor that is no person."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made. password "" makes one that nobody can sign in to until a password is set."""

    login: str
    name: str
    role: str
    unit_id: int | None
    password: str = ""
    manager_id: int | None = None
    language: str = "zh"
    is_admin: bool = False
    email: str = ""


def system_actor() -> Actor:
    """The engine acting on its own behalf: sees and may do all. A test counts the places that call this."""
    everyone = frozenset({EVERYONE})
    return Actor(SYSTEM_ID, "system", "system", "", everyone, None, "", (), (), None, is_system=True)


def add_user(conn: Connection, user: NewUser, at: datetime, password_hash: str = "") -> int:
    """A new account; returns its id. password_hash spares the work where many accounts share one password."""
    kept = password_hash or (passwords.hash_password(user.password) if user.password else "")
    row = conn.one(
        sa.insert(user_account)
        .values(
            login=user.login,
            name=user.name,
            role=user.role,
            unit_id=user.unit_id,
            manager_id=user.manager_id,
            language=user.language,
            is_admin=user.is_admin,
            email=user.email,
            password_hash=kept,
            created_at=at,
        )
        .returning(user_account.c.id)
    )
    assert row is not None  # noqa: S101 — an insert returns its row
    return int(row[0])


def add_post(conn: Connection, user_id: int, unit_id: int, role: str, begins_at: datetime) -> None:
    """A post besides the person's own place: another role, another unit, from a day on."""
    conn.execute(sa.insert(post).values(user_id=user_id, unit_id=unit_id, role=role, begins_at=begins_at))


def set_active(conn: Connection, user_id: int, is_active: bool) -> None:
    """Close or open an account; closing ends its sessions and tokens at once."""
    epoch = user_account.c.epoch + (0 if is_active else 1)
    conn.execute(sa.update(user_account).where(user_account.c.id == user_id).values(is_active=is_active, epoch=epoch))


def set_password(conn: Connection, user_id: int, password_hash: str) -> None:
    """A new password; every session and token of the person ends."""
    change = {"password_hash": password_hash, "epoch": user_account.c.epoch + 1, "failed_count": 0}
    conn.execute(sa.update(user_account).where(user_account.c.id == user_id).values(**change))
    conn.execute(sa.delete(session).where(session.c.user_id == user_id))
    conn.execute(sa.delete(api_token).where(api_token.c.user_id == user_id))


def set_language(conn: Connection, user_id: int, language: str) -> None:
    conn.execute(sa.update(user_account).where(user_account.c.id == user_id).values(language=language))


def find_id(conn: Connection, login: str) -> int | None:
    row = conn.one(sa.select(user_account.c.id).where(user_account.c.login == login))
    return int(row[0]) if row else None


_ACTIVE = Plan(sa.select(user_account.c.id).where(user_account.c.id == sa.bindparam("id"), user_account.c.is_active))
_UNIT = Plan(sa.select(user_account.c.unit_id).where(user_account.c.id == sa.bindparam("id")))


def is_active(conn: Connection, user_id: int) -> bool:
    return conn.one(_ACTIVE, {"id": user_id}) is not None


def unit_of(conn: Connection, user_id: int) -> int | None:
    """The unit the person belongs to today."""
    row = conn.one(_UNIT, {"id": user_id})
    return row[0] if row else None


# --- the person as of now --------------------------------------------------------------------------------------------

_ACCOUNT = Plan(
    sa.select(
        user_account.c.login,
        user_account.c.name,
        user_account.c.role,
        user_account.c.unit_id,
        org_unit.c.path,
        user_account.c.manager_id,
        user_account.c.language,
        user_account.c.is_admin,
    )
    .select_from(user_account.outerjoin(org_unit, org_unit.c.id == user_account.c.unit_id))
    .where(user_account.c.id == sa.bindparam("id"), user_account.c.is_active)
)

_POSTS = Plan(
    sa.select(org_unit.c.path, post.c.role)
    .join_from(post, org_unit, org_unit.c.id == post.c.unit_id)
    .where(
        post.c.user_id == sa.bindparam("id"),
        post.c.begins_at.is_(None) | (post.c.begins_at <= sa.bindparam("at", type_=post.c.begins_at.type)),
        post.c.ends_at.is_(None) | (post.c.ends_at > sa.bindparam("at", type_=post.c.ends_at.type)),
    )
)


_TURNS = Plan(sa.select(post.c.begins_at, post.c.ends_at).where(post.c.user_id == sa.bindparam("id")))


def next_change(conn: Connection, user_id: int, at: datetime) -> datetime | None:
    """When a post of the person begins or ends next, if nothing is written until then."""
    turns = [turn for row in conn.rows(_TURNS, {"id": user_id}) for turn in row if turn is not None and turn > at]
    return min(turns, default=None)


def find_actor(conn: Connection, app: App, user_id: int, at: datetime) -> Actor | None:
    """The person with roles, units and manager as of now; None if unknown or closed."""
    account = conn.one(_ACCOUNT, {"id": user_id})
    if account is None:
        return None
    login, name, role, unit_id, own_path, manager_id, language, is_admin = account
    posts = conn.rows(_POSTS, {"id": user_id, "at": at})
    lines = organisation.lines(conn, [path for path in (own_path, *(row[0] for row in posts)) if path])
    own_line = lines.get(own_path, [])
    team: set[int] = set()
    area: set[int] = set()
    for line in lines.values():
        region = organisation.area_of(line)
        below = organisation.paths_below(conn, region)
        area.update(below)
        team.update(unit for unit, path in below.items() if path.startswith(line[-1].path))
    return Actor(
        id=user_id,
        login=login,
        name=name,
        role=role,
        roles=_expanded(app, [role, *(row[1] for row in posts)]),
        unit_id=unit_id,
        unit_name=own_line[-1].name if own_line else "",
        unit_ids=tuple(sorted(team)),
        area_ids=tuple(sorted(area)),
        manager_id=manager_id or organisation.lead_above(own_line, user_id),
        language=language if language in app.languages else app.languages[0],
        is_admin=bool(is_admin),
        person={
            "id": user_id,
            "name": name,
            "role": role,
            "unit": {"id": unit_id, "name": own_line[-1].name} if own_line else None,
            "manager": as_person(conn, manager_id, with_manager=False),
        },
    )


def _expanded(app: App, roles: list[str]) -> frozenset[str]:
    """The roles with all that `also:` brings in; a role that the app does not know gives nothing."""
    return frozenset({EVERYONE}).union(*(app.roles[role].includes | {role} for role in roles if role in app.roles))


# --- people as others see them ---------------------------------------------------------------------------------------


def _people_query() -> sa.Select[Any]:
    u = user_account.c
    return sa.select(u.id, u.name, u.role, sa.func.coalesce(org_unit.c.name, ""), u.login, u.is_active).select_from(
        user_account.outerjoin(org_unit, org_unit.c.id == u.unit_id)
    )


_PEOPLE = Plan(_people_query().where(is_one_of(user_account.c.id, "ids")))


def active_people(conn: Connection) -> list[Person]:
    """Everybody with an open account, by name."""
    rows = conn.rows(_people_query().where(user_account.c.is_active).order_by(user_account.c.name, user_account.c.id))
    return [Person(*row) for row in rows]


def people(conn: Connection, ids: Collection[int]) -> Mapping[int, Person]:
    """Those people by id, closed accounts included: old records still name them."""
    if not ids:
        return {}
    rows = conn.rows(_PEOPLE, {"ids": sorted(ids)})
    return {int(row[0]): Person(*row) for row in rows}


_PERSON = Plan(
    sa.select(
        user_account.c.id,
        user_account.c.name,
        user_account.c.role,
        user_account.c.unit_id,
        org_unit.c.name,
        user_account.c.manager_id,
    )
    .select_from(user_account.outerjoin(org_unit, org_unit.c.id == user_account.c.unit_id))
    .where(user_account.c.id == sa.bindparam("user", type_=sa.BigInteger()))
)


def as_person(conn: Connection, user_id: int | None, *, with_manager: bool = True) -> Mapping[str, object] | None:
    """The person as formulas know one: id, name, role, unit, manager (whose own manager is not followed)."""
    if user_id is None:
        return None
    row = conn.one(_PERSON, {"user": user_id})
    if row is None:
        return None
    unit = {"id": row[3], "name": row[4]} if row[3] is not None else None
    manager = as_person(conn, row[5], with_manager=False) if with_manager else None
    return {"id": row[0], "name": row[1], "role": row[2], "unit": unit, "manager": manager}
