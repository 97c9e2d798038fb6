"""Exact decimal arithmetic in SQL: + − × ÷ and rounding, equal on SQLite and PostgreSQL.

SQLite computes with scaled integers. Where an intermediate result may pass 2^62 it asks a registered function, because
SQLite turns a too large integer silently into a float. PostgreSQL computes with NUMERIC. On both, a result of
`LIMIT` units or more is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import sqlalchemy as sa

from dsl.formula.tree import Bounds
from engine.store.sql_types import Dialect, Sql

LIMIT = 10**18
"""A number has at most 18 digits in its smallest unit; a result with more is empty."""
PLAIN = 2**62
MAX_SCALE = 6
CHEAP = 4
"""An expression of at most this many nodes may be written twice instead of calling a function."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number in an expression: raw SQL, decimals, least and greatest scaled value, and how much SQL it is."""

    sql: Sql
    scale: int
    low: int = -LIMIT
    high: int = LIMIT
    size: int = 1

    @property
    def reach(self) -> int:
        return max(abs(self.low), abs(self.high))

    def within(self, bounds: Bounds) -> Term:
        """The same term, known to stay within the checker's bounds as well."""
        low = self.low if bounds.low is None else max(self.low, bounds.low)
        high = self.high if bounds.high is None else min(self.high, bounds.high)
        return replace(self, low=low, high=high) if low <= high else self


