"""The functions of the language in SQL. What is not in the tables here is refused by name and place.

An entry takes the writer and the call and gives raw SQL, or a Term where the result is a number whose bounds matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dsl.formula.runtime import BLANKS
from dsl.formula.tree import Call, Const, Node
from dsl.formula.value_types import NumberType, TextType, TimeType
from engine.store.sql_numbers import Term
from engine.store.sql_types import Dialect, Sql, SqlUnsupported, is_long, is_quantity, raw_type, scale_of, sql_call
from engine.store.sql_workdays import Workdays

if TYPE_CHECKING:
    from engine.store.sql_formula import Writer

FAR = 2_000_000
"""More characters than any text has."""
CAPITALS, SMALLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"

Written = Callable[["Writer", Call], "Sql | Term"]


def write_call(writer: Writer, call: Call) -> Sql | Term:
    """The call in SQL; SqlUnsupported for a function that is not equal in both databases."""
    write = FUNCTIONS.get(call.function)
    if write is None:
        raise SqlUnsupported(call.function, call.span)
    if call.function in _REPEATING[writer.dialect]:
        return writer.once(call.args, lambda inner: write(inner, call))
    return write(writer, call)


def _whole_const(node: Node, call: Call) -> int:
    match node:
        case Const(value=int(value), type=NumberType(scale=scale)):
            return int(value) // int(10**scale)
        case _:
            raise SqlUnsupported(f"{call.function} with a computed number of decimals", node.span)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _round(writer: Writer, call: Call) -> Term:
    places = _whole_const(call.args[1], call) if len(call.args) > 1 else 0
    term = writer.term(call.args[0])
    return writer.numbers.cut(term, places) if places < term.scale else term


def _stored(writer: Writer, call: Call) -> Term:
    return writer.numbers.stored(writer.term(call.args[0]), scale_of(call))


def _abs(writer: Writer, call: Call) -> Term:
    return writer.numbers.magnitude(writer.term(call.args[0]))


def _sign(writer: Writer, call: Call) -> Term:
    return writer.numbers.sign(writer.term(call.args[0]))


def _floor(writer: Writer, call: Call) -> Term:
    return writer.numbers.floor(writer.term(call.args[0]))


def _ceil(writer: Writer, call: Call) -> Term:
    numbers = writer.numbers
    return numbers.negate(numbers.floor(numbers.negate(writer.term(call.args[0]))))


def _mod(writer: Writer, call: Call) -> Term:
    return writer.numbers.remainder(writer.term(call.args[0]), writer.term(call.args[1]))


def _extreme(writer: Writer, call: Call) -> Sql:
    """min and max of two or more values; empty if one of them is."""
    values = [writer.at(arg, call.type) for arg in call.args]
    gives = values[0].type
    if writer.dialect == "sqlite":
        is_wide = is_quantity(call.type) and any(writer.term(arg).is_wide for arg in call.args)
        return sql_call(f"x_{call.function}_of" if is_wide else call.function, *values, gives=gives)
    name = "least" if call.function == "min" else "greatest"
    found = sql_call(name, *values, gives=gives)
    nullable = [value.is_not(None) for value, arg in zip(values, call.args, strict=True) if arg.nullable]
    return sa.case((sa.and_(*nullable), found), else_=sa.null()) if nullable else found


# --- choices between values ------------------------------------------------------------------------------------------


def _default(writer: Writer, call: Call) -> Sql:
    value, otherwise = (writer.at(arg, call.type) for arg in call.args)
    if isinstance(call.type, TextType):
        value = sa.func.nullif(value, "", type_=sa.Text())
    return sa.func.coalesce(value, otherwise, type_=otherwise.type)


# --- days ------------------------------------------------------------------------------------------------------------


def _day(writer: Writer, node: Node) -> Sql:
    """The day of a date, or of an instant in the app's zone."""
    value = writer.write(node)
    return writer.dates.day_of(value) if isinstance(node.type, TimeType) else value


def _part(writer: Writer, call: Call) -> Sql:
    return writer.dates.part(_day(writer, call.args[0]), call.function)


