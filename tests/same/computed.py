"""The small app with computed fields: chains, rollups, references, live ones and a score's shape."""

from __future__ import annotations

from dataclasses import replace

from dsl.app import App, Field
from dsl.formula.check import compile_for
from dsl.formula.value_types import DATE, INTEGER, MONEY, TEXT, YESNO, ChoiceType, NumberType, ValueType
from tests.same.small_app import field, small_app

BAND = ChoiceType("band", ("low", "mid", "high"))

COMPUTED: tuple[tuple[str, str, ValueType, str], ...] = (
    ("visit", "worth", MONEY, "round(amount * rate, 2)"),
    ("visit", "shown", TEXT, 'name & "/" & customer.name'),
    ("visit", "of_region", TEXT, "customer.region.name"),
    ("customer", "last_visit", DATE, "max(visits.day)"),
    ("customer", "worth", MONEY, "sum(visits.worth)"),
    ("customer", "best", MONEY, "max(visits.worth where ok)"),
    ("customer", "visit_count", INTEGER, "count(visits where day <= 2026-06-30)"),
    ("customer", "is_big", YESNO, "worth > 1000 or visit_count >= 3"),
    ("customer", "mean", MONEY, "worth / visit_count"),
    ("customer", "named", TEXT, 'name & "@" & region.name & "/" & who.name'),
    ("region", "customers", INTEGER, "level + 1"),
    ("visit", "is_late", YESNO, "day < customer.last_visit"),
    ("customer", "idle", INTEGER, "days_since(last_visit)"),
    ("customer", "points", INTEGER, "30 + if(idle > 30, -10, 0) + if(visit_count >= 1, 15, 0)"),
    ("customer", "band", BAND, 'if(points < 30, "low", if(points < 40, "mid", "high"))'),
    ("customer", "mine", YESNO, "who = me"),
)


def computed_app() -> App:
    """Each formula is checked over the app with those before it."""
    extra: dict[str, tuple[Field, ...]] = {}
    app = small_app()
    for entity, key, kind, text in COMPUTED:
        checked = compile_for(app, entity, text, expects=kind)
        formula = checked.value
        if formula is None:
            raise AssertionError((text, checked.problems))
        reads_live = any(
            app.entity(r.entity).fields[r.field].is_live
            for r in formula.reads
            if r.entity in app.entities and r.field in app.entity(r.entity).fields
        )
        scale = kind.scale if isinstance(kind, NumberType) else 0
        made = replace(
            field(key, "text", kind, scale=scale), formula=formula, is_live=bool(formula.volatile) or reads_live
        )
        extra[entity] = (*extra.get(entity, ()), made)
        app = small_app(extra)
    return app
