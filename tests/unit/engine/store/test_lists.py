from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dsl.app import App
from dsl.formula.check import compile_for
from dsl.formula.tree import Formula
from engine.errors import BadInput
from engine.people.sight import NO_SIGHT, SYSTEM_SIGHT, Sight
from engine.store.derived import Derived
from engine.store.gate import Gate
from engine.store.lists import Lists, Page, Query
from engine.store.live import SqlFormulas
from engine.store.sql_formula import moment
from engine.store.totals import Totals
from tests.same.computed import computed_app
from tests.same.rig import ENV, Store, fresh_url, person
from tests.same.rig import store as open_store
from tests.same.rows import EDGES


@pytest.fixture(scope="module")
def app() -> App:
    return computed_app()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(app: App, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("store")
    with fresh_url(request, home) as url, open_store(app, url, home) as opened:
        opened.fill(EDGES)
        formulas = SqlFormulas(app, opened.tables, opened.database.dialect)
        with opened.database.write() as conn:
            Derived(app, opened.tables, formulas).rebuild_all(conn, ENV)
        yield opened


@pytest.fixture
def lists(store: Store) -> Lists:
    formulas = SqlFormulas(store.app, store.tables, store.database.dialect)
    gate = Gate(store.app, store.tables, formula_sql=formulas.where, live=formulas.add_live, moment=moment)
    return Lists(store.app, store.tables, gate, formulas)


@pytest.fixture
def totals(store: Store, lists: Lists) -> Totals:
    return Totals(store.app, store.tables, lists._gate, lists._formulas)


def condition(app: App, text: str, entity: str = "customer") -> Formula:
    found = compile_for(app, entity, text).value
    assert found is not None, text
    return found


def page(store: Store, lists: Lists, sight: Sight = SYSTEM_SIGHT, **query: Any) -> Page:
    asked = Query(**{"entity": "customer", **query})
    with store.database.read() as conn:
        return lists.page(conn, sight, asked, ENV)


def ids(found: Page) -> list[int]:
    return [row["id"] for row in found.rows]


SORTS = [
    (), ("id",), ("-id",), ("n",), ("-n",), ("name",), ("-name", "n"), ("grade", "-amount"), ("-stage", "day"),
    ("-day",), ("at", "-seen"), ("ok", "-took"), ("who",), ("-who", "id"), ("region", "-rate"), ("idle",), ("-points",),
    ("band", "name"), ("-is_big", "worth"), ("created_at",), ("-changed_at",),
]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: ",".join(sort) or "none")
def test_pages_follow_one_another_forwards_and_back(store: Store, lists: Lists, sort: tuple[str, ...]) -> None:
    whole = page(store, lists, sort=sort, limit=200)
    assert len(whole.rows) == 8
    assert whole.next is None
    assert whole.previous is None
    walked, at = page(store, lists, sort=sort, limit=3), 0
    while True:
        assert ids(walked) == ids(whole)[at : at + 3]
        if walked.next is None:
            break
        before, walked = walked, page(store, lists, sort=sort, limit=3, cursor=walked.next)
        at += 3
        assert walked.previous is not None
        back = page(store, lists, sort=sort, limit=3, cursor=walked.previous)
        assert ids(back) == ids(before)
    assert at == 6


def test_empty_values_stand_last_whichever_way_it_is_sorted(store: Store, lists: Lists) -> None:
    rising = [row["n"] for row in page(store, lists, sort=("n",)).rows]
    falling = [row["n"] for row in page(store, lists, sort=("-n",)).rows]
    assert rising[-1] is None
    assert falling[-1] is None
    assert rising[:-1] == sorted(rising[:-1])
    assert falling[:-1] == sorted(falling[:-1], reverse=True)


def test_options_are_sorted_in_their_own_order_and_people_by_name(store: Store, lists: Lists) -> None:
    stages = [row["stage"] for row in page(store, lists, sort=("stage",)).rows]
    assert stages == ["lead", "lead", "quoting", "quoting", "won", "won", None, None]
    who = [row["who"] for row in page(store, lists, sort=("-who",), fields=("who",)).rows]
    assert who[:2] == [1, 2]


def test_a_filter_reads_related_records_and_live_fields(store: Store, lists: Lists) -> None:
    app = store.app
    assert ids(
        page(store, lists, where=condition(app, 'region.name = "华东" and exists(visits where ok)'), sort=("id",))
    )
    live = page(store, lists, where=condition(app, "idle > 0 and points >= 30"), sort=("id",))
    with store.database.read() as conn:
        every = lists.page(conn, SYSTEM_SIGHT, Query("customer", sort=("id",)), ENV)
    expected = [r["id"] for r in every.rows if (r["idle"] or 0) > 0 and (r["points"] or 0) >= 30]
    assert ids(live) == expected
    assert expected
    tagged = page(store, lists, where=condition(app, '"price" in concerns'), sort=("id",))
    assert ids(tagged) == [2, 5, 8]
    assert tagged.rows[0]["concerns"] == ("price",)


def test_only_what_is_in_sight_is_listed(store: Store, lists: Lists) -> None:
    assert ids(page(store, lists, sight=NO_SIGHT)) == []
    assert ids(page(store, lists, sight=Sight(record_ids=(2, 3)), sort=("id",))) == [2, 3]
    mine = Sight(conditions=(condition(store.app, "who = me"),))
    assert ids(page(store, lists, sight=mine)) == [1]


def test_only_the_fields_asked_for_come_with_the_system_columns(store: Store, lists: Lists) -> None:
    row = page(store, lists, fields=("name", "idle"), sort=("id",)).rows[0]
    assert set(row) >= {"id", "row_version", "name", "idle", "owner_id"}
    assert "amount" not in row


