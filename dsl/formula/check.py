"""Untyped tree → typed tree: names, types, scales, emptiness and bounds, with all problems at once."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from dsl.app import App
from dsl.formula import literals, operators
from dsl.formula.aggregates import AggregateChecker
from dsl.formula.bounds import rescaled
from dsl.formula.calls import CallChecker
from dsl.formula.parse import SyntaxFault, parse
from dsl.formula.paths import Frame, PathResolver
from dsl.formula.reads import reads_of, volatile_of
from dsl.formula.report import Report
from dsl.formula.scope import FIELD_LIMIT, AppScope, Scope
from dsl.formula.syntax import (
    BetweenTest,
    Binary,
    CallSyntax,
    Chain,
    DateLiteral,
    DurationLiteral,
    EmptyTest,
    Membership,
    NamePath,
    NumberLiteral,
    Syntax,
    TextLiteral,
    TruthLiteral,
    Unary,
)
from dsl.formula.tree import Bounds, Call, Const, Formula, IsEmpty, Logic, Node, Not
from dsl.formula.typing_rules import Fault, rounded
from dsl.formula.value_types import (
    INTEGER,
    TEXT,
    YESNO,
    ChoiceType,
    DurationType,
    NumberType,
    RowsType,
    SetType,
    ValueType,
    YesNoType,
)
from dsl.formula.words import say_type
from dsl.names import suggest
from dsl.problems import Checked
from dsl.source import Span

_ARITHMETIC: dict[str, operators.ArithmeticOp] = {"+": "+", "-": "-", "*": "*", "/": "/"}
_COMPARE: dict[str, operators.CompareOp] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def check_formula(
    text: str, span: Span, scope: Scope, expects: ValueType | None = None, *, display: bool = False
) -> Checked[Formula]:
    """Reads and checks a formula.

    span: where the text begins in its file. expects: the type that its value must have (a number is rounded to the
    scale of that type). display: the text is for a screen or a paper, so functions made for people may be used.
    """
    report = Report(text, span)
    syntax = parse(text)
    if isinstance(syntax, SyntaxFault):
        report.add_at(syntax.code, syntax.start, syntax.end, dict(syntax.values))
        return Checked(None, report.sorted())
    checker = Checker(scope, report, display=display)
    frame = Frame(scope.entity)
    root = checker.node(syntax, frame, expects)
    if root is not None and expects is not None:
        root = checker.stored(root, syntax, expects)
    if root is None or report.problems:
        return Checked(None, report.sorted())
    whole = report.span(0, len(text))
    formula = Formula(text, scope.entity, root, reads_of(root, scope.entity), volatile_of(root), whole)
    return Checked(formula)


def compile_for(
    app: App, entity: str, text: str, expects: ValueType | None = None, file: str = "filter", *, display: bool = False
) -> Checked[Formula]:
    """Checks a formula that somebody types while the app runs: a filter, a trial. It sees only that entity's names."""
    return check_formula(text, Span(file, 1, 1, 1, 1 + len(text)), AppScope(app, entity), expects, display=display)


