"""An app installed in a database: all parts that belong to one revision. A reload makes a new one of these."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.tree import Formula
from dsl.problems import Checked
from dsl.render import as_text
from engine.clock import Clock, day_of
from engine.delivery.outbox import Jobs
from engine.delivery.webhooks import Announcer
from engine.flow.formulas import Formulas
from engine.people.known_actors import KnownActors
from engine.people.known_names import KnownNames
from engine.people.role_rights import RoleRights
from engine.store.apply import apply_app, read_tables
from engine.store.database import Database
from engine.store.derived import Derived
from engine.store.files import FileStore
from engine.store.gate import Gate
from engine.store.lists import Lists
from engine.store.live import SqlFormulas
from engine.store.plans import Recent
from engine.store.records import Records
from engine.store.related import Related
from engine.store.renewal import renew
from engine.store.sql_formula import moment
from engine.store.tables import Tables
from engine.store.totals import Totals
from engine.tally import Tally
from engine.writing.foresight import Foresight

MOST_FILTERS = 256


@dataclass(frozen=True, slots=True)
class Installed:
    """Frozen: threads that began with one revision finish with it. filters: those typed lately, already checked."""

    app: App
    revision: int
    clock: Clock
    database: Database
    tables: Tables
    gate: Gate
    sql: SqlFormulas
    records: Records
    related: Related
    derived: Derived
    lists: Lists
    totals: Totals
    formulas: Formulas
    foresight: Foresight
    rights: RoleRights
    actors: KnownActors
    names: KnownNames
    filters: Recent[Checked[Formula]]
    files: FileStore
    jobs: Jobs
    announcer: Announcer
    refusals: Tally
    """Rules that refused writes since this process started."""


def install(app: App, database: Database, files: FileStore, clock: Clock, jobs: Jobs | None = None) -> Installed:
    """Applies the app to the database and puts its parts together. Raises NotReady if the data does not fit it.

    Computed values and search entries whose definition has changed are made anew.

    jobs: those of the app's revision before this one; without it, nothing was put yet.
    """
    installed = assemble(app, apply_app(database, app, clock), database, files, clock, jobs)
    now = clock.now()
    renew(database, app, installed.tables, installed.derived, Env(day_of(now, app.timezone), now))
    return installed


def assemble(
    app: App, revision: int, database: Database, files: FileStore, clock: Clock, jobs: Jobs | None = None
) -> Installed:
    """The parts of a revision that is in force already."""
    tables = read_tables(database, app)
    jobs = jobs or Jobs(database)
    sql = SqlFormulas(app, tables, database.dialect)
    gate = Gate(app, tables, formula_sql=sql.where, live=sql.add_live, moment=moment)
    return Installed(
        app=app,
        revision=revision,
        clock=clock,
        database=database,
        tables=tables,
        gate=gate,
        sql=sql,
        records=Records(app, tables, gate),
        related=Related(app, tables, sql),
        derived=Derived(app, tables, sql),
        lists=Lists(app, tables, gate, sql),
        totals=Totals(app, tables, gate, sql),
        formulas=Formulas(app),
        foresight=Foresight(app),
        rights=RoleRights(app),
        actors=KnownActors(app),
        names=KnownNames(),
        filters=Recent(MOST_FILTERS),
        files=files,
        jobs=jobs,
        announcer=Announcer(jobs),
        refusals=Tally(),
    )


def told_problems(checked: Checked[App], path: Path) -> str:
    """Why an app cannot be installed, as the command line tells it."""
    sources = {path.name: path.read_text(encoding="utf-8", errors="replace")} if path.exists() else {}
    return as_text(checked.problems, sources, "en")
