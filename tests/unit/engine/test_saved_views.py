"""Views of lists that people keep: whose they are, who sees them, and which one a list opens with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import BadInput, NotThere
from engine.people.saved_views import ViewShape
from engine.runtime import Engine
from engine.testing import acting, engine_for

SHAPE = ViewShape(("name", "amount"), 'stage = "lead"', ("-amount", "name"), "stage", has_totals=True)
APP = Path(__file__).resolve().parents[3] / "apps" / "sales_crm.yaml"


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    started = engine_for(APP, tmp_path, database_url)
    yield started
    started.close()


def _names(engine: Engine, login: str) -> list[str]:
    return [view.name for view in engine.saved_views.of(acting(engine, login), "opportunity")]


def test_a_view_comes_back_as_it_was_saved_and_only_to_its_maker(engine: Engine) -> None:
    sales = acting(engine, "sales")
    saved = engine.saved_views.save(sales, "opportunity", " 我的线索 ", SHAPE)
    found = engine.saved_views.find(sales, "opportunity", saved.key)
    assert found is not None
    assert (found.name, found.shape, found.is_mine, found.is_shared) == ("我的线索", SHAPE, True, False)
    assert engine.saved_views.of(sales, "customer") == ()
    assert _names(engine, "manager") == []


def test_a_shared_view_is_seen_in_the_unit_and_below_it(engine: Engine) -> None:
    engine.saved_views.save(acting(engine, "sales"), "opportunity", "南区", SHAPE, is_shared=True)
    engine.saved_views.save(acting(engine, "director"), "opportunity", "全公司", SHAPE, is_shared=True)
    assert _names(engine, "manager") == ["南区", "全公司"]
    assert _names(engine, "sales2") == ["全公司"]
    assert _names(engine, "director") == ["全公司"]


def test_only_its_maker_may_change_or_remove_a_view(engine: Engine) -> None:
    sales, manager = acting(engine, "sales"), acting(engine, "manager")
    key = engine.saved_views.save(sales, "opportunity", "南区", SHAPE, is_shared=True).key
    with pytest.raises(NotThere):
        engine.saved_views.change(manager, "opportunity", key, name="别的")
    with pytest.raises(NotThere):
        engine.saved_views.remove(manager, "opportunity", key)
    engine.saved_views.change(sales, "opportunity", key, name="南区线索", shape=ViewShape(("name",)), is_shared=False)
    found = engine.saved_views.find(sales, "opportunity", key)
    assert found is not None
    assert (found.name, found.shape.columns, found.is_shared) == ("南区线索", ("name",), False)
    assert _names(engine, "manager") == []


def test_a_list_opens_with_the_view_chosen_until_that_is_removed(engine: Engine) -> None:
    sales, manager = acting(engine, "sales"), acting(engine, "manager")
    key = engine.saved_views.save(sales, "opportunity", "南区", SHAPE, is_shared=True).key
    for person in (sales, manager):
        engine.saved_views.choose(person, "opportunity", "list")
        engine.saved_views.choose(person, "opportunity", key)
    assert engine.saved_views.chosen(manager, "opportunity") == key
    assert engine.saved_views.chosen(manager, "customer") == ""
    engine.saved_views.remove(sales, "opportunity", key)
    assert engine.saved_views.chosen(manager, "opportunity") == ""


def test_a_view_wants_a_name(engine: Engine) -> None:
    for name in ("", "   ", "长" * 61):
        with pytest.raises(BadInput):
            engine.saved_views.save(acting(engine, "sales"), "opportunity", name, SHAPE)
