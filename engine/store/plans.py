"""Plans: statements compiled once per shape and run on the raw connection.

Building and compiling a statement costs 5 to 20 times its run. A plan's key is the statement's shape (columns, filter
fields and operators, sort, kind of sight); values never enter the key, and a list is one array parameter.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.cache_key import CacheKey
from sqlalchemy.sql.compiler import SQLCompiler

from engine.store.seal import PROTECTED, Statement, SystemStatement, guard
from engine.store.system_tables import PEOPLE

MOST_PLANS = 1024

_NUMERIC = 1700
"""The type code that SQLAlchemy's numbers ask for on PostgreSQL; psycopg gives Decimal, int or float by itself."""

V = TypeVar("V")
Row = tuple[Any, ...]
Params = Mapping[str, Any]


class Recent(Generic[V]):
    """The most recently used values by key; safe between threads."""

    def __init__(self, size: int = MOST_PLANS) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> V | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def keep(self, key: Hashable, value: V) -> V:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


class Compiled:
    """One statement as SQL text of one dialect, with what turns parameters and rows to and from stored form."""

    def __init__(self, compiler: SQLCompiler, dialect: Dialect) -> None:
        self._compiler = compiler
        self.sql = compiler.string
        self._has_lists = bool(compiler.post_compile_params or compiler.literal_execute_params)
        self._order: Sequence[str] | None = compiler.positiontup
        self._writers: Mapping[str, Any] = compiler._bind_processors  # a function, or several for a tuple
        written = _table_written(compiler)
        self.writes_records = PROTECTED in written
        self.writes_people = PEOPLE in written
        readers = [column.type._cached_result_processor(dialect, _NUMERIC) for column in compiler._result_columns]
        self._reader = _row_reader(readers) if any(readers) else None

    def bind(self, params: Params | None, found: Sequence[sa.BindParameter[Any]] | None = None) -> tuple[str, Any]:
        """SQL and parameters for the driver. `found`: the unnamed values of a statement that was compiled before."""
        values = self._compiler.construct_params(params, extracted_parameters=found)
        sql, order, writers = self.sql, self._order, self._writers
        if self._has_lists:
            state = self._compiler._process_parameters_for_postcompile(values)
            values = {**values, **state.additional_parameters}
            sql, order = state.statement, state.positiontup
            writers = {**writers, **state.processors}
        for name, write in writers.items():
            if name in values and not isinstance(write, tuple):
                values[name] = write(values[name])
        return sql, values if order is None else [values[name] for name in order]

    def read(self, rows: list[Row]) -> list[Row]:
        """Rows of the driver in stored form."""
        return list(map(self._reader, rows)) if self._reader is not None else rows


def _table_written(compiler: SQLCompiler) -> Mapping[Any, Any]:
    """The marks of the table that the statement inserts into, updates or deletes from; none if it only reads."""
    if not (compiler.isinsert or compiler.isupdate or compiler.isdelete):
        return {}
    marks: Mapping[Any, Any] = getattr(getattr(compiler.statement, "table", None), "info", {})
    return marks


class Slot(NamedTuple):
    """One place for a value in a plan: filled from the parameter `key`, or always with the same value."""

    name: str
    key: str
    write: Callable[[Any], Any] | None
    is_required: bool
    fixed: Any


def _slot_of(param: sa.BindParameter[Any], name: str, write: Callable[[Any], Any] | None) -> Slot:
    if param.required:
        return Slot(name, param.key, write, True, None)
    value = param.effective_value
    return Slot(name, param.key, write, False, write(value) if write else value)


class CompiledPlan(Compiled):
    """A plan's statement: binding it costs a look-up per value, where SQLAlchemy looks at the whole statement again."""

    def __init__(self, compiler: SQLCompiler, dialect: Dialect) -> None:
        super().__init__(compiler, dialect)
        slots = {name: _slot_of(param, name, self._writers.get(name)) for param, name in compiler.bind_names.items()}
        names = list(slots) if self._order is None else self._order
        self._binder = _binder([slots[name] for name in names], by_name=self._order is None)
        if not self._has_lists:
            del self._compiler  # it is large, and nothing asks it any more

    def bind(self, params: Params | None, found: Sequence[sa.BindParameter[Any]] | None = None) -> tuple[str, Any]:
        if self._has_lists:
            return super().bind(params, found)
        try:
            return self.sql, self._binder(params or {})
        except KeyError as missing:
            raise sa.exc.InvalidRequestError(f"a plan misses its parameter {missing}") from missing


