"""What is known of a function: its parameters, its type rule, how Python does it, an example and its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.app import Text
from dsl.formula import typing_rules as rules

Accepts: TypeAlias = Literal[
    "number",
    "integer",
    "text",
    "yesno",
    "date",
    "time",
    "moment",
    "any",
    "digits",
    "width",
    "period",
    "letter",
    "style",
]
"""What a parameter takes. date: a date, or an instant, which is turned into its day in the app's zone. moment: an
instant or a date. digits: a written whole number −6..6. width: a written whole number 0..2000. period: a written
"week", "month", "quarter" or "year". letter: one written character. style: a written text."""

PERIODS = ("week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`otherwise`: the literal (str or int) put in where the argument is left out; None: it must be given."""

    name: str
    accepts: Accepts
    otherwise: str | int | None = None


Kind: TypeAlias = Literal["function", "aggregate", "special"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    kind: "function" is a `Call` in the tree, checked by `parameters` and `rule`; "aggregate" works over child rows;
    "special" has its own node or its own rule in the checker. A call with an empty number, date or instant among its
    arguments is empty (a text result: "", yes/no: false). python: an expression over the arguments {0} {1} …, none of
    them empty; {scale0} is the number of decimals of argument 0. sql: what a database must take care of.
    value: the example's value, rendered as `&` renders it. display_only: for texts on screens and papers, never in a
    stored field or a condition. partial: may be empty with no argument empty.
    """

    key: str
    usage: str
    says: Text
    example: str
    value: str
    parameters: tuple[Parameter, ...] = ()
    rule: rules.Rule = rules.a_yesno
    python: str = ""
    sql: str = ""
    kind: Kind = "function"
    other_parameters: tuple[Parameter, ...] = ()
    display_only: bool = False
    partial: bool = False


def p(name: str, accepts: Accepts, otherwise: str | int | None = None) -> Parameter:
    return Parameter(name, accepts, otherwise)