@pytest.mark.parametrize(
    ("text", "found"),
    [("恒远", [1]), ("恒\0远", [1]), ("X-AB", [2]), ("a%", [4]), ("_", [4]), ("'", [5]), ("没有", [])],
)
def test_searching_takes_the_text_as_it_is(store: Store, lists: Lists, text: str, found: list[int]) -> None:
    assert ids(page(store, lists, search=text, sort=("id",))) == found


BROKEN = [
    "x", "💥", "!!!!", "a" * 9_000, "W10", "e30", "bnVsbA", "[]", base64.urlsafe_b64encode(b"\xff\xfe").decode(),
]  # fmt: skip


@pytest.mark.parametrize("word", BROKEN)
def test_a_cursor_that_is_none_is_bad_input(store: Store, lists: Lists, word: str) -> None:
    with pytest.raises(BadInput):
        page(store, lists, sort=("n",), cursor=word)


@pytest.mark.parametrize(
    "content",
    [
        [["n"], "next", [1]],
        [["n"], "next", [1, 2, 3]],
        [["-n"], "next", [1, 2]],
        [["n"], "sideways", [1, 2]],
        [["n"], "next", ["1", 2]],
        [["n"], "next", [True, 2]],
        [["n"], "next", [2**70, 2]],
        [["n"], "next", [1.5, 2]],
        [["n"], "next", [{}, 2]],
        [["n"], "next", [1, "x"]],
    ],
)
def test_a_cursor_with_other_content_is_bad_input(store: Store, lists: Lists, content: list[Any]) -> None:
    word = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    with pytest.raises(BadInput):
        page(store, lists, sort=("n",), cursor=word)


def test_a_sort_filter_or_field_that_is_hidden_or_unknown_is_refused(store: Store, lists: Lists) -> None:
    hidden = frozenset({"amount"})
    for query in (
        Query("customer", sort=("-amount",)),
        Query("customer", fields=("amount",)),
        Query("customer", where=condition(store.app, "amount > 5")),
    ):
        with store.database.read() as conn, pytest.raises(BadInput):
            lists.page(conn, SYSTEM_SIGHT, query, ENV, hidden)
    for query in (
        Query("customer", sort=("nothing",)),
        Query("customer", sort=("visits",)),
        Query("customer", fields=("x",)),
    ):
        with store.database.read() as conn, pytest.raises(BadInput):
            lists.page(conn, SYSTEM_SIGHT, query, ENV)
    with store.database.read() as conn:
        rows = lists.page(conn, SYSTEM_SIGHT, Query("customer"), ENV, hidden).rows
    assert all("amount" not in row for row in rows)


def test_groups_come_in_the_order_of_their_options_with_exact_sums(store: Store, totals: Totals) -> None:
    with store.database.read() as conn:
        groups = totals.group(conn, SYSTEM_SIGHT, "customer", None, "stage", ("amount", "took"), ENV)
        assert [(g.key, g.count) for g in groups] == [("lead", 2), ("quoting", 2), ("won", 2), (None, 2)]
        everything = totals.group(conn, SYSTEM_SIGHT, "customer", None, "", ("amount", "n"), ENV)
        by_person = totals.group(conn, SYSTEM_SIGHT, "customer", condition(store.app, "idle > 0"), "who", (), ENV)
    assert everything[0].count == 8
    assert everything[0].sums["amount"] == sum(row.get("amount") or 0 for row in EDGES["customer"])
    assert {g.key for g in by_person} <= {None, 1, 2, 3}


def test_sums_beyond_64_bits_are_exact(store: Store, totals: Totals) -> None:
    with store.database.read() as conn:
        found = totals.group(conn, SYSTEM_SIGHT, "visit", None, "", ("amount", "rate"), ENV)
    assert found[0].sums["rate"] == sum(row.get("rate") or 0 for row in EDGES["visit"])


def test_totals_refuse_what_cannot_be_grouped_or_summed(store: Store, totals: Totals) -> None:
    for by, sums, hidden in (
        ("visits", (), frozenset()), ("stage", ("name",), frozenset()), ("stage", ("amount",), frozenset({"amount"})),
        ("nothing", (), frozenset()), ("stage", (), frozenset({"stage"})),
    ):  # fmt: skip
        with store.database.read() as conn, pytest.raises(BadInput):
            totals.group(conn, SYSTEM_SIGHT, "customer", None, by, sums, ENV, frozenset(hidden))


def test_whoever_acts_decides_what_me_means(store: Store, lists: Lists) -> None:
    by_me = condition(store.app, "who = me")
    for key, expected in ((1, [2]), (2, [1]), (3, [3])):
        env = type(ENV)(today=ENV.today, now=ENV.now, me=person(key))
        with store.database.read() as conn:
            assert ids(lists.page(conn, SYSTEM_SIGHT, Query("customer", where=by_me), env)) == expected


def test_two_conditions_written_with_the_same_text_are_two_plans(store: Store, lists: Lists, totals: Totals) -> None:
    """A screen makes conditions of its own; a plan of one must never answer for another."""
    lead, won = (replace(condition(store.app, f'stage = "{key}"'), text="stage") for key in ("lead", "won"))
    assert {row["stage"] for row in page(store, lists, where=lead).rows} == {"lead"}
    assert {row["stage"] for row in page(store, lists, where=won).rows} == {"won"}
    seen = (page(store, lists, Sight(conditions=(only,))) for only in (lead, won))
    assert [{row["stage"] for row in found.rows} for found in seen] == [{"lead"}, {"won"}]
    with store.database.read() as conn:
        counts = [totals.group(conn, SYSTEM_SIGHT, "customer", only, "stage", (), ENV) for only in (lead, won)]
    assert [[total.key for total in group] for group in counts] == [["lead"], ["won"]]