def _edge(writer: Writer, call: Call) -> Sql:
    unit = call.args[1]
    if not isinstance(unit, Const) or not isinstance(unit.value, str):
        raise SqlUnsupported(call.function, unit.span)
    return writer.dates.edge(_day(writer, call.args[0]), unit.value, end=call.function == "end_of")


def _add_months(writer: Writer, call: Call) -> Sql:
    return writer.dates.add_months(writer.write(call.args[0]), writer.write(call.args[1]))


def _date(writer: Writer, call: Call) -> Sql:
    if len(call.args) == 1:
        return _day(writer, call.args[0])
    return writer.dates.make(*(writer.write(arg) for arg in call.args))


def _workdays(writer: Writer, call: Call) -> Sql:
    return Workdays(writer.dates).between(*(writer.write(arg) for arg in call.args))


def _add_workdays(writer: Writer, call: Call) -> Sql:
    return Workdays(writer.dates).add(*(writer.write(arg) for arg in call.args))


def _work_hours(writer: Writer, call: Call) -> Term:
    return Workdays(writer.dates).hours(*(writer.write(arg) for arg in call.args))


# --- text ------------------------------------------------------------------------------------------------------------


def _text(found: Sql) -> Sql:
    return sa.func.coalesce(found, "", type_=sa.Text())


def _number(writer: Writer, node: Node) -> Sql:
    """A count of characters; PostgreSQL wants an integer, which anything beyond a million characters fits into."""
    number = writer.write(node)
    if writer.dialect == "sqlite":
        return number
    small = sql_call("least", sql_call("greatest", number, -FAR, gives=sa.Numeric()), FAR, gives=sa.Numeric())
    return sa.case((number.is_not(None), sa.cast(small, sa.Integer())), else_=sa.null())


def _whole(writer: Writer, node: Node) -> Sql:
    """A count of characters that is at least 0."""
    number = _number(writer, node)
    return sa.case((number < 0, sa.literal(0, sa.Integer())), else_=number)


def _len(writer: Writer, call: Call) -> Term:
    kind = raw_type(call.type, writer.dialect)
    return Term(sa.cast(sa.func.length(writer.write(call.args[0])), kind), 0, 0, 100_000)


def _left(writer: Writer, call: Call) -> Sql:
    return _text(sa.func.substr(writer.write(call.args[0]), 1, _whole(writer, call.args[1])))


def _right(writer: Writer, call: Call) -> Sql:
    text, count = writer.write(call.args[0]), _whole(writer, call.args[1])
    if writer.dialect == "postgresql":
        return _text(sql_call("right", text, count, gives=sa.Text()))
    return _text(sql_call("x_right", text, count, gives=sa.Text()))


def _mid(writer: Writer, call: Call) -> Sql:
    """Places before 1 hold nothing, as in PostgreSQL's substr."""
    text, start, count = writer.write(call.args[0]), _number(writer, call.args[1]), _whole(writer, call.args[2])
    name = "substr" if writer.dialect == "postgresql" else "x_mid"
    return _text(sql_call(name, text, start, count, gives=sa.Text()))


def _trim(writer: Writer, call: Call) -> Sql:
    name = "trim" if writer.dialect == "sqlite" else "btrim"
    return sql_call(name, writer.write(call.args[0]), BLANKS, gives=sa.Text())


def _fold(writer: Writer, call: Call) -> Sql:
    """lower and upper of ASCII letters only."""
    text = writer.write(call.args[0])
    if writer.dialect == "sqlite":
        return sql_call(call.function, text, gives=sa.Text())
    here, there = (CAPITALS, SMALLS) if call.function == "lower" else (SMALLS, CAPITALS)
    return sa.func.translate(text, here, there, type_=sa.Text())


def _position(writer: Writer, text: Sql, part: Sql) -> Sql:
    name = "instr" if writer.dialect == "sqlite" else "strpos"
    return sql_call(name, text, part, gives=sa.Integer())


def _contains(writer: Writer, call: Call) -> Sql:
    whole, part = call.args
    return _position(writer, writer.write(whole), writer.write(part)) > 0


