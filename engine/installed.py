"""An app installed in a database: all parts that belong to one revision. A reload makes a new one of these."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.app import App
from engine.clock import Clock
from engine.flow.formulas import Formulas
from engine.store.database import Database
from engine.store.derived import Derived
from engine.store.files import FileStore
from engine.store.gate import Gate
from engine.store.plans import Plans
from engine.store.records import Records
from engine.store.related import Related
from engine.store.tables import Tables


@dataclass(frozen=True, slots=True)
class Installed:
    """Frozen: threads that began with one revision finish with it."""

    app: App
    revision: int
    clock: Clock
    database: Database
    tables: Tables
    gate: Gate
    plans: Plans
    records: Records
    related: Related
    derived: Derived
    formulas: Formulas
    files: FileStore
