"""Exact decimal arithmetic in SQL: + − × ÷ and rounding, equal on SQLite and PostgreSQL.

PostgreSQL computes with NUMERIC. SQLite computes with scaled integers as long as the bounds of the value stay below
2^62; a value that may pass them is *wide*: it comes from a registered function and is an INTEGER where it fits 64 bits,
else TEXT (SQLite's own arithmetic would silently give a float). On both, a result of 38 digits or more is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import sqlalchemy as sa

from dsl.formula.bounds import OVERFLOW
from dsl.formula.decimals import divide_half_away
from dsl.formula.scope import FIELD_LIMIT
from dsl.formula.tree import Bounds
from engine.store.sql_types import Dialect, Sql, exact_decimal, sql_call

PLAIN = 2**62
HALF = 31
"""Bits of the lower half of a number; sums of 2^32 such halves stay below 2^63."""
MAX_SCALE = 6
CHEAP = 4
"""An expression of at most this many parts may be written twice instead of calling a function."""


def sum_in_halves(value: Sql) -> Sql:
    """SQLite's exact sum over rows of whole numbers below 2^62, each written twice: of their upper bits, and the lower.

    Its own sum() raises where the total passes 64 bits; a function of ours that is called for every row takes ten times
    as long as two sums and one call at the end.
    """
    whole = sa.type_coerce(value, sa.BigInteger())
    upper, lower = whole.bitwise_rshift(HALF), whole.bitwise_and(2**HALF - 1)
    return sql_call("x_whole", sa.func.sum(upper), sa.func.sum(lower), gives=value.type)


@dataclass(frozen=True, slots=True)
class Term:
    """A number in an expression: raw SQL, decimals, least and greatest scaled value, and how much SQL it is."""

    sql: Sql
    scale: int
    low: int = 1 - OVERFLOW
    high: int = OVERFLOW - 1
    size: int = 8

    @property
    def reach(self) -> int:
        return max(abs(self.low), abs(self.high))

    @property
    def is_wide(self) -> bool:
        """On SQLite it may be TEXT: only the functions may compute with it."""
        return self.reach >= PLAIN

    def within(self, bounds: Bounds) -> Term:
        """The same term, known to stay within the checker's bounds as well."""
        low = self.low if bounds.low is None else max(self.low, bounds.low)
        high = self.high if bounds.high is None else min(self.high, bounds.high)
        return replace(self, low=low, high=high) if low <= high else self


