"""Search finds exactly the substrings, in readable fields of records in sight."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from engine.people.sight import NO_SIGHT, SYSTEM_SIGHT, Sight
from engine.store import search
from engine.store.search import Scope, Words
from tests.unit.engine.store.apps import CUSTOMER
from tests.unit.engine.store.conftest import Store

NAMES = ("华东轴承有限公司", "东华精密 A-12b", "ABC GmbH", "１２３号厂")


def _indexed(store: Store) -> None:
    for name in NAMES:
        record_id = store.insert("customer", name=name, code=f"C-{name[:1]}")
        with store.database.write() as conn:
            words = Words()
            words.add(CUSTOMER, record_id, {"name": name, "code": f"C-{name[:1]}"})
            search.write(conn, words)


def _find(store: Store, text: str, sight: Sight = SYSTEM_SIGHT, fields: Collection[str] = ("name",)) -> list[int]:
    with store.database.read() as conn:
        return search.find(conn, store.gate, {"customer": Scope(sight, fields)}, text).get("customer", [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("华东", [1]),
        ("东华", [2]),
        ("东", [2, 1]),
        ("轴承有限", [1]),
        ("a-12", [2]),
        ("12", [4, 2]),
        ("abc", [3]),
        ("gmb", [3]),
        ("轴有", []),
        ("hdzc", [1]),
        ("HDZC", [1]),
        ("huadong", [1]),
        ("dongzhou", [1]),
        ("zchuadong", []),
        ('"', []),
        ("  ", []),
        ('华东" OR "精密', []),
    ],
)
def test_a_search_finds_the_substring(store: Store, text: str, found: list[int]) -> None:
    _indexed(store)
    assert _find(store, text) == found


def test_names_that_are_hinted_at_have_all_the_characters(store: Store) -> None:
    _indexed(store)
    with store.database.read() as conn:
        scopes = {"customer": Scope(SYSTEM_SIGHT, ("name", "code"))}
        assert search.find_loosely(conn, store.gate, scopes, "华轴") == {"customer": [1]}
        assert search.find_loosely(conn, store.gate, scopes, "华厂") == {}
        assert search.find_loosely(conn, store.gate, scopes, "hz") == {}
        assert search.find_loosely(conn, store.gate, {"customer": Scope(SYSTEM_SIGHT, ("code",))}, "华轴") == {}


def test_only_readable_fields_are_searched(store: Store) -> None:
    _indexed(store)
    assert _find(store, "c华", fields=("name",)) == []
    assert _find(store, "c华", fields=("name", "code")) == [1]
    assert _find(store, "hdzc", fields=("code",)) == []


def test_only_records_in_sight_are_found(store: Store) -> None:
    _indexed(store)
    assert _find(store, "华东", Sight(own_of=1)) == [1]
    assert _find(store, "华东", Sight(own_of=2)) == []
    assert _find(store, "华东", NO_SIGHT) == []


def test_a_changed_field_is_found_by_its_new_text_only(store: Store) -> None:
    _indexed(store)
    with store.database.write() as conn:
        words = Words()
        words.change(CUSTOMER, 1, {"name": "西北铸造"})
        search.write(conn, words)
    assert _find(store, "华东") == []
    assert _find(store, "铸造") == [1]
    assert _find(store, "xbzz") == [1]
    assert _find(store, "c华", fields=("code",)) == [1]


def test_a_forgotten_record_is_found_no_more(store: Store) -> None:
    _indexed(store)
    with store.database.write() as conn:
        words = Words()
        words.forget(CUSTOMER, 1)
        search.write(conn, words)
    assert _find(store, "东") == [2]


def test_many_records_are_indexed_as_one_by_one(store: Store) -> None:
    ids = [store.insert("customer", name=name) for name in NAMES]
    with store.database.write() as conn:
        words = Words()
        for record_id, name in zip(ids, NAMES, strict=True):
            words.add(CUSTOMER, record_id, {"name": name})
        search.write(conn, words)
    assert _find(store, "华东") == [1]
    assert _find(store, "hdzc") == [1]
    assert _find(store, "12") == [4, 2]
