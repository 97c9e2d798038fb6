"""Our transaction as SQLAlchemy's connection, for a library that writes its own rows into it.

The job library takes nothing else. It gets the raw connection of the transaction that is open, with BEGIN, COMMIT and
ROLLBACK taken away: those stay `Database`'s.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from engine.store.columns import POSTGRESQL
from engine.store.driver import Driver, RawConnection

_lent = threading.local()
"""`raw`: the connection that this thread lends at the moment."""


class _Lent:
    """The raw connection without its say over the transaction, and with cursors that SQLAlchemy knows."""

    def __init__(self, raw: RawConnection, driver: Driver) -> None:
        self._raw = raw
        self._driver = driver

    def cursor(self) -> Any:
        return self._driver.library_cursor(self._raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def close(self) -> None: ...


@lru_cache(maxsize=2)
def _engine_of(dialect: str) -> sa.Engine:
    if dialect == POSTGRESQL:
        return sa.create_engine(
            "postgresql+psycopg://", creator=lambda: _lent.raw, poolclass=NullPool, use_native_hstore=False
        )
    return sa.create_engine("sqlite://", creator=lambda: _lent.raw, poolclass=NullPool)


@contextmanager
def lend(raw: RawConnection, driver: Driver) -> Iterator[sa.Connection]:
    """What is executed on the connection becomes part of the open transaction. Errors are those of `Connection`."""
    _lent.raw = _Lent(raw, driver)
    try:
        with _engine_of(driver.dialect.name).connect() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        meant = driver.translate(error.orig) if isinstance(error.orig, Exception) else None
        if meant is None:
            raise
        raise meant from error
    finally:
        del _lent.raw
