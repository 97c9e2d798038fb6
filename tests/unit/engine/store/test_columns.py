"""SQL elements of our own: all that they say must be in the key by which SQLAlchemy keeps compiled statements."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.columns import IsOneOf, is_one_of
from engine.store.gate import Gathered

TABLE = sa.Table("t", sa.MetaData(), sa.Column("a", sa.BigInteger()), sa.Column("b", sa.BigInteger()))


def _key(element: sa.ColumnElement[object]) -> object:
    found = sa.select(element)._generate_cache_key()
    assert found is not None
    return found.key


def test_two_elements_that_say_different_things_have_different_keys() -> None:
    assert _key(is_one_of(TABLE.c.a, "ids")) != _key(is_one_of(TABLE.c.b, "ids"))
    assert _key(Gathered(TABLE.c.a)) != _key(Gathered(TABLE.c.b))
    assert _key(is_one_of(TABLE.c.a, "ids")) == _key(is_one_of(TABLE.c.a, "ids"))


def test_an_element_keeps_nothing_of_its_own() -> None:
    """An attribute of its own would not be in the key, and a statement would be answered with another's SQL."""
    for kind in (IsOneOf, Gathered):
        assert not {"__init__", "__annotations__"} & set(vars(kind))
