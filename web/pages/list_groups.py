"""Groups of a list: one for each value of a field, with counts and sums; their rows are read when they are opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from dsl.app import Entity, Field
from dsl.formula.tree import Formula
from dsl.formula.value_types import ChoiceType, PersonType, YesNoType
from dsl.kinds import text_value
from engine.answers import Total
from web.contexts import Badge, Pick
from web.pages.address import address
from web.pages.filters import both
from web.pages.list_state import MONTH, ListState, group_keys, summed
from web.pages.showing import label_of
from web.session import current_context, current_engine, current_language
from web.words import say

MOST_GROUPS = 200
OPEN_ROWS = 50
"""So many rows are shown at first: groups are opened from the top until they are reached."""
EMPTY = "-"
"""The key of the group whose field is empty, in an address."""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """key: as an address names it. sums: column → text. href: where its rows come from."""

    key: str
    badge: Badge
    count: int
    sums: dict[str, str]
    href: str
    is_open: bool = False


def groups_of(state: ListState) -> tuple[RowGroup, ...]:
    """The groups in the order of their values (people and records by name), the first ones open."""
    engine, context = current_engine(), current_context()
    columns = summed(state)
    totals = engine.totals(context, state.entity.key, state.whole_condition, state.group, columns)
    field = state.entity.fields[state.group.removesuffix(MONTH)]
    names = _names(field, totals)
    if names:
        totals = sorted(totals, key=lambda total: (total.key is None, names.get(total.key, "")))
    made: list[RowGroup] = []
    shown = 0
    for total in totals[:MOST_GROUPS]:
        made.append(_group(state, field, total, names, is_open=shown < OPEN_ROWS))
        shown += total.count
    return tuple(made)


def totals_of(state: ListState) -> tuple[int, dict[str, str]]:
    """How many records the list holds in all, and the sums of its columns as texts."""
    columns = summed(state)
    found = current_engine().totals(current_context(), state.entity.key, state.whole_condition, "", columns)
    if not found:
        return 0, {}
    return found[0].count, {key: sum_text(state.entity, key, found[0].sums.get(key)) for key in columns}


def group_picks(state: ListState) -> tuple[Pick, ...]:
    """What the list may be grouped by: value is the address."""
    found = [Pick(state.href(group=""), say("不分组"), is_chosen=not state.group)]
    for key in group_keys(state.entity):
        label = label_of(state.entity, key.removesuffix(MONTH), current_language())
        text = say("{label}（按月）", label=label) if key.endswith(MONTH) else label
        found.append(Pick(state.href(group=key), text, is_chosen=key == state.group))
    return tuple(found)


def sum_text(entity: Entity, key: str, value: object) -> str:
    text = text_value(current_engine().app, entity.fields[key], value, current_language())
    return text.removesuffix(".00") if entity.fields[key].kind == "money" else text


def within(state: ListState, key: str) -> Formula | None:
    """The list's condition within one group; None for a key that is no group's, or where nothing is asked."""
    text = _text(state, key)
    checked = current_engine().filter(current_context(), state.entity.key, text)
    return both(state.entity, (state.condition, checked.value))


def _text(state: ListState, key: str) -> str:
    name = state.group.removesuffix(MONTH)
    field = state.entity.fields[name]
    if key == EMPTY:
        return f"{name} is empty"
    if state.group.endswith(MONTH):
        path = f"date({name})" if field.kind == "time" else name
        return f'{path} between {key} and end_of({key}, "month")'
    match field.value_type:
        case YesNoType():
            return name if key == "yes" else f"not {name}"
        case ChoiceType():
            quoted = key.replace('"', '""')
            return f'{name} = "{quoted}"'
        case _:
            return f"{name}.id = {key}"


def _names(field: Field, totals: list[Total]) -> dict[object, str]:
    """How the people or records of the groups are called; empty for other fields."""
    if field.kind not in ("person", "ref"):
        return {}
    target = "person" if field.kind == "person" else field.target
    pairs = [(target, total.key) for total in totals if isinstance(total.key, int)]
    titles = current_engine().titles(current_context(), pairs)
    return {pair[1]: titles.get(pair, say("（无权查看）")) for pair in pairs}


def _group(state: ListState, field: Field, total: Total, names: dict[object, str], *, is_open: bool) -> RowGroup:
    key = _key(total.key)
    href = f"{address('lists.show', entity=state.entity.key)}?{state.query}&{urlencode({'only': key})}"
    sums = {name: sum_text(state.entity, name, value) for name, value in total.sums.items()}
    return RowGroup(key, _badge(state, field, total.key, names), total.count, sums, href, is_open)


def _key(value: object) -> str:
    match value:
        case None:
            return EMPTY
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _badge(state: ListState, field: Field, value: object, names: dict[object, str]) -> Badge:
    """The group's name; options and stages keep their colour."""
    language, app = current_language(), current_engine().app
    if value is None:
        return Badge(say("（空）"))
    if state.group.endswith(MONTH) and isinstance(value, date):
        return Badge(say("{year} 年 {month} 月", year=value.year, month=value.month))
    if field.key == "stage" and (stage := state.entity.stage(str(value))) is not None:
        return Badge(stage.label.say(language), stage.end or "stage", stage.color)
    if isinstance(field.value_type, ChoiceType) and field.choices in app.choices:
        option = app.choices[field.choices].find(str(value))
        return Badge(option.label.say(language) if option else str(value), "tag", option.color if option else "")
    if isinstance(field.value_type, YesNoType):
        return Badge(say("是") if value else say("否"))
    if isinstance(field.value_type, PersonType):
        return Badge(names.get(value, ""), "person")
    return Badge(names.get(value, "") or text_value(app, field, value, language))