def _starts_with(writer: Writer, call: Call) -> Sql:
    text, part = (writer.write(arg) for arg in call.args)
    return sa.func.substr(text, 1, sa.func.length(part), type_=sa.Text()) == part


def _ends_with(writer: Writer, call: Call) -> Sql:
    text, part = (writer.write(arg) for arg in call.args)
    if writer.dialect == "postgresql":
        return sa.func.right(text, sa.func.length(part), type_=sa.Text()) == part
    tail = sa.func.substr(text, -sa.func.length(part, type_=sa.Integer()), type_=sa.Text())
    fits = sa.func.length(text) >= sa.func.length(part)
    return sa.or_(part == "", sa.and_(fits, tail == part))


def _before(writer: Writer, call: Call) -> Sql:
    """The text before the first occurrence of the part; "" if it does not occur."""
    text, part = (writer.write(arg) for arg in call.args)
    place = _position(writer, text, part)
    return sa.case((sa.and_(part != "", place > 0), sa.func.substr(text, 1, place - 1, type_=sa.Text())), else_="")


def _after(writer: Writer, call: Call) -> Sql:
    text, part = (writer.write(arg) for arg in call.args)
    place = _position(writer, text, part)
    rest = sa.func.substr(text, place + sa.func.length(part, type_=sa.Integer()), type_=sa.Text())
    return sa.case((sa.and_(part != "", place > 0), rest), else_="")


def _pad(writer: Writer, call: Call) -> Sql:
    """Filled on the left up to a width; a longer text stays whole."""
    text, width, fill = writer.write(call.args[0]), _number(writer, call.args[1]), writer.write(call.args[2])
    if writer.dialect == "sqlite":
        filling = _filling(call)
        if not filling or is_long(text):
            return sql_call("x_pad", text, width, fill, gives=sa.Text())
        longest = sql_call("max", len(filling), sa.func.length(text), gives=sa.Integer())
        return sa.func.substr(sa.literal(filling, sa.Text()) + text, -longest, type_=sa.Text())
    longest = sql_call("greatest", width, sa.func.length(text), gives=sa.Integer())
    return sql_call("lpad", text, longest, fill, gives=sa.Text())


def _filling(call: Call) -> str:
    """What fills the whole width, where that is a number in the text; "" where it is not, or is very large."""
    match call.args[1:]:
        case (Const(value=int(), type=NumberType()) as width, Const(value=str(fill))) if len(fill) == 1:
            places = _whole_const(width, call)
            return fill * places if 0 < places <= 100 else ""
        case _:
            return ""


def _replace(writer: Writer, call: Call) -> Sql:
    return sa.func.replace(*(writer.write(arg) for arg in call.args), type_=sa.Text())


_PARTS_OF_TEXT = frozenset({"left", "right", "mid", "starts_with", "ends_with", "before", "after"})
_REPEATING: Mapping[Dialect, frozenset[str]] = {
    "sqlite": _PARTS_OF_TEXT,
    "postgresql": _PARTS_OF_TEXT
    | {"min", "max", "mod", "date", "end_of", "add_workdays", "workdays", "work_hours", "pad"},
}
"""Functions whose SQL names an argument more than once."""

FUNCTIONS: Mapping[str, Written] = {
    "stored": _stored,
    "round": _round,
    "abs": _abs,
    "sign": _sign,
    "floor": _floor,
    "ceil": _ceil,
    "mod": _mod,
    "min": _extreme,
    "max": _extreme,
    "default": _default,
    **dict.fromkeys(("year", "month", "day", "weekday", "quarter", "week"), _part),
    "start_of": _edge,
    "end_of": _edge,
    "add_months": _add_months,
    "workdays": _workdays,
    "add_workdays": _add_workdays,
    "work_hours": _work_hours,
    "date": _date,
    "len": _len,
    "left": _left,
    "right": _right,
    "mid": _mid,
    "trim": _trim,
    "lower": _fold,
    "upper": _fold,
    "contains": _contains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "before": _before,
    "after": _after,
    "replace": _replace,
    "pad": _pad,
}
