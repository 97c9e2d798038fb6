"""Conditions as people build them ↔ the text of a formula.

A filter is a list of conditions joined by "and" or "or"; a member may itself be a group of conditions. `text_of`
writes it, `parts_in` reads a checked formula back, or tells that it says more than conditions can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from dsl.app import Field
from dsl.formula.tree import Aggregate, Call, Const, Logic, Negate, Node, Path
from dsl.formula.unparse import unparse
from dsl.formula.value_types import DATE, DURATION, NumberType, TextType, ValueType
from dsl.formula.walk import parts_of
from dsl.source import NOWHERE
from web.pages.filter_fields import FilterField
from web.pages.inputs import complaint_of, value_of, written
from web.pages.operators import Operator, operators_of, path_of
from web.url_parts import id_in
from web.words import say

Join: TypeAlias = Literal["and", "or"]
Fields: TypeAlias = Mapping[str, FilterField]
DAY = 86_400
MOST_DAYS = 3_660
_PERIODS = frozenset({"start_of", "end_of"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: the field's name, the operator's key, and its values as a form holds them."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    join: Join
    parts: tuple[Condition | Group, ...]


class Unreadable(Exception):
    """A condition whose values cannot be read; the message says so in the reader's language."""

    def __init__(self, condition: Condition, said: str) -> None:
        super().__init__(said)
        self.condition, self.said = condition, said


# --- to text ---------------------------------------------------------------------------------------------------------


def text_of(group: Group, fields: Fields) -> str:
    """The formula's text; "" without conditions. Raises Unreadable at the first condition that cannot be read."""
    written_parts = [_part(part, fields) for part in group.parts]
    texts = [part for part in written_parts if part[0]]
    if len(texts) == 1:
        return texts[0][0]
    return f" {group.join} ".join(f"({text})" if is_loose else text for text, is_loose in texts)


def _part(part: Condition | Group, fields: Fields) -> tuple[str, bool]:
    """The part's text and whether it needs brackets beside others."""
    if isinstance(part, Group):
        inner = [_part(one, fields) for one in part.parts]
        if len(inner) == 1:
            return inner[0]
        return text_of(part, fields), True
    operator = operator_of(part, fields)
    found = fields[part.field]
    literals = _literals(part, found.field, operator)
    text = operator.writes(path_of(part.field, found.field, operator), literals)
    return text, operator.is_loose and len(literals) > 1


def operator_of(condition: Condition, fields: Fields) -> Operator:
    """The condition's operator. Raises Unreadable for a field or an operator that is not there."""
    if condition.field not in fields:
        raise Unreadable(condition, say("请选择字段"))
    known = {operator.key: operator for operator in operators_of(fields[condition.field].field)}
    if condition.operator not in known:
        raise Unreadable(condition, say("请选择怎样比较"))
    return known[condition.operator]


def _literals(condition: Condition, field: Field, operator: Operator) -> tuple[str, ...]:
    values = tuple(value for value in condition.values if value.strip())
    least = {"nothing": 0, "two": 2}.get(operator.takes, 1)
    if len(values) < least:
        raise Unreadable(condition, say("请填写要比较的值"))
    match operator.takes:
        case "nothing":
            return ()
        case "days":
            return (_days(condition, values[0]),)
        case "record":
            number = id_in(values[0])
            if number is None:
                raise Unreadable(condition, say("请从列表里选一个"))
            return (str(number),)
        case "many":
            return tuple(_literal(value, TextType()) for value in dict.fromkeys(values))
        case _:
            return tuple(_own(condition, field, value) for value in values[:least])


def _days(condition: Condition, text: str) -> str:
    number = id_in(text.strip())
    if number is None or not 0 < number <= MOST_DAYS:
        raise Unreadable(condition, say("请填写 1 到 {most} 之间的天数", most=MOST_DAYS))
    return _literal(number * DAY, DURATION)


def _own(condition: Condition, field: Field, raw: str) -> str:
    """A value of the field's own kind, as a formula writes it."""
    if isinstance(field.value_type, TextType):
        return _literal(raw.strip(), field.value_type)
    value = value_of(_compared(field), raw)
    if complaint := complaint_of(value):
        raise Unreadable(condition, complaint)
    match value:
        case date():
            return _literal(value, DATE)
        case int() if isinstance(field.value_type, NumberType):
            return _decimal(value, field.value_type.scale)
        case int():
            return _literal(value, DURATION)
        case _:
            raise Unreadable(condition, say("请填写要比较的值"))


