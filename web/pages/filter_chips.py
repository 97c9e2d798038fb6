"""The filter above a list in words: a chip for each condition, with the address of the list without it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dsl.app import Field
from dsl.kinds import text_value
from web.pages.conditions import Condition, Fields, Group, day_field, operator_of, parts_in, text_of
from web.pages.filter_fields import filter_fields
from web.pages.inputs import value_of
from web.pages.list_state import ListState
from web.pages.operators import words_of
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """text: one condition, or a group of them. without: the list with the rest of the filter."""

    text: str
    without: str


def chips_of(state: ListState) -> tuple[Chip, ...]:
    """The conditions of the filter; a formula that is more than conditions is one chip with its text."""
    if not state.filter:
        return ()
    checked = state.typed
    if checked is None or checked.value is None or checked.errors:
        return (Chip(state.filter[:LONGEST], state.href(filter="")),)
    fields = filter_fields(state.entity)
    group = parts_in(checked.value.root, fields)
    if group is None:
        return (Chip(state.filter[:LONGEST], state.href(filter="")),)
    if group.join == "or":
        return (Chip(sentence(group, fields), state.href(filter="")),)
    chips = []
    for at, part in enumerate(group.parts):
        rest = replace(group, parts=group.parts[:at] + group.parts[at + 1 :])
        chips.append(Chip(sentence(part, fields), state.href(filter=text_of(rest, fields))))
    return tuple(chips)


def sentence(part: Condition | Group, fields: Fields) -> str:
    """The condition as people say it: 等级 是 A、B."""
    if isinstance(part, Group):
        joined = say(" 或 ") if part.join == "or" else say(" 且 ")
        return joined.join(sentence(one, fields) for one in part.parts)
    found = fields[part.field]
    operator = operator_of(part, fields)
    words = words_of(operator, found.field)
    if operator.takes == "days":
        days = part.values[0]
        return (
            f"{found.whole_label} "
            + {
                "last_days": say("在最近 {n} 天", n=days),
                "next_days": say("今后 {n} 天", n=days),
                "older_days": say("早于 {n} 天前", n=days),
            }[operator.key]
        )
    values = [value_text(found.field, operator.takes, value) for value in part.values]
    joined = say(" 到 ") if operator.takes == "two" else say("、")
    return " ".join(word for word in (found.whole_label, words, joined.join(values)) if word)


def value_text(field: Field, takes: str, raw: str) -> str:
    """A condition's value for people: the option's label, the record's name, the amount with its unit."""
    engine, language = current_engine(), current_language()
    if takes == "record":
        number = id_in(raw)
        pair = ("person" if field.kind == "person" else field.target, number or 0)
        return engine.titles(current_context(), [pair]).get(pair, f"#{raw}")
    if takes == "many":
        return text_value(engine.app, option_field(field), raw, language)
    day = day_field(field) if field.kind == "time" else field
    if field.kind in ("text", "long", "rich", "email", "url", "phone", "code"):
        return f"“{raw}”"
    text = text_value(engine.app, day, value_of(day, raw), language)
    return text.removesuffix(".00") if field.kind == "money" else text


def option_field(field: Field) -> Field:
    """The field of a set as one of a single option, to say one of them."""
    return replace(field, kind="choice")
