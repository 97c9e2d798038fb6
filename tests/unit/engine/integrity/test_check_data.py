"""The data check: a busy company agrees with itself; damage of any one kind is named, and what can be cured is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.bundle.desk import BackupDesk
from engine.commands import Update
from engine.delivery.desk import DeliveryDesk, WebhookWish
from engine.delivery.job import NAMES
from engine.delivery.kinds import KINDS
from engine.integrity.check import check_data, found_by
from engine.integrity.inconsistency import SORTS
from engine.integrity.look import Look, look_at
from engine.integrity.repair import make_anew
from engine.people.saved_views import ViewShape
from engine.store.connection import Connection
from engine.store.ddl import SqlText
from engine.store.import_tables import import_row, import_run, import_sheet
from engine.store.seal import Reason, as_system
from engine.store.system_tables import (
    api_token,
    comment,
    document_number,
    event,
    evidence,
    file,
    idempotency,
    mention,
    org_unit,
    saved_view,
    search_entry,
    setting,
    stage_visit,
    stage_week,
    user_account,
    view_choice,
    webhook,
)
from engine.testing import STARTS_AT, acting, engine_for
from tests.conftest import PostgresServer
from tests.unit.engine.conftest import WORKSHOP, Shop, line, made


@dataclass
class Company:
    """A workshop in which everything that the check looks at has happened."""

    shop: Shop
    customer: int
    deal: int
    note: int
    conn: Connection | None = None

    def damage(self, statement: sa.Executable | SqlText) -> None:
        """Changes the database behind the engine's back."""
        assert self.conn is not None
        if isinstance(statement, SqlText):
            self.conn.define(statement)
        else:
            self.conn.execute(as_system(statement, Reason.WRITE))

    @contextmanager
    def harmed(self, harm: Harm) -> Iterator[Look]:
        """A look at the company after the harm; afterwards everything is as before."""
        kept = {path: path.read_bytes() for path in self.files}
        with self.shop.engine.database.write(is_long=True) as conn:
            conn.rollback_only()
            if conn.dialect == "sqlite":
                conn.control("PRAGMA defer_foreign_keys=ON")
            self.conn = conn
            harm(self)
            yield look_at(self.shop.engine.installed, conn)
        for path in self.files:
            path.unlink()
        for path, content in kept.items():
            path.write_bytes(content)

    @property
    def files(self) -> list[Path]:
        return list(self.shop.engine.installed.files.all_places())

    def table(self, entity: str) -> sa.Table:
        return self.shop.engine.installed.tables.entity(entity).table

    def set(self, entity: str, record_id: int, **values: Any) -> None:
        table = self.table(entity)
        new = {table.c[key]: value for key, value in values.items()}
        self.damage(sa.update(table).where(table.c.id == record_id).values(new))

    def link(self, entity: str, field: str) -> sa.Table:
        return self.shop.engine.installed.tables.entity(entity).link(field)


