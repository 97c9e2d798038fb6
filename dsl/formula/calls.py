"""Calls: functions, decision tables, and the few functions with a rule of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.formula import operators
from dsl.formula.bounds import joined
from dsl.formula.filled import MOST_FILLED, as_sum
from dsl.formula.function_row import PERIODS, Function, Parameter
from dsl.formula.functions import FUNCTIONS
from dsl.formula.paths import Frame
from dsl.formula.scope import TableInfo
from dsl.formula.syntax import CallSyntax, NamePath, NumberLiteral, Syntax, TextLiteral, Unary
from dsl.formula.tree import Arithmetic, Bounds, Call, Const, Entered, If, Node, Now, TableLookup
from dsl.formula.typing_rules import Fault, Typing
from dsl.formula.value_types import (
    DATE,
    INTEGER,
    PERSON,
    TEXT,
    TIME,
    ChoiceType,
    DateType,
    NumberType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)
from dsl.formula.words import say_type
from dsl.names import suggest

if TYPE_CHECKING:
    from dsl.formula.check import Checker

MAX_WIDTH = 2_000
_WANTED: dict[str, tuple[type, ValueType]] = {
    "number": (NumberType, NumberType(0)),
    "integer": (NumberType, INTEGER),
    "text": (TextType, TEXT),
    "time": (TimeType, TIME),
}


class CallChecker:
    """Checks `NAME(args)` that is not an aggregate."""

    def __init__(self, checker: Checker, *, display: bool) -> None:
        self.checker = checker
        self.report = checker.report
        self.scope = checker.scope
        self.display = display

    def node(self, written: CallSyntax, frame: Frame, hint: ValueType | None) -> Node | None:
        name = written.name.name
        if written.where is not None:
            self.report.add("F37", written.where, {"name": name})
            return None
        special = {
            "if": self._if, "default": self._default, "min": self._extreme, "max": self._extreme,
            "filled": self._filled,
        }  # fmt: skip
        if name in special:
            return special[name](written, frame, hint)
        if name in ("today", "now", "me", "submitter"):
            return self._moment(written)
        if name == "days_since":
            return self._days_since(written, frame)
        if name == "entered":
            return self._entered(written, frame)
        function = FUNCTIONS.get(name)
        if function is not None and function.kind == "function":
            return self._function(function, written, frame)
        table = self.scope.table(name)
        if table is not None:
            return self._table(table, written, frame)
        self.report.add("F39", written.name, {"name": name}, suggest(name, [*FUNCTIONS, *self.scope.tables()]))
        return None

    def _function(self, function: Function, written: CallSyntax, frame: Frame) -> Node | None:
        if function.display_only and not self.display:
            self.report.add("F40", written.name, {"name": function.key})
            return None
        if function.key == "contains" and len(written.args) == 2:
            found = self._contains_option(written, frame)
            if found is not None:
                return found if isinstance(found, Node) else None
        parameters = function.parameters
        if function.other_parameters and len(written.args) == len(function.other_parameters):
            parameters = function.other_parameters
        least = sum(1 for parameter in parameters if parameter.otherwise is None)
        if not least <= len(written.args) <= len(parameters):
            self._wrong_count(written, function.usage)
            return None
        args = [
            self._argument(parameter, part, frame, function)
            for parameter, part in zip(parameters, written.args, strict=False)
        ]
        kept = [arg for arg in args if arg is not None]
        if len(kept) < len(args):
            return None
        kept += [_left_out(parameter, kept[0]) for parameter in parameters[len(args) :]]
        return self._apply(function, tuple(kept), written)

    def _apply(self, function: Function, args: tuple[Node, ...], written: CallSyntax) -> Node | None:
        if function.key == "date" and len(args) == 1 and isinstance(args[0].type, DateType):
            return args[0]
        typing = function.rule(args)
        if isinstance(typing, Fault):
            self.report.fault(typing, written)
            return None
        nullable = typing.nullable or (function.key == "date" and len(args) == 3)
        return self._call(function.key, args, Typing(typing.type, nullable, typing.bounds), written)

    def _call(self, key: str, args: tuple[Node, ...], typing: Typing, written: Syntax) -> Call:
        return Call(
            type=typing.type,
            nullable=typing.nullable,
            span=self.report.of(written),
            bounds=typing.bounds,
            function=key,
            args=args,
        )

    def _argument(self, parameter: Parameter, written: Syntax, frame: Frame, function: Function) -> Node | None:
        """One argument as the parameter wants it."""
        if parameter.accepts in ("digits", "width", "period", "letter", "style"):
            return self._literal(parameter, written, frame)
        node = self.checker.node(written, frame)
        if node is None:
            return None
        if parameter.accepts == "any":
            return node
        if parameter.accepts in ("date", "moment"):
            return self._date(parameter, node, written, function)
        kind, example = _WANTED[parameter.accepts]
        fits = isinstance(node.type, kind)
        if parameter.accepts == "integer":
            fits = fits and node.type == INTEGER
        if not fits:
            values = {"function": function.key, "expected": say_type(example), "found": say_type(node.type)}
            self.report.add("F41", written, {**values, "usage": function.usage})
            return None
        return node

    def _date(self, parameter: Parameter, node: Node, written: Syntax, function: Function) -> Node | None:
        if isinstance(node.type, TimeType):
            if parameter.accepts == "moment":
                return node
            return self._call("date", (node,), Typing(DATE, node.nullable), written)
        if isinstance(node.type, DateType):
            return node
        values = {"function": function.key, "expected": say_type(DATE), "found": say_type(node.type)}
        self.report.add("F41", written, {**values, "usage": function.usage})
        return None

    def _literal(self, parameter: Parameter, written: Syntax, frame: Frame) -> Node | None:
        node = self.checker.node(written, frame) if _is_written(written) else None
        value = _value(node)
        match parameter.accepts, value:
            case "digits", int():
                fits = -6 <= value <= 6 and node is not None and node.type == INTEGER
            case "width", int():
                fits = 0 <= value <= MAX_WIDTH and node is not None and node.type == INTEGER
            case "period", str():
                fits = value in PERIODS
            case "letter", str():
                fits = len(value) == 1
            case "style", str():
                fits = 0 < len(value) <= 40
            case _:
                fits = False
        if fits and isinstance(value, int):
            limits = Bounds(value, value)
            return Const(type=INTEGER, nullable=False, span=self.report.of(written), bounds=limits, value=value)
        if fits:
            return node
        self.report.add("F42", written, {"parameter": parameter.name, "choices": _CHOICES[parameter.accepts]})
        return None

    def _contains_option(self, written: CallSyntax, frame: Frame) -> Node | bool | None:
        """contains(tags, "hot") as `"hot" in tags`; None when the first argument is no set; False after a problem."""
        first, second = written.args
        if not isinstance(first, NamePath):
            return None
        quiet = len(self.report.problems)
        target = self.checker.node(first, frame)
        if target is None or not isinstance(target.type, SetType):
            del self.report.problems[quiet:]
            return None
        option = self.checker.node(second, frame, target.type)
        if option is None:
            return False
        made = operators.membership(option, (target,), self.report.of(written), negated=False)
        if isinstance(made, Fault):
            self.report.fault(made, written)
            return False
        return made

    def _if(self, written: CallSyntax, frame: Frame, hint: ValueType | None) -> Node | None:
        if len(written.args) != 3:
            self._wrong_count(written, FUNCTIONS["if"].usage)
            return None
        condition = self.checker.condition(written.args[0], frame)
        branches = self._alike(written.args[1:], written, frame, hint)
        if condition is None or branches is None:
            return None
        then, otherwise = branches
        return If(
            type=then.type,
            nullable=then.nullable or otherwise.nullable,
            span=self.report.of(written),
            bounds=joined((then.bounds, otherwise.bounds)),
            condition=condition,
            then=then,
            otherwise=otherwise,
        )

    def _default(self, written: CallSyntax, frame: Frame, hint: ValueType | None) -> Node | None:
        if len(written.args) != 2:
            self._wrong_count(written, FUNCTIONS["default"].usage)
            return None
        pair = self._alike(written.args, written, frame, hint)
        if pair is None:
            return None
        value, otherwise = pair
        if isinstance(value.type, YesNoType):
            self.report.add("F35", written.args[0])
            return None
        typing = Typing(value.type, otherwise.nullable and value.nullable, joined((value.bounds, otherwise.bounds)))
        return self._call("default", (value, otherwise), typing, written)

    def _filled(self, written: CallSyntax, frame: Frame, _hint: ValueType | None) -> Node | None:
        if not 1 <= len(written.args) <= MOST_FILLED:
            self._wrong_count(written, FUNCTIONS["filled"].usage)
            return None
        return self.checker.node(as_sum(written), frame)

    def _extreme(self, written: CallSyntax, frame: Frame, hint: ValueType | None) -> Node | None:
        """min and max of values beside each other."""
        name = written.name.name
        if len(written.args) < 2:
            self._wrong_count(written, FUNCTIONS[name].usage)
            return None
        args = self._alike(written.args, written, frame, hint)
        if args is None:
            return None
        fault = operators.not_ordered(args[0].type)
        if fault:
            self.report.fault(fault, written)
            return None
        lows = [arg.bounds.low for arg in args if arg.bounds.low is not None]
        highs = [arg.bounds.high for arg in args if arg.bounds.high is not None]
        around = joined(arg.bounds for arg in args)
        if name == "min":
            limits = Bounds(around.low, min(highs) if highs else None)
        else:
            limits = Bounds(max(lows) if lows else None, around.high)
        typing = Typing(args[0].type, any(arg.nullable for arg in args), limits)
        return self._call(name, tuple(args), typing, written)

    def _alike(
        self, parts: tuple[Syntax, ...], written: CallSyntax, frame: Frame, hint: ValueType | None
    ) -> list[Node] | None:
        """The parts with one type and one number of decimals."""
        nodes = self.checker.together(parts, frame, hint)
        if nodes is None:
            return None
        kind = operators.unified(tuple(node.type for node in nodes))
        if isinstance(kind, Fault):
            self.report.fault(kind, written)
            return None
        return [self.checker.aligned(node, kind) for node in nodes]

    def _moment(self, written: CallSyntax) -> Node | None:
        name = written.name.name
        if written.args:
            self._wrong_count(written, FUNCTIONS[name].usage)
            return None
        span = self.report.of(written)
        match name:
            case "today":
                return Now(type=DATE, nullable=False, span=span, name="today")
            case "now":
                return Now(type=TIME, nullable=False, span=span, name="now")
            case "me":
                return Now(type=PERSON, nullable=True, span=span, name="me")
            case _:
                return Now(type=PERSON, nullable=True, span=span, name="submitter")

    def _days_since(self, written: CallSyntax, frame: Frame) -> Node | None:
        function = FUNCTIONS["days_since"]
        if len(written.args) != 1:
            self._wrong_count(written, function.usage)
            return None
        node = self._argument(Parameter("date", "date"), written.args[0], frame, function)
        if node is None:
            return None
        span = self.report.of(written)
        today = Now(type=DATE, nullable=False, span=span, name="today")
        limits = Bounds(-operators.DATE_SPAN, operators.DATE_SPAN)
        return Arithmetic(
            type=INTEGER, nullable=node.nullable, span=span, bounds=limits, op="-", left=today, right=node
        )

    def _entered(self, written: CallSyntax, frame: Frame) -> Node | None:
        function = FUNCTIONS["entered"]
        keys = tuple(stage.key for stage in self.scope.stages(frame.entity))
        if len(written.args) != 1:
            self._wrong_count(written, function.usage)
            return None
        [arg] = written.args
        if isinstance(arg, NamePath) and len(arg.steps) == 1:
            word = arg.steps[0].name
        elif isinstance(arg, TextLiteral):
            word = arg.value
        else:
            word = ""
        if word not in keys:
            values: dict[str, object] = {
                "found": word,
                "list": f"stage:{frame.entity}",
                "options": ", ".join(keys[:12]),
            }
            self.report.add("F17", arg, values, tuple(suggest(word, keys)))
            return None
        return Entered(
            type=TIME, nullable=True, span=self.report.of(written), start="row", entity=frame.entity, stage=word
        )

    def _table(self, table: TableInfo, written: CallSyntax, frame: Frame) -> Node | None:
        name = written.name.name
        usage = f"{name}({', '.join(column for column, _kind in table.columns)})"
        if len(written.args) != len(table.columns):
            self._wrong_count(written, usage)
            return None
        args: list[Node] = []
        for (_column, kind), part in zip(table.columns, written.args, strict=True):
            node = self.checker.node(part, frame, kind)
            if node is None:
                continue
            if _fits_column(node.type, kind):
                args.append(node)
            else:
                values = {"function": name, "expected": say_type(kind), "found": say_type(node.type), "usage": usage}
                self.report.add("F41", part, values)
        if len(args) < len(written.args):
            return None
        return TableLookup(
            type=table.gives,
            nullable=table.nullable,
            span=self.report.of(written),
            bounds=table.bounds,
            table=name,
            args=tuple(args),
        )

    def _wrong_count(self, written: CallSyntax, usage: str) -> None:
        self.report.add("F43", written, {"name": written.name.name, "count": len(written.args), "usage": usage})


def _fits_column(found: ValueType, column: ValueType) -> bool:
    if isinstance(found, NumberType) and isinstance(column, NumberType):
        return found.unit == column.unit
    if isinstance(found, ChoiceType) and isinstance(column, ChoiceType):
        return found.name == column.name
    return found == column


_CHOICES = {
    "digits": "-6..6", "width": f"0..{MAX_WIDTH}", "period": ", ".join(f'"{p}"' for p in PERIODS), "letter": '"0"',
    "style": '"#,##0.00"',
}  # fmt: skip


def _is_written(written: Syntax) -> bool:
    if isinstance(written, Unary):
        return written.op == "-" and isinstance(written.arg, NumberLiteral)
    return isinstance(written, NumberLiteral | TextLiteral)


def _value(node: Node | None) -> object:
    """The value of a literal, a minus sign included."""
    match node:
        case Const():
            return node.value
        case None:
            return None
        case _:
            return node.bounds.low


def _left_out(parameter: Parameter, beside: Node) -> Const:
    value = parameter.otherwise
    if isinstance(value, int):
        return Const(type=INTEGER, nullable=False, span=beside.span, bounds=Bounds(value, value), value=value)
    return Const(type=TEXT, nullable=False, span=beside.span, bounds=Bounds(0, len(value or "")), value=value)