def half_away(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator (positive or negative, not 0) to the nearest integer, halves away from zero."""
    doubled = 2 * abs(numerator) + abs(denominator)
    quotient = doubled // (2 * abs(denominator))
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


@dataclass(frozen=True, slots=True)
class Numbers:
    """The arithmetic of one database."""

    dialect: Dialect

    def _whole(self, value: int) -> Sql:
        return sa.literal(value, sa.BigInteger() if self.dialect == "sqlite" else sa.Numeric())

    def _limited(self, term: Term) -> Term:
        """Empty where the value passes the limit; the value is written once, so that nesting stays linear."""
        if term.reach < LIMIT:
            return term
        sql = self.empty_outside(term.sql, term.scale)
        return Term(sql, term.scale, max(term.low, 1 - LIMIT), min(term.high, LIMIT - 1), term.size + 4)

    def empty_outside(self, sql: Sql, scale: int) -> Sql:
        """NULL where |sql| ≥ LIMIT units of the scale."""
        if self.dialect == "sqlite":
            low, high = self._whole(-LIMIT), self._whole(LIMIT)
            clamped: Sql = sa.func.max(sa.func.min(sql, high), low)
        else:
            low, high = self.constant(-LIMIT, scale).sql, self.constant(LIMIT, scale).sql
            clamped = sa.func.greatest(sa.func.least(sql, high), low)
        return sa.func.nullif(sa.func.nullif(clamped, low, type_=sql.type), high, type_=sql.type)

    def constant(self, units: int, scale: int) -> Term:
        """A number known when the SQL is written, given in its smallest units."""
        if self.dialect == "sqlite":
            return Term(self._whole(units), scale, units, units)
        return Term(sa.literal(Decimal(units).scaleb(-scale), sa.Numeric()), scale, units, units)

    def widen(self, term: Term, scale: int) -> Term:
        """The same number with more decimals. May leave the limit; whoever uses it checks."""
        if scale == term.scale:
            return term
        factor = 10 ** (scale - term.scale)
        sql = term.sql * self._whole(factor) if self.dialect == "sqlite" else term.sql
        return Term(sql, scale, term.low * factor, term.high * factor, term.size + 1)

    def to_scale(self, term: Term, scale: int) -> Term:
        """The number with exactly `scale` decimals, rounded half away from zero."""
        return self._limited(self.widen(term, scale) if scale >= term.scale else self.cut(term, scale))

    def cut(self, term: Term, scale: int) -> Term:
        """Fewer decimals, rounded half away from zero. A negative scale rounds to tens, hundreds …"""
        factor = 10 ** (term.scale - scale)
        low, high = half_away(term.low, factor), half_away(term.high, factor)
        if self.dialect == "postgresql":
            return Term(sa.func.round(term.sql, scale, type_=sa.Numeric()), scale, low, high, term.size + 1)
        if term.low >= 0 and term.high < PLAIN:
            sql = (term.sql + self._whole(factor // 2)) // self._whole(factor)
        elif term.reach < PLAIN and term.size <= CHEAP:
            half = sa.case((term.sql < 0, self._whole(-(factor // 2))), else_=self._whole(factor // 2))
            sql = (term.sql + half) // self._whole(factor)
        else:
            sql = sa.func.x_divide(term.sql, self._whole(1), self._whole(factor), type_=sa.BigInteger())
        return Term(sql, scale, low, high, term.size + 2)

    def negate(self, term: Term) -> Term:
        return Term(-term.sql, term.scale, -term.high, -term.low, term.size + 1)

    def add(self, left: Term, right: Term, *, minus: bool = False) -> Term:
        scale = max(left.scale, right.scale)
        one, two = self.widen(left, scale), self.widen(right, scale)
        size = one.size + two.size + 1
        if minus:
            return self._limited(Term(one.sql - two.sql, scale, one.low - two.high, one.high - two.low, size))
        return self._limited(Term(one.sql + two.sql, scale, one.low + two.low, one.high + two.high, size))

    def multiply(self, left: Term, right: Term) -> Term:
        """The product, cut at six decimals."""
        corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        scale = left.scale + right.scale
        size = left.size + right.size + 1
        product = Term(left.sql * right.sql, scale, min(corners), max(corners), size)
        if scale <= MAX_SCALE:
            return self._limited(product)
        if self.dialect == "postgresql" or product.reach < PLAIN:
            return self._limited(self.cut(product, MAX_SCALE))
        factor = self._whole(10 ** (scale - MAX_SCALE))
        sql = sa.func.x_multiply(left.sql, right.sql, factor, type_=sa.BigInteger())
        return Term(sql, MAX_SCALE, size=size)

    def divide(self, left: Term, right: Term) -> Term:
        """The quotient with six decimals; empty where the divisor is 0."""
        size = left.size + right.size + 3
        if self.dialect == "postgresql":
            exact = sa.func.round(left.sql, 40, type_=sa.Numeric())
            quotient = exact / sa.func.nullif(right.sql, self._whole(0), type_=sa.Numeric())
            return self._limited(Term(sa.func.round(quotient, MAX_SCALE, type_=sa.Numeric()), MAX_SCALE, size=size))
        shift = 10 ** (MAX_SCALE + right.scale - left.scale)
        raised = left.reach * shift
        if left.low >= 0 and right.low >= 0 and right.size <= CHEAP and raised + right.high < PLAIN:
            divisor = sa.func.nullif(right.sql, 0, type_=sa.BigInteger())
            sql = (left.sql * self._whole(shift) + right.sql // self._whole(2)) // divisor
        else:
            sql = sa.func.x_divide(left.sql, self._whole(shift), right.sql, type_=sa.BigInteger())
        return self._limited(Term(sql, MAX_SCALE, -raised, raised, size))

    def floor(self, term: Term) -> Term:
        """The greatest whole number that is not above."""
        factor = 10**term.scale
        low, high = term.low // factor, term.high // factor
        if self.dialect == "postgresql":
            return Term(sa.func.floor(term.sql, type_=sa.Numeric()), 0, low, high, term.size + 1)
        if term.low >= 0 or term.scale == 0:
            sql = term.sql // self._whole(factor) if term.scale else term.sql
        else:
            sql = sa.func.x_floor(term.sql, self._whole(factor), type_=sa.BigInteger())
        return Term(sql, 0, low, high, term.size + 1)

    def remainder(self, left: Term, right: Term) -> Term:
        """left modulo right with the sign of the divisor (as clocks and calendars have it); empty for divisor 0."""
        scale = max(left.scale, right.scale)
        size = left.size + right.size + 1
        if self.dialect == "sqlite":
            shifts = self._whole(10 ** (scale - left.scale)), self._whole(10 ** (scale - right.scale))
            sql: Sql = sa.func.x_modulo(left.sql, shifts[0], right.sql, shifts[1], type_=sa.BigInteger())
        else:
            divisor = sa.func.nullif(right.sql, self._whole(0), type_=sa.Numeric())
            sql = sa.func.mod(sa.func.mod(left.sql, divisor) + right.sql, divisor, type_=sa.Numeric())
        return Term(sql, scale, size=size)

    def text(self, sql: Sql, scale: int) -> Sql:
        """All decimals of the scale: 1.50."""
        if self.dialect == "sqlite":
            return sa.func.x_number_text(sql, scale, type_=sa.Text())
        return sa.cast(sa.func.round(sql, scale), sa.Text())
