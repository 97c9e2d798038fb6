"""Conditions that an empty value slips past."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import assert_never

from dsl.app import App, Field, Gate, Group, Must, Requirement
from dsl.checks.once import once_for_each_app
from dsl.checks.witness import witness
from dsl.formula.tree import (
    Aggregate,
    Arithmetic,
    Between,
    Call,
    Compare,
    Concat,
    Const,
    Entered,
    Formula,
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
from dsl.formula.value_types import YesNoType
from dsl.graph import Place, computed_reads, recalculation_order
from dsl.problems import Problem

_ORDERINGS = ("<", "<=", ">", ">=")
_EMPTY_WHEN_NOTHING = ("min", "max", "avg", "latest", "first")


@once_for_each_app
def fields_that_may_be_empty(app: App) -> frozenset[Place]:
    """Fields whose value an analysis must expect to be missing."""
    reads = computed_reads(app)
    order, stuck = recalculation_order(reads)
    found: set[Place] = set(stuck)
    for entity in app.entities.values():
        for field in entity.fields.values():
            if field.formula is None and not _is_promised(field):
                found.add((entity.key, field.key))
    for entity_key, key in order:
        formula = app.entities[entity_key].fields[key].formula
        if formula is not None and may_be_empty(formula.root, found):
            found.add((entity_key, key))
    return frozenset(found)


def _is_promised(field: Field) -> bool:
    always = field.kind in (
        "text",
        "long",
        "email",
        "url",
        "phone",
        "rich",
        "yesno",
        "choices",
        "tags",
        "table",
        "files",
    )
    return always or field.required is True or field.given


def may_be_empty(node: Node, empties: AbstractSet[Place]) -> bool:
    """Whether the value can be empty, trusting that required fields are filled."""
    match node:
        case Const():
            return node.value is None
        case Path():
            place = (node.entity, node.field)
            return place in empties or (node.entity in ("person", "department") and node.nullable and bool(node.hops))
        case Negate():
            return may_be_empty(node.arg, empties)
        case Arithmetic():
            divides = node.op == "/" and not (isinstance(node.right, Const) and node.right.value)
            return divides or may_be_empty(node.left, empties) or may_be_empty(node.right, empties)
        case If():
            return may_be_empty(node.then, empties) or may_be_empty(node.otherwise, empties)
        case Call():
            return node.nullable and (not node.args or any(may_be_empty(arg, empties) for arg in node.args))
        case Aggregate():
            return node.function in _EMPTY_WHEN_NOTHING and node.nullable
        case TableLookup() | StageFact() | Entered():
            return node.nullable
        case Compare() | Logic() | Not() | IsEmpty() | In() | Between() | Concat() | Now():
            return False
        case _:
            assert_never(node)


def slipping_operands(formula: Formula, empties: AbstractSet[Place], *, open_when: bool) -> Iterator[Node]:
    """Operands of comparisons that, when empty, make the formula come out as `open_when`.

    A comparison with an empty operand is false; under an odd number of `not` that makes the whole true. An operand
    that the formula asks `is empty` about anywhere is left to its author.
    """
    asked = {_key(node.arg) for node in _walk(formula.root) if isinstance(node, IsEmpty)}
    waiting: list[tuple[Node, bool]] = [(formula.root, False)]
    while waiting:
        node, result = waiting.pop()
        match node:
            case Not():
                waiting.append((node.arg, not result))
            case Logic():
                waiting += [(part, result) for part in node.parts]
            case Compare() if node.op in _ORDERINGS and result is open_when:
                yield from (o for o in (node.left, node.right) if _slips(o, empties, asked))
            case Between() if result is open_when:
                yield from (o for o in (node.arg, node.low, node.high) if _slips(o, empties, asked))
            case _:
                pass


def _slips(node: Node, empties: AbstractSet[Place], asked: set[str]) -> bool:
    if not may_be_empty(node, empties):
        return False
    paths = [_key(part) for part in _walk(node) if isinstance(part, Path) and may_be_empty(part, empties)]
    return _key(node) not in asked and not (paths and all(path in asked for path in paths))


def _key(node: Node) -> str:
    if isinstance(node, Path):
        return ".".join((node.start, *(hop.field for hop in node.hops), node.field))
    return f"{node.span}"


def _walk(root: Node) -> Iterator[Node]:
    """The node and all beneath it that belong to the same row."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case Negate() | Not() | IsEmpty():
                waiting.append(node.arg)
            case Arithmetic() | Compare():
                waiting += [node.left, node.right]
            case Logic() | Concat():
                waiting += node.parts
            case In():
                waiting += [node.arg, *node.options]
            case Between():
                waiting += [node.arg, node.low, node.high]
            case If():
                waiting += [node.condition, node.then, node.otherwise]
            case Call() | TableLookup():
                waiting += node.args
            case _:
                pass


def gates_that_fail_open(app: App) -> Iterator[Problem]:
    """A17: a gate's condition, a move's or a validation's holds just because a value is missing."""
    empties = fields_that_may_be_empty(app)
    for formula in conditions_of(app):
        for operand in slipping_operands(formula, empties, open_when=True):
            values = {"text": _text_of(formula, operand), "witness": witness(app, formula, operand)}
            yield Problem("A17", operand.span, values)


def approvals_that_are_skipped(app: App) -> Iterator[Problem]:
    """A03: a step of an approval is not asked just because a value is missing."""
    empties = fields_that_may_be_empty(app)
    steps = (step for approval in app.approvals.values() for step in approval.steps)
    for formula in (step.condition for step in steps if step.condition is not None):
        for operand in slipping_operands(formula, empties, open_when=False):
            values = {"text": _text_of(formula, operand), "witness": witness(app, formula, operand)}
            yield Problem("A03", operand.span, values)
        for path in _computed_answers(formula.root):
            answer = app.entities[path.entity].fields[path.field].formula if path.entity in app.entities else None
            inner = None if answer is None else next(slipping_operands(answer, empties, open_when=False), None)
            if answer is not None and inner is not None:
                yield Problem("A30", path.span, {"text": _text_of(formula, path), "inner": _text_of(answer, inner)})


def _computed_answers(root: Node) -> Iterator[Path]:
    """Fields of yes or no that stand in the condition as they are, not under a `not`."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Logic):
            waiting += node.parts
        elif isinstance(node, Path) and isinstance(node.type, YesNoType):
            yield node


def _text_of(formula: Formula, node: Node) -> str:
    """The operand as written, where it stands on the formula's own line."""
    if isinstance(node, Path):
        return ".".join((*(hop.field for hop in node.hops), node.field))
    if node.span.line == node.span.end_line == formula.span.line:
        start = node.span.column - formula.span.column
        return formula.text[start : start + node.span.end_column - node.span.column]
    return formula.text


def conditions_of(app: App) -> Iterator[Formula]:
    """Every condition that lets or stops: validations that refuse, gates, moves."""
    for entity in app.entities.values():
        yield from (v.that for v in entity.validations if v.mode == "enforce" and ".validations." in v.rule)
        for pipeline in entity.pipelines:
            for stage in pipeline.stages:
                yield from _gate_conditions(stage.enter)
                yield from _gate_conditions(stage.leave)
            for move in pipeline.moves:
                if move.when is not None:
                    yield move.when
                yield from _gate_conditions(move.need)


def _gate_conditions(gate: Gate | None) -> Iterator[Formula]:
    waiting: list[Requirement] = list(gate.requirements) if gate else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, Must):
            yield part.that
        elif isinstance(part, Group):
            waiting += part.parts
