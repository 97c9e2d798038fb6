"""The module being generated, and the small pieces of source that all of it uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from dsl.app import App
from dsl.formula.value_types import NumberType, SetType, TextType, ValueType, YesNoType

Pure: TypeAlias = tuple[list[str], str]
"""Tests for emptiness, in order, and an expression that is good if none of them is true."""


@dataclass(slots=True)
class Source:
    """The module being written: functions in order, and constants that have no literal."""

    app: App
    functions: list[str] = field(default_factory=list)
    constants: dict[str, object] = field(default_factory=dict)
    count: int = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def constant(self, value: object) -> str:
        name = self.name("c")
        self.constants[name] = value
        return name

    def text(self) -> str:
        return "\n".join(self.functions)


def scale_of(value_type: ValueType) -> int:
    return value_type.scale if isinstance(value_type, NumberType) else 0


def empty_of(value_type: ValueType) -> str:
    """The empty value of the type, as source."""
    match value_type:
        case TextType():
            return "''"
        case YesNoType():
            return "False"
        case SetType():
            return "()"
        case _:
            return "None"


def scaled(expression: str, digits: int) -> str:
    """The expression with `digits` more decimals; a literal is written out."""
    if digits == 0:
        return expression
    return f"{int(expression) * 10**digits}" if expression.isdecimal() else f"({expression} * {10**digits})"