Harm = Callable[[Company], None]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Customers, deals along their stages, rows changed and removed, files, evidence, a waiver, comments, kept keys."""
    server: PostgresServer | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
    url = server.new_database() if server else None
    shop = Shop(engine_for(WORKSHOP, tmp_path_factory.mktemp("company"), url))
    yield _at_work(shop)
    shop.engine.close()
    if server and url:
        server.give_back(url)


def _at_work(shop: Shop) -> Company:
    customer = shop.sales.create("customer", name="Bearing Works", tags=("hot", "key"), grade="B")
    deal = shop.offered_deal(customer)
    other = shop.proving_deal(customer)
    made(
        shop.sales.do(Update("deal", other, None, {"excuse": "none"}, {"lines": [line(), line(qty=300)]}), key="a key")
    )
    made(shop.manager.move("deal", shop.deal(customer, amount=300_000), "lost", fill={"reason": "too dear"}))
    shop.sales.update("customer", customer, grade="A", backup=acting(shop.engine, "sales2").actor.id)
    backup = acting(shop.engine, "sales2").actor
    shop.engine.comment(shop.sales.context, "customer", customer, f"Called again @{backup.name}", (backup.id,))
    shop.engine.jobs.prepare()
    _everything_beside(shop, customer)
    gone = shop.deal(customer)
    made(shop.sales.do(Update("deal", gone, None, {}, {"lines": [line()]})))
    made(shop.manager.delete("deal", gone))
    return Company(shop, customer, deal, shop.as_("tech").create("note", text="Pinyin 拼音"))


def _everything_beside(shop: Shop, customer: int) -> None:
    """A token, a session, a view that a list opens with, a webhook that heard of something, a nightly backup."""
    engine, me = shop.engine, shop.sales.context
    engine.tokens.issue(me.actor.id, "ERP", me.at)
    engine.open_session(me.actor.id, "a browser")
    view = engine.saved_views.save(me, "customer", "Mine", ViewShape(("name",), 'grade = "A"', ("-name",)))
    engine.saved_views.choose(me, "customer", view.key)
    with engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "admin").values(is_admin=True))
    boss = acting(engine, "admin")
    DeliveryDesk(engine, boss).add(WebhookWish("ERP", "https://erp.example.com", "sales", ("customer.*",)))
    BackupDesk(engine, boss).change_schedule("02:30", "3")
    shop.sales.update("customer", customer, phone="0512-1")


def test_every_kind_of_job_has_its_name_where_the_check_looks() -> None:
    assert set(KINDS) == NAMES


def _two_open_visits(company: Company) -> None:
    company.damage(SqlText("DROP INDEX stage_visit_open"))
    now = company.shop.engine.clock.now()
    values = {"entity": "deal", "record_id": company.deal, "pipeline": "main", "stage": "won", "entered_at": now}
    company.damage(sa.insert(stage_visit).values(values))


def _a_doubled_number(company: Company) -> None:
    table = company.table("deal")
    first = sa.select(sa.func.min(table.c.code)).scalar_subquery()
    company.damage(sa.update(table).where(table.c.id == company.deal + 1).values(code=first))


def _a_lost_file(company: Company) -> None:
    company.files[0].unlink()


def _a_changed_file(company: Company) -> None:
    path = company.files[0]
    path.write_bytes(b"x" * path.stat().st_size)


def _a_short_file(company: Company) -> None:
    company.files[0].write_bytes(b"")


def _an_old_upload(company: Company) -> None:
    path = company.files[0].with_name("f" * 64)
    path.write_bytes(b"nobody's")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(path, (two_days_ago, two_days_ago))


def _set(entity: str, which: str, **values: Any) -> Harm:
    return lambda company: company.set(entity, getattr(company, which), **values)


def _change(table: sa.Table, *where: sa.ColumnElement[bool], **values: Any) -> Harm:
    return lambda company: company.damage(sa.update(table).where(*where).values(**values))


def _forget(table: sa.Table, *where: sa.ColumnElement[bool]) -> Harm:
    return lambda company: company.damage(sa.delete(table).where(*where))


def _a_lost_tag(company: Company) -> None:
    company.damage(sa.delete(company.link("customer", "tags")))


def _a_strange_tag(company: Company) -> None:
    link = company.link("customer", "tags")
    company.damage(sa.update(link).where(link.c.value == "hot").values(value="cold"))


def _everything(entity: str, **values: Any) -> Harm:
    """The same values in every row of an entity."""
    return lambda company: company.damage(sa.update(company.table(entity)).values(**values))


def _statement(sql: str) -> Harm:
    return lambda company: company.damage(SqlText(sql))


_OPEN = stage_visit.c.left_at.is_(None)
_NOW = STARTS_AT


def _an_import(**values: Any) -> Harm:
    """A run of two rows, one of which made the customer; then something about it is wrong."""

    def inflict(company: Company) -> None:
        at = {"created_at": _NOW, "changed_at": _NOW}
        run = {"id": 1, "key": "customers", "entity": "customer", "state": "done", "position": 2, "total": 2}
        company.damage(sa.insert(import_run).values(run | at | {k: v for k, v in values.items() if k in run}))
        company.damage(sa.insert(import_sheet).values(id=1, run_id=1, name="a.csv", row_count=2))
        rows = {"run_id": 1, "sheet_id": 1, "record_id": values.get("record_id", company.customer)}
        company.damage(sa.insert(import_row).values(**rows, number=1, state="created"))
        company.damage(sa.insert(import_row).values(**rows, number=2, state=values.get("row_state", "merged")))

    return inflict


def _a_token(**values: Any) -> Harm:
    token = {"token_hash": "0" * 64, "user_id": 1, "name": "ERP", "created_at": _NOW}
    return lambda company: company.damage(sa.insert(api_token).values(token | values))


def _a_webhook(events: object) -> Harm:
    hook = {"name": "ERP", "url": "https://erp.example.com", "user_id": 1, "created_at": _NOW}
    return lambda company: company.damage(sa.insert(webhook).values(**hook, events=events))


def _a_view(definition: object) -> Harm:
    view = {"user_id": 1, "entity": "customer", "name": "Mine"}
    return lambda company: company.damage(sa.insert(saved_view).values(**view, definition=definition))


def _a_lost_choice(company: Company) -> None:
    company.damage(sa.insert(view_choice).values(user_id=1, entity="customer", view="saved-999"))


def _a_strange_job(company: Company) -> None:
    jobs = company.shop.engine.jobs
    assert company.conn is not None
    jobs.put(company.conn, "brew coffee", {}, "a strange one")


def _a_strange_schedule(company: Company) -> None:
    company.damage(sa.update(setting).where(setting.c.key == "backups").values(value='{"at": "late"}'))


HARMS: dict[str, tuple[Harm, str]] = {
    "a field changed past history": (_set("customer", "customer", phone="110"), "event"),
    "a set that lost its members": (_a_lost_tag, "event"),
    "an event lost": (_forget(event, event.c.kind == "changed"), "event"),
    "an event of creation lost": (_forget(event, event.c.kind == "created", event.c.entity == "note"), "created"),
    "events of a record that never was": (_change(event, event.c.entity == "note", record_id=999), "orphan_event"),
    "a record removed past history": (_set("note", "note", deleted_at=_NOW), "removed"),
    "a removed record that came back": (_everything("deal", deleted_at=None), "removed"),
    "a version set back": (_set("deal", "deal", row_version=1), "version"),
    "a value that is no option": (_set("customer", "customer", grade="Z"), "option"),
    "a tag that is no option": (_a_strange_tag, "option"),
    "a stage that is not in the app": (_set("deal", "deal", stage="dreaming"), "stage"),
    "a reference to nothing": (_set("customer", "customer", owner=999, owner_id=999), "reference"),
    "a file that is not named": (_forget(file), "reference"),
    "a part of a removed record": (_everything("line", deleted_at=None), "part"),
    "another owner than the record says": (_set("customer", "customer", owner_id=1), "owner"),
    "a part with another unit than its record": (_everything("line", unit_id=1), "owner"),
    "a computed field that is stale": (_set("deal", "deal", total=1), "computed"),
    "a rollup over children that is stale": (_set("customer", "customer", won=77), "computed"),
    "no open visit": (_change(stage_visit, _OPEN, left_at=_NOW), "visit_open"),
    "two open visits": (_two_open_visits, "visit_open"),
    "an open visit in another stage": (_change(stage_visit, _OPEN, stage="lead"), "visit_stage"),
    "visits that do not follow one another": (
        _change(stage_visit, stage_visit.c.from_stage == "lead", from_stage="won"),
        "visit_chain",
    ),
    "a visit without its move": (_change(stage_visit, _OPEN, event_id=None), "visit_event"),
    "a weekly sum that is off": (_change(stage_week, entered=stage_week.c.entered + 1), "week"),
    "a number that is not of its series": (_set("deal", "deal", code="X-1"), "number"),
    "a doubled number": (_a_doubled_number, "number"),
    "a number missing in its series": (_set("deal", "deal", code="D202611-099"), "number_gap"),
    "a counter set back": (_change(document_number, last=1), "counter"),
    "a search entry lost": (_forget(search_entry, search_entry.c.entity == "note"), "search"),
    "a search entry of other words": (_set("note", "note", text="other words"), "search"),
    "the content of a file lost": (_a_lost_file, "file_missing"),
    "the content of a file changed": (_a_changed_file, "file_content"),
    "the content of a file cut short": (_a_short_file, "file_content"),
    "content that nothing names": (_an_old_upload, "file_orphan"),
    "evidence of another content": (_change(evidence, evidence.c.file_id.is_not(None), sha256="0" * 64), "evidence"),
    "a comment on nothing": (_change(comment, record_id=999), "note"),
    "a kept result whose event is gone": (_change(idempotency, result={"event_ids": [99_999]}), "key"),
    "a call by no comment": (_change(mention, event_id=1), "mention"),
    "a call on another record": (_change(mention, record_id=999), "mention"),
    "an import with fewer rows than it says": (_an_import(total=3), "import"),
    "an import beyond its rows": (_an_import(position=3), "import"),
    "an import in a state that is none": (_an_import(state="dreaming"), "import"),
    "an import that is done while a row waits": (_an_import(row_state=""), "import"),
    "an import whose record is not there": (_an_import(record_id=999), "import"),
    "a kept view that says nothing": (_a_view(["name"]), "view"),
    "a list that opens with a view that is gone": (_a_lost_choice, "view"),
    "a token whose hash is none": (_a_token(token_hash="plain"), "access"),
    "a token that ended before it was made": (_a_token(expires_at=_NOW - timedelta(days=1)), "access"),
    "a webhook that hears of nothing": (_a_webhook([]), "access"),
    "a job that nobody runs": (_a_strange_job, "job"),
    "a schedule of backups that cannot be read": (_a_strange_schedule, "job"),
    "an account of no role": (_change(user_account, user_account.c.login == "tech", role="wizard"), "account"),
    "a unit beside its parent": (_change(org_unit, org_unit.c.name == "North", path="/9/"), "unit"),
    "an index dropped": (_statement("DROP INDEX event_record"), "index"),
    "a column dropped": (_statement("ALTER TABLE waiver DROP COLUMN reason"), "column"),
    "a table dropped": (_statement("DROP TABLE view_choice"), "table"),
}


def test_a_company_at_work_agrees_with_itself(company: Company) -> None:
    assert [each.said("en") for each in check_data(company.shop.engine)] == []


@pytest.mark.parametrize("harm", HARMS)
def test_damage_of_one_kind_is_named_with_its_place_and_cure(company: Company, harm: str) -> None:
    inflict, sort = HARMS[harm]
    with company.harmed(inflict) as look:
        found = list(found_by(look))
    named = [each for each in found if each.sort == sort]
    assert named, [each.said("en") for each in found]
    for language, place in (("zh", 0), ("en", 1)):
        said = named[0].said(language)
        assert named[0].place in said
        assert SORTS[sort].cure[place] in said


@pytest.mark.parametrize("harm", [harm for harm, (_inflict, sort) in HARMS.items() if SORTS[sort].is_rebuilt])
def test_what_is_derived_is_cured_by_the_repair(company: Company, harm: str) -> None:
    with company.harmed(HARMS[harm][0]) as look:
        make_anew(look)
        left = [each.said("en") for each in found_by(look) if SORTS[each.sort].is_rebuilt]
    assert left == []


def test_every_sort_of_inconsistency_is_tried() -> None:
    only_on_one = {"database", "value", "revision"}
    assert {sort for _, sort in HARMS.values()} | only_on_one == set(SORTS)


# --- what only one database lets happen ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"), [("minutes", "soon"), ("created_at", "yesterday")], ids=["a number", "an instant"]
)
def test_a_value_that_is_not_of_its_type_is_named_on_sqlite(shop: Shop, column: str, value: str) -> None:
    visit = shop.sales.create("visit", customer=shop.customer(), notes="Met the buyer")
    table = sa.table("x_visit", sa.column("id"), sa.column(column))
    with shop.engine.database.write() as conn:
        conn.execute(as_system(sa.update(table).where(table.c.id == visit).values({column: value}), Reason.WRITE))
    [found] = check_data(shop.engine)
    assert (found.sort, found.place) == ("value", f"visit {visit} {column}")


def test_a_damaged_page_of_the_database_is_named(tmp_path: Path) -> None:
    shop = Shop(engine_for(WORKSHOP, tmp_path))
    shop.customer()
    shop.engine.close()
    path = tmp_path / "sluice.sqlite"
    content = bytearray(path.read_bytes())
    content[-4096 * 3 : -4096 * 2] = bytes(4096)
    path.write_bytes(content)
    damaged = engine_for(WORKSHOP, tmp_path, people=())
    assert {each.sort for each in check_data(damaged)} >= {"database"}
    damaged.close()


# --- definitions that changed ----------------------------------------------------------------------------------------


def test_values_of_a_field_that_used_to_be_computed_are_no_damage(tmp_path: Path, database_url: str) -> None:
    text = WORKSHOP.read_text(encoding="utf-8")
    before = text.replace("type: integer, min: 0, max: 100", "type: integer = 7")
    shop = Shop(engine_for(before, tmp_path, database_url))
    customer = shop.customer()
    shop.engine.close()
    shop = Shop(engine_for(text, tmp_path, database_url, people=()))
    assert shop.sales.values("customer", customer)["score"] == 7
    assert check_data(shop.engine) == []
    shop.engine.close()


def test_numbers_keep_the_look_of_their_time(tmp_path: Path, database_url: str) -> None:
    text = WORKSHOP.read_text(encoding="utf-8")
    shop = Shop(engine_for(text, tmp_path, database_url))
    shop.customer("First")
    shop.engine.close()
    shop = Shop(
        engine_for(text.replace("code: C<yyyy>-<####>", "code: K<yyyy>-<#####>"), tmp_path, database_url, people=())
    )
    assert shop.sales.values("customer", shop.customer("Second"))["code"] == "K2026-00002"
    assert check_data(shop.engine) == []
    shop.engine.close()
