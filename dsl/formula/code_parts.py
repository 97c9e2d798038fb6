"""Python expressions for typed nodes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from dsl.formula.aggregate_code import aggregate_source
from dsl.formula.bounds import OVERFLOW, excludes_zero, rescaled
from dsl.formula.code_source import Pure, Source, empty_of, scale_of, scaled
from dsl.formula.decision_code import decision_source
from dsl.formula.functions import FUNCTIONS
from dsl.formula.operators import DIVISION_SCALE
from dsl.formula.scope import FIELD_LIMIT, default_nullable, limit_days
from dsl.formula.tree import (
    Aggregate,
    Arithmetic,
    Between,
    Bounds,
    Call,
    Compare,
    Concat,
    Const,
    Entered,
    Hop,
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
    DateType,
    DurationType,
    FileType,
    NumberType,
    PersonType,
    RefType,
    SetType,
    TextType,
    TimeType,
    YesNoType,
)


class Expressions:
    """Writes the nodes of one function. `this` is the variable of the outer row."""

    def __init__(self, source: Source, this: str = "this") -> None:
        self.source = source
        self.this = this
        self.names: dict[str, str] = {}

    def _read(self, expression: str) -> str:
        """The variable for a field that is read; one field has one variable, so that it is tested once."""
        if expression not in self.names:
            self.names[expression] = self.source.name("v")
        return self.names[expression]

    def cut(self, expression: str, digits: int, bounds: Bounds | None = None) -> str:
        """The expression with `digits` more decimals; rounded half away from zero to fewer."""
        if digits >= 0:
            return scaled(expression, digits)
        unit = 10**-digits
        half = unit // 2
        if bounds is not None and bounds.low is not None and bounds.low >= 0:
            return f"(({expression} + {half}) // {unit})"
        name = self.source.name("t")
        return f"(({name} + {half}) // {unit} if ({name} := {expression}) >= 0 else -(({half} - {name}) // {unit}))"

    def value(self, node: Node) -> str:
        """An expression that is never in need of tests: empty is None, "", False or ()."""
        tests, expression = self._strict(node)
        if not tests:
            return expression
        empty = empty_of(node.type)
        if empty == "None" and (read := _only_read(tests, expression)):
            return read
        return f"({empty} if {' or '.join(tests)} else {expression})"

    def pure(self, node: Node) -> Pure:
        """The tests and expression of a node inside arithmetic."""
        if not default_nullable(node.type):
            return [], self.value(node)
        tests, expression = self._strict(node)
        if node.nullable and not tests:
            name = self.source.name("t")
            return [f"({name} := {expression}) is None"], name
        return tests, expression

    def _strict(self, node: Node) -> Pure:  # noqa: C901 - one case for each node of the closed union
        match node:
            case Const():
                return [], self._const(node)
            case Path():
                return self._path(node)
            case Now():
                return self._now(node)
            case Negate():
                tests, arg = self.pure(node.arg)
                return tests, f"(-{arg})"
            case Arithmetic():
                return self._arithmetic(node)
            case Compare():
                return [], self._compare(node)
            case Logic():
                return [], "(" + f" {node.op} ".join(self.value(part) for part in node.parts) + ")"
            case Not():
                return [], f"(not {self.value(node.arg)})"
            case IsEmpty():
                return [], self._is_empty(node)
            case In():
                return [], self._membership(node)
            case Between():
                return [], self._between(node)
            case Concat():
                return [], "(" + " + ".join(self.as_text(part) for part in node.parts) + ")"
            case If():
                return (
                    [],
                    f"({self.value(node.then)} if {self.value(node.condition)} else {self.value(node.otherwise)})",
                )
            case Call():
                return self._call(node)
            case Aggregate():
                return [], self._aggregate(node)
            case TableLookup():
                return [], self._table(node)
            case StageFact():
                return self._stage_fact(node)
            case Entered():
                return [], f"env.entered({node.entity!r}, {self._row(node.start)}['id'], {node.stage!r})"
            case _:
                assert_never(node)

    def _const(self, node: Const) -> str:
        if isinstance(node.value, date):
            return self.source.constant(node.value)
        if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value < 0:
            return f"({node.value})"
        return repr(node.value)

    def _row(self, start: str) -> str:
        return {"row": "row", "this": self.this, "me": "env.me", "submitter": "env.submitter"}[start]

    def _along(self, start: str, hops: tuple[Hop, ...]) -> Pure:
        """The mapping at the end of the hops."""
        tests: list[str] = []
        base = self._row(start)
        if start in ("me", "submitter"):
            name = self._read(base)
            tests.append(f"({name} := {base}) is None")
            base = name
        for hop in hops:
            name = self._read(f"{base}[{hop.field!r}]")
            tests.append(f"({name} := {base}[{hop.field!r}]) is None")
            base = name
        return tests, base

    def _path(self, node: Path) -> Pure:
        tests, base = self._along(node.start, node.hops)
        read = f"{base}[{node.field!r}]"
        if not default_nullable(node.type):
            return tests, read
        name = self._read(read)
        tests.append(f"({name} := {read}) is None")
        if isinstance(node.type, RefType | PersonType):
            return tests, f"{name}['id']"
        return tests, name

    def _now(self, node: Now) -> Pure:
        if node.name in ("today", "now"):
            return [], f"env.{node.name}"
        name = self.source.name("t")
        return [f"({name} := env.{node.name}) is None"], f"{name}['id']"

    def _arithmetic(self, node: Arithmetic) -> Pure:
        left_tests, left = self.pure(node.left)
        right_tests, right = self.pure(node.right)
        tests = _merged(left_tests, right_tests)
        a, b = node.left.type, node.right.type
        match a, b:
            case NumberType(), NumberType():
                return self._numbers(node, tests, left, right)
            case DateType(), DateType():
                return tests, f"({left} - {right}).days"
            case TimeType(), TimeType():
                return tests, f"seconds_between({left}, {right})"
            case (DateType() | TimeType(), _) | (_, DateType() | TimeType()):
                return self._moved(node, tests, left, right)
            case _:
                return self._durations(node, tests, left, right)

    def _numbers(self, node: Arithmetic, tests: list[str], left: str, right: str) -> Pure:
        a, b, scale = scale_of(node.left.type), scale_of(node.right.type), scale_of(node.type)
        if node.op == "/":
            return self._divided(node, tests, left, right, scale - a + b)
        if node.op == "*":
            return self._checked(node, tests, self.cut(f"({left} * {right})", scale - a - b, node.bounds))
        return self._checked(node, tests, f"({scaled(left, scale - a)} {node.op} {scaled(right, scale - b)})")

    def _divided(self, node: Arithmetic, tests: list[str], left: str, right: str, digits: int) -> Pure:
        divisor = scaled(right, max(0, -digits))
        if not excludes_zero(node.right.bounds):
            name = self.source.name("t")
            tests.append(f"({name} := {divisor}) == 0")
            divisor = name
        return self._checked(node, tests, f"divide_half_away({scaled(left, max(0, digits))}, {divisor})")

    def _checked(self, node: Node, tests: list[str], expression: str) -> Pure:
        """With a test for overflow where the bounds do not exclude it."""
        low, high = node.bounds.low, node.bounds.high
        if low is not None and high is not None and low > 1 - OVERFLOW and high < OVERFLOW - 1:
            return tests, expression
        name = self.source.name("t")
        return [*tests, f"not {-OVERFLOW} < ({name} := {expression}) < {OVERFLOW}"], name

    def _moved(self, node: Arithmetic, tests: list[str], left: str, right: str) -> Pure:
        if isinstance(node.left.type, DurationType):
            left, right = right, left
        sign = "-" if node.op == "-" else ""
        function = "add_days" if isinstance(node.type, DateType) else "add_seconds"
        name = self.source.name("t")
        return [*tests, f"({name} := {function}({left}, {sign}{right})) is None"], name

    def _durations(self, node: Arithmetic, tests: list[str], left: str, right: str) -> Pure:
        a, b = node.left.type, node.right.type
        if node.op == "*":
            return self._checked(node, tests, self.cut(f"({left} * {right})", -scale_of(a) - scale_of(b), node.bounds))
        if node.op == "/":
            digits = scale_of(b) if isinstance(b, NumberType) else DIVISION_SCALE
            return self._divided(node, tests, left, right, digits)
        return self._checked(node, tests, f"({left} {node.op} {right})")

    def _compare(self, node: Compare) -> str:
        scale = max(scale_of(node.left.type), scale_of(node.right.type))
        if node.op in ("=", "!="):
            op = "==" if node.op == "=" else "!="
            return f"({self._at_scale(node.left, scale)} {op} {self._at_scale(node.right, scale)})"
        left_tests, left = self.pure(node.left)
        right_tests, right = self.pure(node.right)
        left = scaled(left, scale - scale_of(node.left.type))
        right = scaled(right, scale - scale_of(node.right.type))
        return _unless(_merged(left_tests, right_tests), f"{left} {node.op} {right}")

    def _at_scale(self, node: Node, scale: int) -> str:
        """The value with that many decimals; None stays None."""
        digits = scale - scale_of(node.type)
        if digits == 0 or not isinstance(node.type, NumberType):
            return self.value(node)
        tests, expression = self.pure(node)
        more = scaled(expression, digits)
        return f"(None if {' or '.join(tests)} else {more})" if tests else more

    def _between(self, node: Between) -> str:
        parts = (node.low, node.arg, node.high)
        scale = max(scale_of(part.type) for part in parts)
        tests: list[str] = []
        written: list[str] = []
        for part in parts:
            more, expression = self.pure(part)
            tests = _merged(tests, more)
            written.append(scaled(expression, scale - scale_of(part.type)))
        return _unless(tests, " <= ".join(written))

    def _is_empty(self, node: IsEmpty) -> str:
        if default_nullable(node.arg.type) and not isinstance(node.arg.type, FileType):
            tests, _expression = self.pure(node.arg)
            return _present(tests) if node.negated else f"({' or '.join(tests) or False})"
        value = self.value(node.arg)
        return f"bool({value})" if node.negated else f"(not {value})"

    def _membership(self, node: In) -> str:
        word = "not in" if node.negated else "in"
        if len(node.options) == 1 and isinstance(node.options[0].type, SetType):
            return f"({self.value(node.arg)} {word} {self.value(node.options[0])})"
        scale = max(scale_of(part.type) for part in (node.arg, *node.options))
        options = ", ".join(self._at_scale(option, scale) for option in node.options)
        return f"({self._at_scale(node.arg, scale)} {word} ({options},))"

    def as_text(self, node: Node) -> str:
        """The value as `&` renders it."""
        match node.type:
            case TextType():
                return self.value(node)
            case YesNoType():
                return f"('yes' if {self.value(node)} else 'no')"
            case NumberType(scale=scale):
                shape = "str({})" if scale == 0 else f"decimal_text({{}}, {scale})"
            case DateType():
                shape = "({}).isoformat()"
            case TimeType():
                shape = "instant_text({})"
            case _:
                shape = "{}"
        tests, expression = self.pure(node)
        shown = shape.format(expression)
        return f"('' if {' or '.join(tests)} else {shown})" if tests else shown

    def _call(self, node: Call) -> Pure:
        match node.function:
            case "default":
                return [], self._default(node)
            case "round":
                return self._rounded(node)
            case "stored":
                return self._stored(node)
        parts = [self.pure(arg) for arg in node.args]
        tests = _merged(*(more for more, _expression in parts))
        written = [expression for _tests, expression in parts]
        if node.function in ("min", "max"):
            return tests, f"{node.function}({', '.join(written)})"
        function = FUNCTIONS[node.function]
        shape = "make_date({0}, {1}, {2})" if node.function == "date" and len(written) == 3 else function.python
        scales = {f"scale{index}": scale_of(arg.type) for index, arg in enumerate(node.args)}
        return self._partial(node, tests, shape.format(*written, **scales))

    def _partial(self, node: Call, tests: list[str], expression: str) -> Pure:
        """A function that may be empty with every argument present is tested as a whole."""
        if not FUNCTIONS[node.function].partial:
            return tests, expression
        name = self.source.name("t")
        return [*tests, f"({name} := {expression}) is None"], name

    def _stored(self, node: Call) -> Pure:
        tests, arg = self.pure(node.args[0])
        digits = scale_of(node.type) - scale_of(node.args[0].type)
        shifted = self.cut(arg, digits, node.bounds)
        if rescaled(node.args[0].bounds, digits) == node.bounds:
            return tests, shifted
        name = self.source.name("t")
        return [*tests, f"not {-FIELD_LIMIT} <= ({name} := {shifted}) <= {FIELD_LIMIT}"], name

    def _rounded(self, node: Call) -> Pure:
        tests, arg = self.pure(node.args[0])
        source = scale_of(node.args[0].type)
        places = node.args[1].bounds.low or 0
        expression = self.cut(arg, places - source, node.bounds)
        if places < 0:
            expression = scaled(expression, -places)
        return self._checked(node, tests, expression)

    def _default(self, node: Call) -> str:
        value, otherwise = node.args
        if not default_nullable(value.type):
            return f"({self.value(value)} or {self.value(otherwise)})"
        name = self.source.name("t")
        return f"({self.value(otherwise)} if ({name} := {self.value(value)}) is None else {name})"

    def _stage_fact(self, node: StageFact) -> Pure:
        tests, base = self._along(node.start, node.hops)
        stages = (stage for pipeline in self.source.app.entities[node.entity].pipelines for stage in pipeline.stages)
        if node.fact == "chance":
            facts: Mapping[str, int | None] = {stage.key: stage.chance for stage in stages}
        else:
            facts = {stage.key: limit_days(stage.limit) for stage in stages}
        name = self.source.name("t")
        known = self.source.constant({key: value for key, value in facts.items() if value is not None})
        return [*tests, f"({name} := {known}.get({base}['stage'])) is None"], name

    def _aggregate(self, node: Aggregate) -> str:
        tests, base = self._along(node.start, node.hops)
        rows = f"{base}[{node.rows!r}]"
        if tests:
            rows = f"() if {' or '.join(tests)} else {rows}"
        return f"{aggregate_source(node, self.source, Expressions(self.source))}({rows}, row, env)"

    def _table(self, node: TableLookup) -> str:
        name = decision_source(node, self.source)
        return f"{name}({', '.join(self.value(arg) for arg in node.args)})"


def _merged(*tests: list[str]) -> list[str]:
    """The tests in order, each once."""
    return list(dict.fromkeys(test for more in tests for test in more))


def _unless(tests: list[str], expression: str) -> str:
    return f"({_present(tests)} and {expression})" if tests else f"({expression})"


def _present(tests: list[str]) -> str:
    """None of the tests is true."""
    if all(test.endswith(" is None") for test in tests):
        return f"({' and '.join(test.removesuffix('None') + 'not None' for test in tests) or True})"
    return f"(not ({' or '.join(tests)}))"


def _only_read(tests: list[str], name: str) -> str:
    """The reading itself, where all there is to do is to read a value that may be empty; "" where there is more."""
    start, end = f"({name} := ", ") is None"
    is_all = len(tests) == 1 and tests[0].startswith(start) and tests[0].endswith(end)
    return tests[0].removeprefix(start).removesuffix(end) if is_all else ""