def _compared(field: Field) -> Field:
    """The field as its values are compared: an instant by its day, and no bounds, which are for records only."""
    return day_field(field) if field.kind == "time" else replace(field, minimum=None, maximum=None)


def day_field(field: Field) -> Field:
    """The field as a date: instants are asked for by their day."""
    return Field(field.key, "date", field.label, DATE, field.span)


def _decimal(value: int, scale: int) -> str:
    text = format(Decimal(value).scaleb(-scale), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _literal(value: object, kind: ValueType) -> str:
    return unparse(Const(value=value, type=kind, nullable=False, span=NOWHERE))


# --- from a formula --------------------------------------------------------------------------------------------------


def parts_in(root: Node, fields: Fields) -> Group | None:
    """The conditions that a formula is made of; None if it is made of anything else."""
    whole = _condition_in(root, fields)
    if whole is not None:
        return Group("and", (whole,))
    if not isinstance(root, Logic):
        return None
    parts = [_condition_in(part, fields) or _group_in(part, fields) for part in root.parts]
    if any(part is None for part in parts):
        return None
    return Group(root.op, tuple(part for part in parts if part is not None))


def _group_in(node: Node, fields: Fields) -> Group | None:
    if not isinstance(node, Logic):
        return None
    parts = [_condition_in(part, fields) for part in node.parts]
    return None if any(part is None for part in parts) else Group(node.op, tuple(p for p in parts if p is not None))


def _condition_in(node: Node, fields: Fields) -> Condition | None:
    """Each operator of the one field that the node reads is tried: the one that writes this very text is it."""
    text = unparse(node)
    for name in _names_in(node):
        found = fields.get(name)
        if found is None:
            continue
        for operator in operators_of(found.field):
            values = _values_in(node, found.field, operator)
            candidate = Condition(name, operator.key, values)
            try:
                if _part(candidate, fields)[0] == text:
                    return candidate
            except Unreadable:
                continue
    return None


def _names_in(node: Node) -> tuple[str, ...]:
    """The fields that the node may be about: each path of the row, also without its last name (`owner.id`)."""
    names: list[str] = []
    for each in _nodes(node):
        match each:
            case Path(start="row"):
                way = [hop.field for hop in each.hops]
                names += [".".join((*way, each.field)), ".".join(way)]
            case Aggregate(start="row"):
                names.append(".".join((*(hop.field for hop in each.hops), each.rows)))
            case _:
                pass
    return tuple(dict.fromkeys(name for name in names if name))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Negate) and isinstance(node.arg, Const):
        return
    for part in parts_of(node)[: 1 if isinstance(node, Call) and node.function in _PERIODS else None]:
        yield from _nodes(part)


def _values_in(node: Node, field: Field, operator: Operator) -> tuple[str, ...]:
    if operator.takes == "nothing":
        return ()
    consts = [found for each in _nodes(node) if (found := _const(each)) is not None]
    return tuple(_raw(value, kind, field, operator) for value, kind in consts)


def _const(node: Node) -> tuple[object, object] | None:
    match node:
        case Const():
            return node.value, node.type
        case Negate(arg=Const(value=int() as value) as const):
            return -value, const.type
        case _:
            return None


def _raw(value: object, kind: object, field: Field, operator: Operator) -> str:
    """The literal as the form of the condition holds it."""
    if operator.takes == "days":
        return str(value // DAY) if isinstance(value, int) else ""
    if operator.takes in ("many", "record") or isinstance(field.value_type, TextType):
        return str(value)
    if isinstance(field.value_type, NumberType) and isinstance(value, int):
        own = Decimal(value).scaleb(field.value_type.scale - (kind.scale if isinstance(kind, NumberType) else 0))
        value = int(own) if own == own.to_integral_value() else None
    raw = written(_compared(field), value)
    return raw if isinstance(raw, str) else ""


def conditions_of(group: Group) -> Sequence[Condition]:
    """Every condition, those of groups too."""
    return [one for part in group.parts for one in ((part,) if isinstance(part, Condition) else conditions_of(part))]
