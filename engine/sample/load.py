"""Loads the sample company of an app into an empty database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random
from typing import Final

import sqlalchemy as sa

from dsl.formula.env import Env
from engine.people import organisation, passwords, users
from engine.runtime import Engine
from engine.sample import bulk, papers
from engine.sample.book import Book
from engine.sample.company import Company, parts_maker, shop_chain
from engine.sample.sales import write_sales
from engine.sample.shops import write_shops
from engine.sample.story import Story
from engine.sample.worktime import WorkTime
from engine.store.connection import Connection
from engine.store.files import Content
from engine.store.reindex import reindex
from engine.store.system_tables import setting, user_account

LOGINS: Final = ("sales", "sales2", "manager", "director", "cfo", "tech", "admin")
MARK: Final = "sample"
"""The setting that says that the sample company is in the data."""


def has_sample(engine: Engine) -> bool:
    """Whether the sample company was loaded into this database."""
    with engine.database.read() as conn:
        return conn.one(sa.select(setting.c.value).where(setting.c.key == MARK)) is not None


def load_sample(engine: Engine, seed: int = 1) -> list[tuple[str, str]]:
    """Loads the company into a database without people; (login, password) of those who can sign in.

    One password, made anew for every installation, is shared by all of them. ValueError for an app without a sample
    company and for a database that already has people.
    """
    told = _STORIES.get(engine.app.key)
    if told is None:
        raise ValueError(f"no sample company for the app {engine.app.key}")
    with engine.database.read() as conn:
        if conn.one(sa.select(user_account.c.id).limit(1)) is not None:
            raise ValueError("the database already has people")
    password = secrets.token_urlsafe(9)
    contents = _put_contents(engine)
    with engine.database.write(is_long=True) as conn:
        company = _load_company(conn, engine, seed, password, told[0])
        _load_records(conn, engine, seed, company, contents, told[1])
        conn.execute(sa.insert(setting).values(key=MARK, value=str(seed)))
    engine.database.optimize()
    known = {worker.login for worker in company.workers}
    return [(login, password) for login in LOGINS if login in known]


def _put_contents(engine: Engine) -> dict[str, Content]:
    """The few different files that the story's uploads share, kept by their content."""
    store = engine.installed.files
    return {name: store.take(BytesIO(papers.data(name)), papers.file_name(name)) for name in papers.contents()}


def _load_company(
    conn: Connection, engine: Engine, seed: int, password: str, tell: Callable[[Random], Company]
) -> Company:
    """Units and people; the company with the ids that the database gave them."""
    told = tell(Random(seed))
    begun = WorkTime(Random(seed), engine.clock.now(), engine.app.timezone)
    joined = begun.on(begun.start_of(2))
    kept_hash = passwords.hash_password(password)
    unit_ids: dict[int | None, int | None] = {None: None}
    person_ids: dict[int | None, int | None] = {None: None}
    for unit in told.units:
        unit_ids[unit.id] = organisation.add_unit(conn, unit.name, unit.kind, unit_ids[unit.parent_id])
    for worker in told.workers:
        account = users.NewUser(
            login=worker.login or f"p{worker.id:03}",
            name=worker.name,
            role=worker.role,
            unit_id=unit_ids[worker.unit_id],
            manager_id=person_ids[worker.manager_id],
            is_admin=worker.role == "admin",
        )
        own_hash = kept_hash if worker.login else ""
        person_ids[worker.id] = users.add_user(conn, account, joined, own_hash)
    company = told.renumbered(unit_ids, person_ids)
    for unit_id, lead_id in company.leads().items():
        organisation.set_lead(conn, unit_id, lead_id)
    return company


def _load_records(
    conn: Connection,
    engine: Engine,
    seed: int,
    company: Company,
    contents: Mapping[str, Content],
    tell: Callable[[Story], None],
) -> None:
    rng, app, installed = Random(seed), engine.app, engine.installed
    book = Book(app, {w.id: w.unit_id for w in company.workers}, bulk.starts(conn, installed.tables))
    story = Story(app, rng, book, WorkTime(rng, engine.clock.now(), app.timezone), company)
    tell(story)
    bulk.copy(conn, installed.tables, book, contents, engine.revision)
    installed.derived.rebuild_all(conn, Env(story.time.today, story.time.now))
    reindex(conn, installed.tables)


_STORIES: Final[Mapping[str, tuple[Callable[[Random], Company], Callable[[Story], None]]]] = {
    "sales_crm": (parts_maker, write_sales),
    "store_sales": (shop_chain, write_shops),
}
