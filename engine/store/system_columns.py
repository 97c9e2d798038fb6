"""The columns of the engine's own tables, one function for each sort."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.store.columns import Instant, id_type, text_type


def new_id() -> sa.Column[Any]:
    """The table's own number of a row."""
    return sa.Column("id", id_type(), primary_key=True)


def new_text(name: str, default: str = "") -> sa.Column[Any]:
    """A text that is never NULL."""
    return sa.Column(name, text_type(), nullable=False, server_default=default)


def new_number(name: str, default: int = 0) -> sa.Column[Any]:
    """A whole number that is never NULL."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=str(default))


def new_ref(name: str, table: str = "", *, required: bool = False) -> sa.Column[Any]:
    """The id of something, of a row of `table` if it is named."""
    links = (sa.ForeignKey(f"{table}.id"),) if table else ()
    return sa.Column(name, sa.BigInteger, *links, nullable=not required)


def new_instant(name: str, *, required: bool = False) -> sa.Column[Any]:
    """A point in time."""
    return sa.Column(name, Instant, nullable=not required)
