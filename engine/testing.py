"""For tests of the engine and of apps: an engine on a clock that moves only when told, with people to act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dsl.load import load_app, load_text
from engine.clock import VirtualClock
from engine.context import Actor, Channel, Context
from engine.errors import NotReady
from engine.installed import install
from engine.people import organisation, users
from engine.people.users import NewUser, system_actor
from engine.runtime import Engine
from engine.store.database import Database
from engine.store.files import FileStore

STARTS_AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, a Saturday that is no holiday."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in a test: who (the login), as what, in which unit; the first of a unit who leads it is its head."""

    login: str
    role: str
    unit: str = "South"
    leads: bool = False


STAFF: Sequence[Colleague] = (
    Colleague("director", "director", "Company", leads=True),
    Colleague("cfo", "cfo", "Company"),
    Colleague("manager", "manager", "South", leads=True),
    Colleague("sales", "sales", "South"),
    Colleague("sales2", "sales", "North"),
    Colleague("tech", "tech", "Company"),
    Colleague("admin", "admin", "Company"),
)
"""A small company of two regions, South and North, with the roles that both shipped apps have or may have."""


def engine_for(app: str | Path, tmp_path: Path, url: str | None = None, people: Sequence[Colleague] = STAFF) -> Engine:
    """An engine over an app (its text, or the path of its file) with a VirtualClock and the people in it.

    Raises NotReady with the problems of an app that does not check.
    """
    checked = load_app(app) if isinstance(app, Path) else load_text(app, "test.yaml")
    if checked.value is None or not checked.is_ok:
        told = (f"{problem.code} {problem.span} {dict(problem.values)}" for problem in checked.problems)
        raise NotReady("; ".join(told))
    database = Database.open(url or "sqlite", data_dir=tmp_path)
    clock = VirtualClock(STARTS_AT)
    installed = install(checked.value, database, FileStore(tmp_path), clock)
    engine = Engine(installed, app if isinstance(app, Path) else None)
    employ(engine, people)
    return engine


def employ(engine: Engine, people: Sequence[Colleague]) -> Mapping[str, int]:
    """Accounts (without passwords) and their units beneath "Company"; login → id."""
    at = engine.clock.now()
    with engine.database.write() as conn:
        units = {"Company": organisation.add_unit(conn, "Company", "company")}
        for name in dict.fromkeys(each.unit for each in people if each.unit != "Company"):
            units[name] = organisation.add_unit(conn, name, "region", units["Company"])
        ids = {
            each.login: users.add_user(
                conn, NewUser(each.login, each.login.title(), each.role, units[each.unit], language="en"), at
            )
            for each in people
        }
        for each in people:
            if each.leads:
                organisation.set_lead(conn, units[each.unit], ids[each.login])
    return ids


def actor(engine: Engine, login: str) -> Actor:
    """The person, by login; "system" is the engine itself. Raises KeyError for an unknown one."""
    if login == "system":
        return system_actor()
    with engine.database.read() as conn:
        user_id = users.find_id(conn, login)
    found = engine.actor(user_id) if user_id is not None else None
    if found is None:
        raise KeyError(login)
    return found


def acting(engine: Engine, login: str, channel: Channel = "test") -> Context:
    """The context of one person acting now."""
    return engine.context(actor(engine, login), channel)


def virtual_clock(engine: Engine) -> VirtualClock:
    """The engine's clock, to be moved. Raises TypeError if it is a real one."""
    if not isinstance(engine.clock, VirtualClock):
        raise TypeError("this engine runs on a real clock")
    return engine.clock
