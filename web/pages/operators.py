"""What may be asked of a field in a filter: operators by field kind, each writing a piece of formula.

An operator writes from the field's path and the literals of its values. The text is exactly what `unparse` gives for
the tree it reads to, so that a formula can be turned back into conditions by writing each candidate and comparing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.app import Field
from dsl.formula.value_types import SetType, TextType, TimeType
from web.words import say

Takes: TypeAlias = Literal["nothing", "one", "two", "many", "days", "record"]
"""The values an operator needs: none, one or two of the field's own, some options, a number of days, a record."""
Writes: TypeAlias = Callable[[str, Sequence[str]], str]

THIS, WEEK_AGO, IN_A_WEEK = "today()", "today() - 1w", "today() + 1w"


@dataclass(frozen=True, slots=True)
class Operator:
    key: str
    takes: Takes
    writes: Writes
    is_loose: bool = False
    """Several values make an `or`, which needs brackets beside other conditions."""


def _pattern(key: str, takes: Takes, pattern: str) -> Operator:
    return Operator(key, takes, lambda path, values: pattern.format(*values, path=path))


def _within(key: str, day: str, period: str) -> Operator:
    span = f'start_of({day}, "{period}") and end_of({day}, "{period}")'
    return Operator(key, "nothing", lambda path, _values: f"{path} between {span}")


def _one_of(path: str, values: Sequence[str]) -> str:
    return f"{path} = {values[0]}" if len(values) == 1 else f"{path} in ({', '.join(values)})"


def _none_of(path: str, values: Sequence[str]) -> str:
    return f"{path} != {values[0]}" if len(values) == 1 else f"{path} not in ({', '.join(values)})"


def _holds(path: str, values: Sequence[str]) -> str:
    return " or ".join(f"{value} in {path}" for value in values)


def _lacks(path: str, values: Sequence[str]) -> str:
    return f"{values[0]} not in {path}" if len(values) == 1 else f"not ({_holds(path, values)})"


_EMPTY = (_pattern("empty", "nothing", "{path} is empty"), _pattern("filled", "nothing", "{path} is not empty"))
_EQUAL = (_pattern("is", "one", "{path} = {0}"), _pattern("is_not", "one", "{path} != {0}"))

_TEXT = (
    _pattern("contains", "one", "contains({path}, {0})"),
    _pattern("lacks", "one", "not contains({path}, {0})"),
    _pattern("starts", "one", "starts_with({path}, {0})"),
    *_EQUAL,
    *_EMPTY,
)
_NUMBER = (
    _pattern("is", "one", "{path} = {0}"),
    _pattern("more", "one", "{path} > {0}"),
    _pattern("least", "one", "{path} >= {0}"),
    _pattern("less", "one", "{path} < {0}"),
    _pattern("most", "one", "{path} <= {0}"),
    _pattern("between", "two", "{path} between {0} and {1}"),
    _pattern("is_not", "one", "{path} != {0}"),
    *_EMPTY,
)
_DAY = (
    _pattern("today", "nothing", "{path} = today()"),
    _pattern("yesterday", "nothing", "{path} = today() - 1d"),
    _pattern("tomorrow", "nothing", "{path} = today() + 1d"),
    _within("this_week", THIS, "week"),
    _within("last_week", WEEK_AGO, "week"),
    _within("next_week", IN_A_WEEK, "week"),
    _within("this_month", THIS, "month"),
    _within("last_month", "add_months(today(), -1)", "month"),
    _within("next_month", "add_months(today(), 1)", "month"),
    _within("this_quarter", THIS, "quarter"),
    _within("last_quarter", "add_months(today(), -3)", "quarter"),
    _within("this_year", THIS, "year"),
    _within("last_year", "add_months(today(), -12)", "year"),
    _pattern("last_days", "days", "{path} between today() - {0} and today()"),
    _pattern("next_days", "days", "{path} between today() and today() + {0}"),
    _pattern("older_days", "days", "{path} < today() - {0}"),
    _pattern("past", "nothing", "{path} < today()"),
    _pattern("on", "one", "{path} = {0}"),
    _pattern("before", "one", "{path} < {0}"),
    _pattern("after", "one", "{path} > {0}"),
    _pattern("between", "two", "{path} between {0} and {1}"),
    *_EMPTY,
)
_CHOICE = (Operator("any", "many", _one_of), Operator("none", "many", _none_of), *_EMPTY)
_SET = (Operator("any", "many", _holds, is_loose=True), Operator("none", "many", _lacks), *_EMPTY)
_RECORD = (_pattern("is", "record", "{path}.id = {0}"), _pattern("is_not", "record", "{path}.id != {0}"), *_EMPTY)
_PERSON = (
    _pattern("is_me", "nothing", "{path} = me"),
    _pattern("not_me", "nothing", "{path} != me"),
    _pattern("my_unit", "nothing", "{path}.unit = me.unit"),
    *_RECORD,
)
_YESNO = (_pattern("yes", "nothing", "{path}"), _pattern("no", "nothing", "not {path}"))
_ROWS = (_pattern("filled", "nothing", "exists({path})"), _pattern("empty", "nothing", "not exists({path})"))

