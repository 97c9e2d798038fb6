"""The typed formula tree as a SQLAlchemy expression with exactly the meaning that generated Python has.

`to_sql` gives a value; `to_where` gives a condition for a WHERE, where unknown counts as false and a column stands
alone on its side of a comparison so that its index is used. today(), now(), me and submitter are bind parameters of
these names in stored form (`moment` fills them from an Env).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, assert_never, cast

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect as Engine
from sqlalchemy.types import TypeDecorator

from dsl.formula.env import Env
from dsl.formula.scope import FIELD_LIMIT
from dsl.formula.tree import (
    Aggregate,
    Arithmetic,
    Between,
    Call,
    Compare,
    Concat,
    Const,
    Entered,
    If,
    In,
    IsEmpty,
    Logic,
    Negate,
    Node,
    Not,
    Now,
    Path,
    StageFact,
    TableLookup,
)
from dsl.formula.value_types import (
    DATE,
    PERSON,
    TIME,
    DateType,
    DurationType,
    FileType,
    NumberType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)
from engine.store import sql_calls, sql_related
from engine.store.columns import Reader, ScaledNumber, column_type
from engine.store.sql_dates import MANY_DAYS, MANY_SECONDS, Dates
from engine.store.sql_numbers import MAX_SCALE, Numbers, Term
from engine.store.sql_scope import SqlScope
from engine.store.sql_types import (
    EXACT,
    Dialect,
    Operator,
    Sql,
    is_long,
    is_quantity,
    literal,
    never_null,
    nothing,
    raw_type,
    scale_of,
)
from engine.store.sql_where import column_alone


class WideNumber(ScaledNumber):
    """A number beyond what a column holds: up to 38 digits, which SQLite gives as text where 64 bits do not do."""

    cache_ok = True

    def process_result_value(self, value: Any | None, dialect: Engine) -> int | None:
        if value is None or dialect.name != "postgresql":
            return None if value is None else int(value)
        return int(Decimal(value).scaleb(self.scale, EXACT))

    def result_processor(self, dialect: Engine, coltype: object) -> Reader | None:
        return TypeDecorator.result_processor(self, dialect, coltype)


def to_sql(node: Node, scope: SqlScope) -> Sql:
    """The value of a formula, with the column type of its value type on it."""
    found = Writer(scope).write(node)
    if isinstance(found, sa.BindParameter):  # or its value would be converted twice
        found = sa.cast(found, found.type)
    kind = WideNumber(scale_of(node)) if is_quantity(node.type) else column_type(node.type)
    return sa.type_coerce(found, kind)


def to_where(node: Node, scope: SqlScope) -> sa.ColumnElement[bool]:
    """The condition in WHERE form: true where the formula is true, else false or NULL."""
    return Writer(scope).condition(node)


def moment(env: Env) -> dict[str, object]:
    """The bind parameters of formulas, in stored form."""
    return {
        "today": env.today,
        "now": env.now,
        "me": env.me["id"] if env.me else None,
        "submitter": env.submitter["id"] if env.submitter else None,
    }


def _out_of(row: sa.Subquery, found: Sql) -> Sql:
    """A value over the names that `row` gives. Everything else it speaks of belongs to a query further out, however
    far: left to itself SQLAlchemy looks out one level and would read the table anew."""
    return sa.select(found).select_from(row).correlate_except(row).scalar_subquery()


class Writer:
    """Writes one tree in one scope. given: SQL of nodes, by their id, that is written already and has a name."""

    def __init__(self, scope: SqlScope, given: Mapping[int, Sql] | None = None) -> None:
        self.scope = scope
        self.given: Mapping[int, Sql] = given or {}
        self.dialect: Dialect = scope.dialect
        self.numbers = Numbers(scope.dialect)
        self.dates = Dates(scope.dialect, scope.timezone)

    def write(self, node: Node) -> Sql:
        """The node as a value: never NULL for text and yes/no, else NULL where empty."""
        if (found := self.given.get(id(node))) is not None:
            return found
        match node:
            case Const():
                return literal(node.value, node.type, self.dialect)
            case Path():
                return sql_related.path(self, node)
            case Now():
                return self._now(node)
            case Negate() | Arithmetic():
                return self._computed(node)
            case Compare() | Logic() | Not() | IsEmpty() | In() | Between():
                return self.truth(node)
            case Concat():
                return self._concat(node)
            case If():
                return self._if(node)
            case Call():
                called = sql_calls.write_call(self, node)
                return self.numbers.to_scale(called, scale_of(node)).sql if isinstance(called, Term) else called
            case Aggregate():
                return sql_related.aggregate(self, node)
            case TableLookup():
                return sql_related.table_lookup(self, node)
            case StageFact():
                return sql_related.stage_fact(self, node)
            case Entered():
                return sql_related.entered(self, node)
            case _:
                assert_never(node)

    def once(self, nodes: Sequence[Node], write: Callable[[Writer], Sql | Term]) -> Sql | Term:
        """What `write` writes with the nodes, each of which it may write several times; long ones are written once.

        Else every level of nesting would multiply the SQL: `add_workdays` three times over was 16 MB of it.
        """
        values = {id(node): self.write(node) for node in nodes if not isinstance(node, Const)}
        long = {key: value for key, value in values.items() if is_long(value)}
        if not long:
            return write(self)
        # a limit, or the planners would put the expressions back where their names stand
        named = sa.select(*(value.label(f"v{at}") for at, value in enumerate(long.values()))).limit(1)
        row = named.correlate_except().subquery()
        given = {**self.given, **dict(zip(long, row.c, strict=True))}
        found = write(Writer(self.scope, given))
        if isinstance(found, Term):
            return replace(found, sql=_out_of(row, found.sql))
        return _out_of(row, found)

    def inside(self, scope: SqlScope) -> Writer:
        """A writer for the same formula one level further in."""
        return Writer(scope)

    def term(self, node: Node) -> Term:
        """A number with what is known of it."""
        scale = scale_of(node)
        if (given := self.given.get(id(node))) is not None:
            return Term(given, scale).within(node.bounds)
        match node:
            case Const(value=int() as value):
                return self.numbers.constant(value, scale)
            case Negate():
                term = self.numbers.negate(self.term(node.arg))
            case Arithmetic():
                term = self._quantity(node)
            case Path():
                return Term(self.write(node), scale, -FIELD_LIMIT, FIELD_LIMIT, 1).within(node.bounds)
            case Call():
                found = sql_calls.write_call(self, node)
                term = found if isinstance(found, Term) else Term(found, scale)
            case _:
                term = Term(self.write(node), scale)
        return self.numbers.to_scale(term, scale).within(node.bounds)

    def as_text(self, node: Node) -> Sql:
        """The value as `&` shows it; empty as nothing."""
        value = self.write(node)
        match node.type:
            case NumberType(scale=scale):
                shown = self.numbers.text(value, scale)
            case DateType():
                shown = self.dates.text(value)
            case TimeType():
                shown = self.dates.instant_text(value)
            case YesNoType():
                return sa.case((value, sa.literal("yes", sa.Text())), else_=sa.literal("no", sa.Text()))
            case TextType():
                return value
            case _:
                shown = sa.cast(value, sa.Text())
        return sa.func.coalesce(shown, "", type_=sa.Text())

    # --- leaves and arithmetic ---------------------------------------------------------------------------------------

    def _now(self, node: Now) -> Sql:
        kind: ValueType = DATE if node.name == "today" else TIME if node.name == "now" else PERSON
        return sa.cast(sa.bindparam(node.name, type_=column_type(kind)), raw_type(kind, self.dialect))

    def _computed(self, node: Negate | Arithmetic) -> Sql:
        if is_quantity(node.type):
            return self.term(node).sql
        if isinstance(node, Negate):
            raise TypeError(f"nothing but a number or duration can be negated: {node}")
        left, right = node.left, node.right
        if isinstance(left.type, DurationType):
            left, right = right, left
        moved = self.term(right) if node.op == "+" else self.numbers.negate(self.term(right))
        add = self.dates.add_duration if isinstance(node.type, DateType) else self.dates.add_seconds
        return add(self.write(left), moved.sql)

    def _quantity(self, node: Arithmetic) -> Term:
        """Arithmetic that gives a number or a duration."""
        if isinstance(node.left.type, DateType):
            days = self.dates.days_between(self.write(node.right), self.write(node.left))
            return Term(days, 0, -MANY_DAYS, MANY_DAYS)
        if isinstance(node.left.type, TimeType):
            seconds = self.dates.seconds_between(self.write(node.right), self.write(node.left))
            return Term(seconds, 0, -MANY_SECONDS, MANY_SECONDS)
        left, right = self.term(node.left), self.term(node.right)
        most = 0 if isinstance(node.type, DurationType) else MAX_SCALE
        match node.op:
            case "+":
                return self.numbers.add(left, right)
            case "-":
                return self.numbers.add(left, right, minus=True)
            case "*":
                return self.numbers.multiply(left, right, most)
            case "/":
                return self.numbers.divide(left, right, most)

    # --- conditions --------------------------------------------------------------------------------------------------

    def truth(self, node: Compare | Logic | Not | IsEmpty | In | Between) -> sa.ColumnElement[bool]:
        """A condition as a value: true or false, never NULL."""
        match node:
            case Compare():
                return self.compare(node, exact=True)
            case Logic():
                joined = sa.and_ if node.op == "and" else sa.or_
                return joined(*(self.write(part) for part in node.parts))
            case Not():
                return sa.not_(self.write(node.arg))
            case IsEmpty():
                return self._is_empty(node)
            case In():
                return self._in(node, exact=True)
            case Between():
                return self._between(node, exact=True)
            case _:
                assert_never(node)

    def condition(self, node: Node) -> sa.ColumnElement[bool]:
        """The node where NULL may stand for false: under and/or down to the comparisons."""
        match node:
            case Logic(op="and"):
                return sa.and_(*(self.condition(part) for part in node.parts))
            case Logic():
                return sa.or_(*(self.condition(part) for part in node.parts))
            case Compare():
                return self.compare(column_alone(node), exact=False)
            case In():
                return self._in(node, exact=False)
            case Between():
                return self._between(node, exact=False)
            case _:
                return self.write(node)

    def compare(self, node: Compare, *, exact: bool) -> sa.ColumnElement[bool]:
        if is_quantity(node.left.type):
            terms = self.term(node.left), self.term(node.right)
            left, right = self.numbers.comparable(*terms, is_ordered=node.op not in ("=", "!="))
        else:
            left, right = self.write(node.left), self.write(node.right)
        return compared(node.op, left, right, (_may_be_null(node.left), _may_be_null(node.right)), exact=exact)

    def _is_empty(self, node: IsEmpty) -> Sql:
        arg = node.arg
        if isinstance(arg.type, SetType) or (isinstance(arg.type, FileType) and arg.type.many):
            found = sql_related.has_members(self, arg)
            return found if node.negated else sa.not_(found)
        value = self.write(arg)
        if isinstance(arg.type, TextType):
            return value != "" if node.negated else value == ""
        return value.is_not(None) if node.negated else value.is_(None)

    def _in(self, node: In, *, exact: bool) -> Sql:
        if any(isinstance(option.type, SetType) for option in node.options):
            held = [sql_related.holds(self, option, node.arg) for option in node.options]
            return sa.not_(sa.or_(*held)) if node.negated else sa.or_(*held)
        if len(node.options) > 1 and is_long(self.write(node.arg)):
            return cast("Sql", self.once((node.arg,), lambda writer: writer._among(node, exact=exact)))
        return self._among(node, exact=exact)

    def _among(self, node: In, *, exact: bool) -> Sql:
        equal = tuple(
            Compare(op="=", left=node.arg, right=option, type=node.type, nullable=False, span=node.span)
            for option in node.options
        )
        if not equal:
            return sa.true() if node.negated else sa.false()
        if node.negated:
            return sa.not_(sa.or_(*(self.compare(part, exact=True) for part in equal)))
        return sa.or_(*(self.compare(part, exact=exact) for part in equal))

    def _between(self, node: Between, *, exact: bool) -> Sql:
        above = Compare(op=">=", left=node.arg, right=node.low, type=node.type, nullable=False, span=node.span)
        below = Compare(op="<=", left=node.arg, right=node.high, type=node.type, nullable=False, span=node.span)

        def both(writer: Writer) -> Sql:
            return sa.and_(writer.compare(above, exact=exact), writer.compare(below, exact=exact))

        return cast("Sql", self.once((node.arg,), both))

    def _concat(self, node: Concat) -> Sql:
        joined: Sql = self.as_text(node.parts[0])
        for part in node.parts[1:]:
            joined = joined + self.as_text(part)
        return joined

    def _if(self, node: If) -> Sql:
        return sa.case(
            (self.condition(node.condition), self.at(node.then, node.type)), else_=self.at(node.otherwise, node.type)
        )

    def at(self, node: Node, kind: ValueType) -> Sql:
        """The node as a value of another, wider type (a number with more decimals; an empty literal of the type)."""
        if isinstance(node, Const) and node.value is None:
            return nothing(kind, self.dialect)
        if is_quantity(kind):
            return self.numbers.to_scale(self.term(node), kind.scale if isinstance(kind, NumberType) else 0).sql
        return self.write(node)


def compared(
    op: Operator, left: Sql, right: Sql, may_be_null: tuple[bool, bool], *, exact: bool
) -> sa.ColumnElement[bool]:
    """One comparison. exact: never NULL; else NULL may stand for false."""
    either, both = any(may_be_null), all(may_be_null)
    match op:
        case "=":
            return left.is_not_distinct_from(right) if both or (exact and either) else left == right
        case "!=":
            return left.is_distinct_from(right) if either else left != right
        case "<":
            found: sa.ColumnElement[Any] = left < right
        case "<=":
            found = left <= right
        case ">":
            found = left > right
        case _:
            found = left >= right
    return sa.func.coalesce(found, sa.false(), type_=sa.Boolean()) if exact and either else found


def _may_be_null(node: Node) -> bool:
    return node.nullable and not never_null(node.type)
