"""Actors that are kept hold only as long as nothing about the people was written, by whomever, and no post turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.context import Actor
from engine.people import organisation, users
from engine.people.known_actors import KnownActors
from engine.people.known_names import KnownNames
from engine.people.tokens import Tokens, find_token
from engine.people.users import NewUser
from engine.store.apply import apply_app
from engine.store.database import Database
from engine.store.system_tables import user_account
from tests.unit.engine.people.test_organisation import APP, AT


@dataclass(frozen=True)
class Door:
    """A token and what stands behind it, as a server asks."""

    database: Database
    known: KnownActors
    token: str
    seller: int
    north: int

    def actor(self, at: datetime = AT, database: Database | None = None) -> Actor | None:
        with (database or self.database).read() as conn:
            found = find_token(conn, self.token, at)
            return self.known.find(conn, found[0].user_id, found[1], at) if found is not None else None


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    database = Database.open(database_url, data_dir=tmp_path)
    apply_app(database, APP, VirtualClock(AT))
    with database.write() as conn:
        root = organisation.add_unit(conn, "Company", "company")
        north = organisation.add_unit(conn, "North", "region", root)
        seller = users.add_user(conn, NewUser("seller", "Seller", "sales", root), AT)
    token = Tokens(database, tmp_path).issue(seller, "laptop", AT).token
    yield Door(database, KnownActors(APP), token, seller, north)
    database.close()


def test_who_asks_again_is_not_worked_out_again(door: Door) -> None:
    assert door.actor() is door.actor()


def test_another_role_counts_at_the_next_request(door: Door) -> None:
    first = door.actor()
    assert first is not None
    assert "manager" not in first.roles
    with door.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.id == door.seller).values(role="manager"))
    later = door.actor()
    assert later is not None
    assert "manager" in later.roles


def test_a_unit_made_by_somebody_else_counts_at_the_next_request(door: Door) -> None:
    first = door.actor()
    with door.database.write() as conn:
        unit = organisation.add_unit(conn, "Beijing", "team", door.north)
    later = door.actor()
    assert first is not None
    assert later is not None
    assert unit in set(later.unit_ids) - set(first.unit_ids)


def test_names_are_known_until_anybody_of_the_company_is_written(door: Door) -> None:
    names, first, other = KnownNames(), door.actor(), ("person", door.seller + 1)
    assert first is not None
    names.keep(first, {other: "Old name", ("unit", 1): "Company"})
    assert names.of(first) == {first.pair: "Seller", other: "Old name"}
    with door.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.id == door.seller).values(name="New name"))
    later = door.actor()
    assert later is not None
    assert names.of(later) == {later.pair: "New name"}
    names.keep(later, {other: "Another"})
    assert names.of(later)[other] == "Another"


def test_whoever_nobody_let_in_knows_only_the_own_name(door: Door) -> None:
    names, actor = KnownNames(), door.actor()
    assert actor is not None
    unknown = replace(actor, people_version="")
    names.keep(unknown, {("person", 99): "Somebody"})
    assert names.of(unknown) == names.of(actor) == {actor.pair: "Seller"}


def test_what_was_rolled_back_changes_nothing(door: Door) -> None:
    first = door.actor()
    with door.database.write() as conn:
        users.set_language(conn, door.seller, "en")
        conn.rollback_only()
    assert door.actor() is first


def test_a_closed_account_is_nobody_at_once(door: Door) -> None:
    assert door.actor() is not None
    with door.database.write() as conn:
        users.set_active(conn, door.seller, False)
    assert door.actor() is None


def test_a_post_begins_and_ends_at_its_instant_though_nothing_is_written(door: Door) -> None:
    with door.database.write() as conn:
        users.add_post(conn, door.seller, door.north, "legal", AT + timedelta(hours=1))
    roles = []
    for minutes in (0, 59, 60, 61, 30):
        actor = door.actor(AT + timedelta(minutes=minutes))
        assert actor is not None
        roles.append("legal" in actor.roles)
    assert roles == [False, False, True, True, False]


def test_another_process_that_writes_is_heard_of(door: Door, database_url: str, tmp_path: Path) -> None:
    """On SQLite there is no other writer; there the same process stands for it."""
    is_alone = door.database.dialect == "sqlite"
    other = door.database if is_alone else Database.open(database_url, data_dir=tmp_path)
    assert door.actor() is not None
    with other.write() as conn:
        users.add_post(conn, door.seller, door.north, "legal", AT)
    if not is_alone:
        other.close()
    later = door.actor(AT + timedelta(seconds=1))
    assert later is not None
    assert "legal" in later.roles