_BY_KIND: Mapping[str, tuple[Operator, ...]] = {
    "number": _NUMBER, "integer": _NUMBER, "percent": _NUMBER, "money": _NUMBER, "duration": _NUMBER,
    "date": _DAY, "time": _DAY, "yesno": _YESNO, "choice": _CHOICE, "person": _PERSON, "ref": _RECORD,
    "file": _EMPTY, "image": _EMPTY, "files": _EMPTY, "place": _EMPTY, "table": _ROWS, "department": _EMPTY,
}  # fmt: skip


def operators_of(field: Field) -> tuple[Operator, ...]:
    """The operators of a field, the usual one first; none for a kind that no formula can ask about."""
    match field.value_type:
        case SetType():
            return _SET
        case TextType():
            return _TEXT
        case _:
            return _BY_KIND.get(field.kind, ())


def path_of(name: str, field: Field, operator: Operator) -> str:
    """How the operator writes the field: an instant is asked by its day, unless whether there is one."""
    return f"date({name})" if isinstance(field.value_type, TimeType) and operator not in _EMPTY else name


def words_of_operators() -> Mapping[str, str]:
    """Operator → how it reads between the field's name and its values."""
    return {
        "contains": say("包含"), "lacks": say("不包含"), "starts": say("开头是"), "is": say("等于"),
        "is_not": say("不等于"), "empty": say("为空"), "filled": say("不为空"), "more": say("大于"),
        "least": say("至少"), "less": say("小于"), "most": say("至多"), "between": say("介于"), "any": say("为"),
        "none": say("不为"), "is_me": say("是我"), "not_me": say("不是我"), "my_unit": say("在我的部门"),
        "yes": say("是“是”"), "no": say("是“否”"), "today": say("今天"), "yesterday": say("昨天"),
        "tomorrow": say("明天"), "this_week": say("本周"), "last_week": say("上周"), "next_week": say("下周"),
        "this_month": say("本月"), "last_month": say("上月"), "next_month": say("下月"),
        "this_quarter": say("本季度"), "last_quarter": say("上季度"), "this_year": say("今年"),
        "last_year": say("去年"), "last_days": say("最近几天"), "next_days": say("今后几天"),
        "older_days": say("早于几天前"), "past": say("今天以前"), "on": say("在某一天"), "before": say("早于"),
        "after": say("晚于"),
    }  # fmt: skip


def words_of(operator: Operator, field: Field) -> str:
    """The operator's words for this field: a set has options, a record is somebody."""
    if field.kind == "table":
        return say("有") if operator.key == "filled" else say("没有")
    if isinstance(field.value_type, SetType):
        special = {"any": say("含有"), "none": say("不含")}
        if operator.key in special:
            return special[operator.key]
    if operator.takes == "record":
        return say("为") if operator.key == "is" else say("不为")
    return words_of_operators()[operator.key]
