"""Conditions of a list ↔ formulas: what the builder writes reads back as what was built, and asks what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, g

from dsl.formula.tree import Formula
from engine.people.saved_views import ViewShape
from engine.runtime import Engine
from engine.store.lists import Query
from engine.testing import acting as acting_as
from engine.testing import actor
from web.pages.conditions import Condition, Group, Unreadable, parts_in, text_of
from web.pages.filter_chips import sentence
from web.pages.filter_fields import FilterField, filter_fields
from web.pages.list_state import state_in
from web.pages.operators import Operator, operators_of

SAMPLES = {
    "money": ("1,234.5", "50万"), "number": ("3", "4.25"), "integer": ("3", "40"), "percent": ("12.5", "30"),
    "date": ("2026-11-02", "2026-12-31"), "time": ("2026-11-02", "2026-12-31"), "duration": ("90min", "2d"),
}  # fmt: skip


@pytest.fixture
def inside(site: Flask, engine: Engine) -> Iterator[Engine]:
    """A request of the salesperson."""
    with site.test_request_context("/"):
        g.actor = actor(engine, "sales")
        yield engine


def _values(found: FilterField, operator: Operator, engine: Engine) -> tuple[str, ...]:
    match operator.takes:
        case "nothing":
            return ()
        case "days":
            return ("14",)
        case "record":
            return ("7",)
        case "many":
            options = engine.app.choices[found.field.choices].options
            return tuple(option.key for option in options if not option.is_group)[:2]
        case takes:
            return SAMPLES.get(found.field.kind, ('a "quoted" word', "z"))[: 2 if takes == "two" else 1]


def _read(engine: Engine, entity: str, text: str) -> Formula:
    checked = engine.filter(acting_as(engine, "sales"), entity, text)
    assert checked.value is not None, text
    assert not checked.errors, text
    return checked.value


@pytest.mark.parametrize("entity", ["opportunity", "visit"])
def test_every_operator_of_every_field_reads_back_as_it_was_written_and_can_be_asked(
    inside: Engine, entity: str
) -> None:
    fields = filter_fields(inside.app.entity(entity))
    tried = 0
    for name, found in fields.items():
        for operator in operators_of(found.field):
            condition = Condition(name, operator.key, _values(found, operator, inside))
            text = text_of(Group("and", (condition,)), fields)
            formula = _read(inside, entity, text)
            again = parts_in(formula.root, fields)
            assert again is not None, text
            assert text_of(again, fields) == text
            assert len(again.parts) == 1
            assert sentence(again.parts[0], fields)
            if "." not in name:
                inside.page(acting_as(inside, "sales"), Query(entity, formula, limit=1))
            tried += 1
    assert tried > 100


def test_groups_and_joins_read_back(inside: Engine) -> None:
    fields = filter_fields(inside.app.entity("opportunity"))
    grade = Condition("customer.grade", "any", ("A", "B"))
    tags = Condition("customer.tags", "any", ("hot", "key"))
    amount = Condition("amount", "more", ("500,000",))
    mine = Condition("owner", "is_me")
    for group in (
        Group("and", (amount, Group("or", (grade, mine)))),
        Group("or", (mine, Group("and", (tags, amount)), grade)),
        Group("and", (tags, mine)),
    ):
        text = text_of(group, fields)
        assert parts_in(_read(inside, "opportunity", text).root, fields) == group, text


def test_a_condition_says_what_people_say(inside: Engine) -> None:
    fields = filter_fields(inside.app.entity("opportunity"))
    g.actor = actor(inside, "sales")
    said = sentence(Condition("amount", "between", ("500,000", "1,000,000")), fields)
    assert said == "Amount is between ¥500,000 to ¥1,000,000"
    assert sentence(Condition("close_on", "last_days", ("30",)), fields) == "Expected close in the last 30 days"
    assert sentence(Condition("stage", "any", ("lead",)), fields).startswith("Stage is ")


def test_what_conditions_cannot_say_stays_a_formula(inside: Engine) -> None:
    fields = filter_fields(inside.app.entity("opportunity"))
    for text in ("amount * 2 > 100", "weighted > amount", 'upper(name) = "X"', "count(quotes) > 2"):
        assert parts_in(_read(inside, "opportunity", text).root, fields) is None


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Condition("", "is"), "field"),
        (Condition("amount", "sounds_like", ("1",)), "compare"),
        (Condition("amount", "more", ("",)), "value"),
        (Condition("amount", "more", ("much",)), ""),
        (Condition("amount", "between", ("1",)), "value"),
        (Condition("close_on", "last_days", ("0",)), "days"),
        (Condition("customer", "is", ("Acme",)), "list"),
    ],
)
def test_a_condition_that_cannot_be_read_says_why(inside: Engine, condition: Condition, said: str) -> None:
    fields = filter_fields(inside.app.entity("opportunity"))
    with pytest.raises(Unreadable) as refused:
        text_of(Group("and", (condition,)), fields)
    assert refused.value.condition == condition
    assert said in refused.value.said


def test_fields_that_one_may_not_read_are_not_there(inside: Engine) -> None:
    hidden = {"margin", "health", "health_band", "completeness"}
    assert hidden <= set(filter_fields(inside.app.entity("customer")))
    assert f"customer.{min(hidden)}" in filter_fields(inside.app.entity("opportunity"))
    g.actor = replace(actor(inside, "sales"), role="clerk", roles=frozenset({"clerk", "everyone"}))
    g.pop("context", None)
    g.pop("rights", None)
    assert not hidden & set(filter_fields(inside.app.entity("customer")))
    named = {f"customer.{key}" for key in hidden}
    assert not named & set(filter_fields(inside.app.entity("opportunity")))


def test_a_shared_view_shows_nobody_more_than_she_may_see(inside: Engine) -> None:
    shape = ViewShape(("name", "margin"), "margin > 30%", ("-margin",), "health_band")
    director = acting_as(inside, "director")
    view = inside.saved_views.save(director, "customer", "Margins", shape, is_shared=True)
    customer = inside.app.entity("customer")
    seen = state_in(customer, f"view={view.key}")
    assert (seen.columns, seen.sort, seen.group, seen.filter) == (("name", "margin"), *shape_parts(shape))
    g.actor = replace(actor(inside, "sales"), role="clerk", roles=frozenset({"clerk", "everyone"}))
    g.pop("context", None)
    g.pop("rights", None)
    cut = state_in(customer, f"view={view.key}")
    assert (cut.columns, cut.sort, cut.group, cut.filter) == (("name",), (), "", "")
    assert len(cut.notes) == 2
    assert "margin" not in " ".join(cut.notes).casefold()
    typed = state_in(customer, "filter=margin > 30%25&sort=-margin&col=margin&group=health_band")
    assert typed.is_unreadable
    assert typed.condition is None
    assert "margin" not in typed.columns
    assert (typed.sort, typed.group) == (state_in(customer, "").sort, "")


def shape_parts(shape: ViewShape) -> tuple[tuple[str, ...], str, str]:
    return shape.sort, shape.group, shape.filter