@dataclass(frozen=True, slots=True)
class Numbers:
    """The arithmetic of one database."""

    dialect: Dialect

    @property
    def _is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    def _whole(self, value: int) -> Sql:
        if not self._is_sqlite:
            return sa.literal(Decimal(value), sa.Numeric())
        return sa.literal(value, sa.BigInteger()) if abs(value) < PLAIN else sa.literal(str(value), sa.Text())

    def constant(self, units: int, scale: int) -> Term:
        """A number known when the SQL is written, given in its smallest units."""
        sql = self._whole(units) if self._is_sqlite else sa.literal(exact_decimal(units, scale), sa.Numeric())
        return Term(sql, scale, units, units, 1)

    def _limited(self, term: Term) -> Term:
        """Empty where the value passes 38 digits; SQLite's functions see to it themselves."""
        if term.reach < OVERFLOW:
            return term
        low, high = max(term.low, 1 - OVERFLOW), min(term.high, OVERFLOW - 1)
        sql = term.sql if self._is_sqlite else self._empty_from(term.sql, self.constant(OVERFLOW, term.scale).sql)
        return Term(sql, term.scale, low, high, term.size + 4)

    def _empty_from(self, sql: Sql, limit: Sql) -> Sql:
        """PostgreSQL: NULL where |sql| ≥ limit; sql is written once, so that nesting stays linear."""
        clamped = sa.func.greatest(sa.func.least(sql, limit), -limit)
        return sql_call("nullif", sql_call("nullif", clamped, -limit, gives=sql.type), limit, gives=sql.type)

    # --- scales ------------------------------------------------------------------------------------------------------

    def widen(self, term: Term, scale: int) -> Term:
        """The same number with more decimals; wide where they do not fit."""
        if scale == term.scale:
            return term
        factor = 10 ** (scale - term.scale)
        low, high = term.low * factor, term.high * factor
        if not self._is_sqlite:
            return Term(term.sql, scale, low, high, term.size)
        if max(abs(low), abs(high)) < PLAIN:
            return Term(term.sql * self._whole(factor), scale, low, high, term.size + 1)
        sql = sql_call("x_multiply", term.sql, self._whole(factor), 1, gives=sa.BigInteger())
        return Term(sql, scale, low, high, term.size + 2)

    def to_scale(self, term: Term, scale: int) -> Term:
        """The number with exactly `scale` decimals, rounded half away from zero."""
        return self._limited(self.widen(term, scale) if scale >= term.scale else self.cut(term, scale))

    def cut(self, term: Term, scale: int) -> Term:
        """Fewer decimals, rounded half away from zero. A negative scale rounds to tens, hundreds …"""
        factor = 10 ** (term.scale - scale)
        low, high = divide_half_away(term.low, factor), divide_half_away(term.high, factor)
        half = factor // 2
        if not self._is_sqlite:
            sql = sql_call("round", term.sql, scale, gives=sa.Numeric())
        elif term.is_wide or (term.low < 0 and term.size > CHEAP):
            sql = sql_call("x_divide", term.sql, 1, self._whole(factor), gives=sa.BigInteger())
        elif term.low >= 0:
            sql = (term.sql + self._whole(half)) // self._whole(factor)
        else:
            away = sa.case((term.sql < 0, self._whole(-half)), else_=self._whole(half))
            sql = (term.sql + away) // self._whole(factor)
        return Term(sql, scale, low, high, term.size + 2)

    def stored(self, term: Term, scale: int) -> Term:
        """The value as a field of that scale keeps it: rounded, and empty beyond what a field holds."""
        found = self.to_scale(term, scale)
        if found.reach <= FIELD_LIMIT:
            return found
        if self._is_sqlite:
            sql = sql_call("x_stored", found.sql, gives=sa.BigInteger())
        else:
            sql = self._empty_from(found.sql, self.constant(FIELD_LIMIT + 1, scale).sql)
        return Term(sql, scale, -FIELD_LIMIT, FIELD_LIMIT, found.size + 4)

    # --- operators ---------------------------------------------------------------------------------------------------

    def negate(self, term: Term) -> Term:
        sql = -term.sql if not (self._is_sqlite and term.is_wide) else self._product(term.sql, self._whole(-1), 1)
        return Term(sql, term.scale, -term.high, -term.low, term.size + 1)

    def add(self, left: Term, right: Term, *, minus: bool = False) -> Term:
        scale = max(left.scale, right.scale)
        one, two = self.widen(left, scale), self.widen(right, scale)
        low = one.low - two.high if minus else one.low + two.low
        high = one.high - two.low if minus else one.high + two.high
        if self._is_sqlite and (one.is_wide or two.is_wide or max(abs(low), abs(high)) >= PLAIN):
            sql = sql_call("x_subtract" if minus else "x_add", one.sql, two.sql, gives=sa.BigInteger())
        else:
            sql = one.sql - two.sql if minus else one.sql + two.sql
        return self._limited(Term(sql, scale, low, high, one.size + two.size + 1))

    def _product(self, left: Sql, right: Sql, factor: int) -> Sql:
        return sql_call("x_multiply", left, right, self._whole(factor), gives=sa.BigInteger())

    def multiply(self, left: Term, right: Term, most: int = MAX_SCALE) -> Term:
        """The product, cut at `most` decimals before it is held against the limit."""
        corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        scale = left.scale + right.scale
        size = left.size + right.size + 1
        product = Term(left.sql * right.sql, scale, min(corners), max(corners), size)
        if not self._is_sqlite or not (product.is_wide or left.is_wide or right.is_wide):
            return self._limited(product if scale <= most else self.cut(product, most))
        factor = 10 ** max(0, scale - most)
        low, high = divide_half_away(product.low, factor), divide_half_away(product.high, factor)
        wide = self._product(left.sql, right.sql, factor)
        return self._limited(Term(wide, min(scale, most), low, high, size))

    def divide(self, left: Term, right: Term, scale: int = MAX_SCALE) -> Term:
        """The quotient with `scale` decimals; empty where the divisor is 0."""
        size = left.size + right.size + 3
        shift = 10 ** (scale + right.scale - left.scale)
        reach = left.reach * shift
        if not self._is_sqlite:
            digits = 40 if max(reach, right.reach) < 10**30 else 70
            exact = sql_call("round", left.sql, digits, gives=sa.Numeric())
            quotient = exact / sql_call("nullif", right.sql, self._whole(0), gives=sa.Numeric())
            sql = sql_call("round", quotient, scale, gives=sa.Numeric())
        elif left.low >= 0 and right.low >= 0 and right.size <= CHEAP and reach + right.high < PLAIN:
            divisor = sql_call("nullif", right.sql, 0, gives=sa.BigInteger())
            sql = (left.sql * self._whole(shift) + right.sql // self._whole(2)) // divisor
        else:
            sql = sql_call("x_divide", left.sql, self._whole(shift), right.sql, gives=sa.BigInteger())
        return self._limited(Term(sql, scale, -reach, reach, size))

    def floor(self, term: Term) -> Term:
        """The greatest whole number that is not above."""
        factor = 10**term.scale
        low, high = term.low // factor, term.high // factor
        if not term.scale:
            return term
        if not self._is_sqlite:
            sql = sql_call("floor", term.sql, gives=sa.Numeric())
        elif term.low >= 0 and not term.is_wide:
            sql = term.sql // self._whole(factor)
        else:
            sql = sql_call("x_floor", term.sql, self._whole(factor), gives=sa.BigInteger())
        return Term(sql, 0, low, high, term.size + 1)

    def remainder(self, left: Term, right: Term) -> Term:
        """left modulo right with the sign of the divisor; empty for divisor 0."""
        scale = max(left.scale, right.scale)
        size = left.size + right.size + 1
        one, two = self.widen(left, scale), self.widen(right, scale)
        if self._is_sqlite:
            sql = sql_call("x_modulo", one.sql, two.sql, gives=sa.BigInteger())
        else:
            kept = self._limited(one)
            divisor = sql_call("nullif", two.sql, self._whole(0), gives=sa.Numeric())
            inner = sql_call("mod", kept.sql, divisor, gives=sa.Numeric()) + two.sql
            sql = sql_call("mod", inner, divisor, gives=sa.Numeric())
        return Term(sql, scale, -two.reach, two.reach, size)

    def magnitude(self, term: Term) -> Term:
        low = 0 if term.low <= 0 <= term.high else min(abs(term.low), abs(term.high))
        name = "x_abs" if self._is_sqlite and term.is_wide else "abs"
        return Term(sql_call(name, term.sql, gives=term.sql.type), term.scale, low, term.reach, term.size + 1)

    def sign(self, term: Term) -> Term:
        name = "x_sign" if self._is_sqlite and term.is_wide else "sign"
        return Term(sql_call(name, term.sql, gives=term.sql.type), 0, -1, 1, term.size + 1)

    # --- comparison and text -----------------------------------------------------------------------------------------

    def comparable(self, left: Term, right: Term, *, is_ordered: bool) -> tuple[Sql, Sql]:
        """Two expressions that compare as the numbers do. Wide ones, which are equal only if they look alike, are put
        in order by the sign of their difference, compared with 0."""
        scale = max(left.scale, right.scale)
        one, two = self._compared_at(left, scale), self._compared_at(right, scale)
        if is_ordered and self._is_sqlite and (one.is_wide or two.is_wide):
            return sql_call("x_compare", one.sql, two.sql, gives=sa.BigInteger()), sa.literal(0, sa.BigInteger())
        return one.sql, two.sql

    def _compared_at(self, term: Term, scale: int) -> Term:
        """More decimals for a comparison: what then has 38 digits or more is still a number, not empty."""
        factor = 10 ** (scale - term.scale)
        if not self._is_sqlite or term.reach * factor < OVERFLOW:
            return self.widen(term, scale)
        sql = sql_call("x_widen", term.sql, self._whole(factor), gives=sa.BigInteger())
        return Term(sql, scale, term.low * factor, term.high * factor, term.size + 2)

    def text(self, sql: Sql, scale: int) -> Sql:
        """All decimals of the scale: 1.50."""
        if self._is_sqlite:
            return sql_call("x_number_text", sql, scale, gives=sa.Text()) if scale else sa.cast(sql, sa.Text())
        return sa.cast(sql_call("round", sql, scale, gives=sa.Numeric()), sa.Text())
