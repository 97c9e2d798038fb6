"""The typed formula tree: the specification from which Python and SQL are both made.

Every node carries its type, whether it can be empty, the bounds of its value and its place in the text.
A closed union of frozen nodes: match on it and end with `assert_never`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.formula.value_types import ValueType
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and greatest value, in scaled units for numbers; None is unbounded."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What every node knows."""

    type: ValueType
    nullable: bool
    span: Span
    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Const(Typed):
    """A literal in its stored form (scaled int, str, bool, date, seconds, option key, None)."""

    value: object


@dataclass(frozen=True, slots=True)
class Hop:
    """One step along a reference: the field followed and the entity it leads to ("person" for people)."""

    field: str
    entity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Path(Typed):
    """`field` read from the row at the start after following `hops`.

    start: "row" is the innermost row (the child inside an aggregate's where), "this" the row around the aggregate,
    "me"/"submitter" the acting person. `entity` is the entity that owns `field` ("person" for people).
    """

    start: Literal["row", "this", "me", "submitter"]
    hops: tuple[Hop, ...]
    entity: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Now(Typed):
    """today(), now(), me, submitter: bound from the engine's clock and context, never SQL's own."""

    name: Literal["today", "now", "me", "submitter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negate(Typed):
    arg: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic(Typed):
    """+ − × ÷ on numbers, money, dates, instants and durations; operand scales are as the operands' types say."""

    op: Literal["+", "-", "*", "/"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Typed):
    """= and != are null-safe; ordering with an empty operand is false."""

    op: Literal["=", "!=", "<", "<=", ">", ">="]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic(Typed):
    """and / or over two or more parts; two-valued."""

    op: Literal["and", "or"]
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Typed):
    arg: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class IsEmpty(Typed):
    arg: "Node"
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class In(Typed):
    """Membership in a list of values; for a set field: the option is in the set."""

    arg: "Node"
    options: tuple["Node", ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(Typed):
    """low <= arg <= high, both ends included; false if any is empty."""

    arg: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat(Typed):
    """`&`: every part as text by the rules of the language."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Typed):
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Typed):
    """A function of `dsl.formula.functions`, by its key."""

    function: str
    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Typed):
    """count exists sum avg min max latest first join over child rows.

    `start`/`hops` lead to the parent row, `rows` is its table field, `entity` the child entity,
    `link` the child's reference field back to the parent. Inside `value` and `where`, start="row" is the child,
    "this" the outer row. `order` is the field that latest/first go by; `separator` for join.
    """

    function: str
    start: Literal["row", "this"]
    hops: tuple[Hop, ...]
    rows: str
    entity: str
    link: str
    value: "Node | None"
    where: "Node | None"
    order: str | None = None
    separator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLookup(Typed):
    """A decision table called like a function."""

    table: str
    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFact(Typed):
    """stage.limit_days or stage.chance of the record's stage (a constant per stage)."""

    start: Literal["row", "this"]
    hops: tuple[Hop, ...]
    entity: str
    fact: Literal["limit_days", "chance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered(Typed):
    """entered(stage): the instant the record last entered that stage, or empty."""

    start: Literal["row", "this"]
    entity: str
    stage: str


Node: TypeAlias = (
    Const
    | Path
    | Now
    | Negate
    | Arithmetic
    | Compare
    | Logic
    | Not
    | IsEmpty
    | In
    | Between
    | Concat
    | If
    | Call
    | Aggregate
    | TableLookup
    | StageFact
    | Entered
)


@dataclass(frozen=True, slots=True)
class Read:
    """One field a formula reads: the hops and table fields passed from the formula's own row, then the field."""

    via: tuple[str, ...]
    entity: str
    field: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula. `entity` is where its bare names live ("" for none).

    `volatile` holds what it asks of the moment: subset of {"today", "now", "me", "submitter"}; a stored field has none.
    """

    text: str
    entity: str
    root: Node
    reads: frozenset[Read]
    volatile: frozenset[str]
    span: Span

    @property
    def type(self) -> ValueType:
        return self.root.type

    @property
    def nullable(self) -> bool:
        return self.root.nullable
