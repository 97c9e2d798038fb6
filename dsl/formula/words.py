"""The names of value types as people say them, for problems and documentation."""

from __future__ import annotations

from typing import assert_never

from dsl.app import Text
from dsl.catalog_entry import in_both
from dsl.formula.value_types import (
    ChoiceType,
    DateType,
    DurationType,
    FileType,
    NumberType,
    PersonType,
    PlaceType,
    RefType,
    RowsType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)


def say_type(value_type: ValueType) -> Text:  # noqa: C901 - one case for each type of the closed union
    """The type in the words of the user: 金额 | money."""
    match value_type:
        case NumberType(unit="money"):
            return in_both("金额", "money")
        case NumberType():
            return in_both("数字", "a number")
        case TextType():
            return in_both("文字", "text")
        case YesNoType():
            return in_both("是/否", "yes/no")
        case DateType():
            return in_both("日期", "a date")
        case TimeType():
            return in_both("时刻", "an instant")
        case DurationType():
            return in_both("时长", "a duration")
        case ChoiceType(name=name):
            return in_both(f"选项（{name}）", f"a choice ({name})")
        case SetType(name=name):
            return in_both(f"多选（{name}）", f"a set of options ({name})")
        case RefType(entity=entity):
            return in_both(f"一条 {entity} 记录", f"a record of {entity}")
        case PersonType():
            return in_both("人员", "a person")
        case FileType():
            return in_both("文件", "a file")
        case PlaceType():
            return in_both("位置", "a place")
        case RowsType(entity=entity):
            return in_both(f"多行 {entity} 记录", f"rows of {entity}")
        case _:
            assert_never(value_type)