def _binder(slots: Sequence[Slot], *, by_name: bool) -> Callable[[Params], Any]:
    """Parameters → what the driver takes, written out once: a loop over the slots takes four times as long."""
    known: dict[str, Any] = {}
    parts = []
    for place, slot in enumerate(slots):
        given = f"given[{slot.key!r}]"
        if slot.write is not None:
            known[f"write_{place}"] = slot.write
            given = f"write_{place}({given})"
        if not slot.is_required:
            known[f"fixed_{place}"] = slot.fixed
            given = f"{given} if {slot.key!r} in given else fixed_{place}"
        parts.append(f"{slot.name!r}: {given}" if by_name else given)
    inside = ", ".join(parts)
    return _written_out(f"lambda given: {{{inside}}}" if by_name else f"lambda given: [{inside}]", known)


def _row_reader(readers: Sequence[Callable[[Any], Any] | None]) -> Callable[[Row], Row]:
    """A driver's row → a row in stored form, written out once for the columns that need reading."""
    known = {f"read_{place}": read for place, read in enumerate(readers) if read is not None}
    parts = (f"row[{n}]" if read is None else f"read_{n}(row[{n}])" for n, read in enumerate(readers))
    return _written_out(f"lambda row: ({', '.join(parts)},)", known)


def _written_out(code: str, known: dict[str, Any]) -> Callable[[Any], Any]:
    """code: made here, of places and quoted names; no value comes into it."""
    made: Callable[[Any], Any] = eval(code, {"__builtins__": {}, **known})  # noqa: S307
    return made


class Plan:
    """A guarded statement, compiled on first use. Its named parameters have no values; its unnamed ones are fixed.

    is_for_one: it runs on one database only, and forgets the statement when that is compiled: it takes ten times the
    room of all the rest.
    """

    def __init__(self, statement: Statement, *, is_for_one: bool = False) -> None:
        guard(statement)
        self._statement: Statement | None = statement
        self._is_for_one = is_for_one
        self._compiled: dict[str, CompiledPlan] = {}

    def on(self, dialect: Dialect) -> CompiledPlan:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compile(dialect)
        return compiled

    def _compile(self, dialect: Dialect) -> CompiledPlan:
        statement = self._statement
        if statement is None:  # another thread compiled it a moment ago
            return self._compiled[dialect.name]
        compiled = self._compiled[dialect.name] = CompiledPlan(_compile(statement, dialect), dialect)
        if self._is_for_one:
            self._statement = None
        return compiled


class Plans:
    """The plans of one revision of an app, or of a part of the engine. is_for_one: all of them on one database."""

    def __init__(self, size: int = MOST_PLANS, *, is_for_one: bool = False) -> None:
        self._recent: Recent[Plan] = Recent(size)
        self._is_for_one = is_for_one

    def get(self, key: Hashable, build: Callable[[], Statement]) -> Plan:
        plan = self._recent.find(key)
        return plan if plan is not None else self._recent.keep(key, Plan(build(), is_for_one=self._is_for_one))


class StatementCache:
    """The SQL of statements that were built on the spot, by their shape."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._recent: Recent[Compiled] = Recent()

    def prepare(self, statement: Statement | Plan, params: Params | None) -> tuple[Compiled, str, Any]:
        """The compiled statement, its SQL and its bound parameters."""
        if isinstance(statement, Plan):
            compiled: Compiled = statement.on(self.dialect)
            return compiled, *compiled.bind(params)
        shape = _clause(statement)._generate_cache_key()
        if shape is None:
            guard(statement)
            compiled = Compiled(_compile(statement, self.dialect), self.dialect)
            return compiled, *compiled.bind(params)
        key = (isinstance(statement, SystemStatement), shape.key)
        known = self._recent.find(key)
        if known is None:
            guard(statement)
            known = self._recent.keep(key, Compiled(_compile(statement, self.dialect, shape), self.dialect))
        return known, *known.bind(params, shape.bindparams)


def _clause(statement: Statement) -> Any:
    return statement.statement if isinstance(statement, SystemStatement) else statement


def _compile(statement: Statement, dialect: Dialect, shape: CacheKey | None = None) -> SQLCompiler:
    compiler: SQLCompiler = _clause(statement).compile(dialect=dialect, cache_key=shape)
    return compiler