class Checker:
    """Checks the parts of one formula. A part with a problem gives None, and what holds it says nothing more."""

    def __init__(self, scope: Scope, report: Report, *, display: bool = False) -> None:
        self.scope = scope
        self.report = report
        self.paths = PathResolver(scope, report)
        self.calls = CallChecker(self, display=display)
        self.aggregates = AggregateChecker(self)

    def node(self, written: Syntax, frame: Frame, hint: ValueType | None = None) -> Node | None:
        """The typed node. hint: the type of what it stands beside, by which a bare literal is read."""
        match written:
            case NumberLiteral():
                return self._kept(literals.number(written, self.report.of(written), hint), written)
            case DurationLiteral():
                return self._kept(literals.duration(written, self.report.of(written)), written)
            case DateLiteral():
                return self._kept(literals.day(written, self.report.of(written)), written)
            case TextLiteral():
                return self._text(written, hint)
            case TruthLiteral():
                return Const(type=YESNO, nullable=False, span=self.report.of(written), value=written.value)
            case NamePath():
                return self._name(written, frame, hint)
            case Unary():
                return self._unary(written, frame, hint)
            case Binary():
                return self._binary(written, frame, hint)
            case Chain():
                return self._chain(written, frame)
            case EmptyTest():
                return self._empty_test(written, frame)
            case Membership():
                return self._membership(written, frame)
            case BetweenTest():
                return self._between(written, frame)
            case CallSyntax():
                return self._call(written, frame, hint)
            case _:
                assert_never(written)

    def condition(self, written: Syntax, frame: Frame) -> Node | None:
        """A part that must be yes or no."""
        node = self.node(written, frame)
        if node is not None and not isinstance(node.type, YesNoType):
            self.report.add("F18", written, {"type": say_type(node.type)})
            return None
        return node

    def together(self, written: tuple[Syntax, ...], frame: Frame, hint: ValueType | None = None) -> list[Node] | None:
        """Parts that stand beside each other: bare literals take the type of the others."""
        nodes: dict[int, Node | None] = {}
        order = sorted(range(len(written)), key=lambda index: _is_literal(written[index]))
        for index in order:
            nodes[index] = self.node(written[index], frame, hint)
            found = nodes[index]
            if found is not None and not _is_literal(written[index]) and hint is None:
                hint = found.type
        result = [nodes[index] for index in range(len(written))]
        kept = [node for node in result if node is not None]
        return kept if len(kept) == len(result) else None

    def aligned(self, node: Node, kind: ValueType) -> Node:
        """The node with the decimals of `kind` (never fewer than it has)."""
        if not isinstance(node.type, NumberType) or not isinstance(kind, NumberType) or node.type == kind:
            return node
        if isinstance(node, Const) and isinstance(node.value, int):
            value = node.value * 10 ** (kind.scale - node.type.scale)
            return replace(node, type=kind, value=value, bounds=Bounds(value, value))
        scale = kind.scale
        digits = Const(type=INTEGER, nullable=False, span=node.span, value=scale, bounds=Bounds(scale, scale))
        typing = rounded((node, digits))
        return Call(
            type=kind,
            nullable=typing.nullable,
            span=node.span,
            bounds=typing.bounds,
            function="round",
            args=(node, digits),
        )

    def stored(self, root: Node, written: Syntax, expects: ValueType) -> Node | None:
        """The root as a value of the expected type: rounded to its scale, empty beyond what a field holds."""
        actual = root.type
        if isinstance(actual, NumberType) and isinstance(expects, NumberType):
            if actual.unit == "money" and expects.unit != "money":
                self.report.add("F21", written, {"op": "="})
                return None
            return _held(root, expects, expects.scale - actual.scale)
        if isinstance(actual, DurationType) and isinstance(expects, DurationType):
            return _held(root, expects, 0)
        if actual == expects:
            return root
        self.report.add("F19", written, {"found": say_type(actual), "expected": say_type(expects)})
        return None

    def _kept(self, made: Node | Fault, written: Syntax) -> Node | None:
        """The node, or None after reporting its fault."""
        if isinstance(made, Fault):
            self.report.fault(made, written)
            return None
        return made

    def _text(self, written: TextLiteral, hint: ValueType | None) -> Node | None:
        if isinstance(hint, ChoiceType | SetType):
            return self._option(written, hint)
        limits = Bounds(0, len(written.value))
        return Const(type=TEXT, nullable=False, span=self.report.of(written), bounds=limits, value=written.value)

    def _option(self, written: TextLiteral, choice: ChoiceType | SetType) -> Node | None:
        if written.value not in choice.keys:
            near = suggest(written.value, choice.keys)
            values: dict[str, object] = {
                "found": written.value,
                "list": choice.name,
                "options": ", ".join(choice.keys[:12]),
            }
            self.report.add("F17", written, values, near)
            return None
        kind = ChoiceType(choice.name, choice.keys)
        return Const(type=kind, nullable=False, span=self.report.of(written), value=written.value)

    def _name(self, written: NamePath, frame: Frame, hint: ValueType | None) -> Node | None:
        if isinstance(hint, ChoiceType) and len(written.steps) == 1:
            word = written.steps[0].name
            if word in hint.keys and self.scope.field(frame.entity, word) is None:
                self.report.add("F31", written, {"name": word})
                return None
        node = self.paths.node(written, frame)
        if node is not None and isinstance(node.type, RowsType):
            self.report.add("F30", written, {"name": ".".join(written.names)})
            return None
        return node

    def _unary(self, written: Unary, frame: Frame, hint: ValueType | None) -> Node | None:
        if written.op == "not":
            arg = self.condition(written.arg, frame)
            return arg and Not(type=YESNO, nullable=False, span=self.report.of(written), arg=arg)
        inner = self.node(written.arg, frame, hint)
        return inner and self._kept(operators.negate(inner, self.report.of(written)), written)

    def _binary(self, written: Binary, frame: Frame, hint: ValueType | None) -> Node | None:
        span = self.report.of(written)
        if written.op in _COMPARE:
            if isinstance(written.left, Binary) and written.left.op in _COMPARE and not written.left.in_brackets:
                self.report.add("F32", written)
                return None
            pair = self.together((written.left, written.right), frame)
            if pair is None:
                return None
            return self._kept(operators.compare(_COMPARE[written.op], pair[0], pair[1], span), written)
        if written.op in "+-":
            both_literal = _is_literal(written.left) and _is_literal(written.right)
            pair = self.together((written.left, written.right), frame, hint if both_literal else None)
        else:
            left, right = self.node(written.left, frame), self.node(written.right, frame)
            pair = None if left is None or right is None else [left, right]
        if pair is None:
            return None
        return self._kept(operators.arithmetic(_ARITHMETIC[written.op], pair[0], pair[1], span), written)

    def _chain(self, written: Chain, frame: Frame) -> Node | None:
        span = self.report.of(written)
        if written.op == "&":
            parts = [self.node(part, frame) for part in written.parts]
            kept = tuple(part for part in parts if part is not None)
            return self._kept(operators.concat(kept, span), written) if len(kept) == len(parts) else None
        conditions = [self.condition(part, frame) for part in written.parts]
        known = tuple(part for part in conditions if part is not None)
        if len(known) < len(conditions):
            return None
        return Logic(type=YESNO, nullable=False, span=span, op="and" if written.op == "and" else "or", parts=known)

    def _empty_test(self, written: EmptyTest, frame: Frame) -> Node | None:
        span = self.report.of(written)
        if isinstance(written.arg, NamePath):
            found = self.aggregates.exists(written.arg, frame)
            if found is not None:
                return found if written.negated else Not(type=YESNO, nullable=False, span=span, arg=found)
        arg = self.node(written.arg, frame)
        if arg is None:
            return None
        if isinstance(arg.type, YesNoType):
            self.report.add("F35", written)
            return None
        return IsEmpty(type=YESNO, nullable=False, span=span, arg=arg, negated=written.negated)

    def _membership(self, written: Membership, frame: Frame) -> Node | None:
        if written.in_field:
            [field] = written.options
            target = self.node(field, frame)
            if target is None:
                return None
            if not isinstance(target.type, SetType):
                self.report.add("F36", field, {"type": say_type(target.type)})
                return None
            arg = self.node(written.arg, frame, target.type)
            nodes = None if arg is None else [arg, target]
        else:
            nodes = self.together((written.arg, *written.options), frame)
        if nodes is None:
            return None
        span = self.report.of(written)
        return self._kept(operators.membership(nodes[0], tuple(nodes[1:]), span, negated=written.negated), written)

    def _between(self, written: BetweenTest, frame: Frame) -> Node | None:
        nodes = self.together((written.arg, written.low, written.high), frame)
        if nodes is None:
            return None
        arg, low, high = nodes
        return self._kept(operators.between(arg, low, high, self.report.of(written)), written)

    def _call(self, written: CallSyntax, frame: Frame, hint: ValueType | None) -> Node | None:
        if self.aggregates.takes(written, frame):
            return self.aggregates.node(written, frame)
        return self.calls.node(written, frame, hint)


def _is_literal(written: Syntax) -> bool:
    """Whether what stands beside it settles the type: 100 may be money, "A" an option, and so may a choice of these."""
    match written:
        case Unary(op="-"):
            return _is_literal(written.arg)
        case CallSyntax(args=(_, then, otherwise)) if written.name.name == "if":
            return _is_literal(then) and _is_literal(otherwise)
        case _:
            return isinstance(written, NumberLiteral | TextLiteral)


def _held(root: Node, expects: ValueType, digits: int) -> Node:
    """The number or duration as a field of that type holds it, with so many more decimals."""
    limits = rescaled(root.bounds, digits)
    fits = limits.low is not None and limits.low >= -FIELD_LIMIT
    fits = fits and limits.high is not None and limits.high <= FIELD_LIMIT
    if root.type == expects and fits:
        return root
    kept = Bounds(
        -FIELD_LIMIT if limits.low is None else max(limits.low, -FIELD_LIMIT),
        FIELD_LIMIT if limits.high is None else min(limits.high, FIELD_LIMIT),
    )
    return Call(
        type=expects,
        nullable=root.nullable or not fits,
        span=root.span,
        bounds=kept,
        function="stored",
        args=(root,),
    )
