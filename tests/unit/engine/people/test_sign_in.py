"""Signing in: one answer for every kind of wrong, and nothing lasts for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import extract_parameters

from engine.clock import VirtualClock
from engine.people import passwords, sign_in, users
from engine.people.tokens import Tokens, find_token
from engine.people.users import NewUser
from engine.store.apply import apply_app
from engine.store.database import Database
from tests.unit.engine.people.test_organisation import APP

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
PASSWORD = "red-lantern-7"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open("sqlite", data_dir=tmp_path)
    apply_app(database, APP, VirtualClock(AT))
    with database.write() as conn:
        users.add_user(conn, NewUser("ann", "Ann", "sales", None, PASSWORD), AT)
        users.add_user(conn, NewUser("robot", "Robot", "sales", None), AT)
    yield database
    database.close()


def ann(database: Database) -> int:
    with database.read() as conn:
        found = users.find_id(conn, "ann")
    assert found is not None
    return found


def test_an_account_that_is_none_costs_what_one_costs() -> None:
    stand_in, real = passwords._NOBODY, passwords.hash_password(PASSWORD)
    assert extract_parameters(stand_in) == extract_parameters(real)
    assert not passwords.is_right("", "the password of nobody")


def test_the_right_password_opens_and_any_other_does_not(database: Database) -> None:
    assert sign_in.authenticate(database, "ann", PASSWORD, AT) == ann(database)
    assert sign_in.authenticate(database, "ann", PASSWORD + "x", AT) is None
    assert sign_in.authenticate(database, "nobody", PASSWORD, AT) is None


def test_an_account_without_a_password_lets_nobody_in(database: Database) -> None:
    assert sign_in.authenticate(database, "robot", "", AT) is None
    assert sign_in.authenticate(database, "robot", "the password of nobody", AT) is None


def test_one_hash_is_checked_whether_the_account_exists_or_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[str] = []
    real = passwords.is_right

    def counted(kept: str, password: str) -> bool:
        checks.append(password)
        return real(kept, password)

    monkeypatch.setattr(passwords, "is_right", counted)
    for login in ("ann", "nobody", "robot"):
        sign_in.authenticate(database, login, "wrong", AT)
    assert len(checks) == 3


def test_after_wrong_tries_the_account_rests_longer_and_longer_but_never_for_ever(database: Database) -> None:
    for second in (0, 0, 0, 1):
        assert sign_in.authenticate(database, "ann", "wrong", AT + timedelta(seconds=second)) is None
    assert sign_in.authenticate(database, "ann", PASSWORD, AT + timedelta(seconds=2)) is None
    assert sign_in.authenticate(database, "ann", PASSWORD, AT + timedelta(seconds=3)) is not None
    assert passwords.resting_until(10_000, AT) == AT + timedelta(seconds=300)


def test_a_session_ends_when_idle_when_old_and_when_the_password_changes(database: Database) -> None:
    with database.write() as conn:
        token = sign_in.open_session(conn, ann(database), "Firefox", AT)

    def holder(at: datetime) -> int | None:
        with database.read() as conn:
            found = sign_in.session_user(conn, token, at)
        return found[0] if found else None

    assert holder(AT + timedelta(hours=7)) == ann(database)
    assert holder(AT + timedelta(hours=9)) is None
    with database.write() as conn:
        sign_in.note_session_used(conn, token, AT + timedelta(days=8))
    assert holder(AT + timedelta(days=8)) is None
    with database.write() as conn:
        users.set_password(conn, ann(database), passwords.hash_password("blue-lantern-8"))
    assert holder(AT) is None


def test_closing_an_account_ends_its_tokens_at_once(database: Database, tmp_path: Path) -> None:
    token = Tokens(database, tmp_path).issue(ann(database), "laptop", AT).token
    with database.read() as conn:
        found = find_token(conn, token, AT)
        assert found is not None
        assert found[0].user_id == ann(database)
        assert find_token(conn, token, AT + timedelta(days=91)) is None
    with database.write() as conn:
        users.set_active(conn, ann(database), False)
        users.set_active(conn, ann(database), True)
    with database.read() as conn:
        assert find_token(conn, token, AT) is None


@pytest.mark.parametrize("password", ["short", "12345678", "PASSWORD", "ann.ann.ann"])
def test_a_weak_password_is_refused_with_a_sentence(password: str) -> None:
    assert passwords.complaint(password, "ann.ann.ann", "en")


def test_a_good_password_is_taken() -> None:
    assert passwords.complaint(PASSWORD, "ann", "en") is None
