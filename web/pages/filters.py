"""The chips above a list: what the address asks for → a formula over the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from dsl.app import App, Entity, Field
from dsl.formula.tree import Compare, Const, Formula, In, Logic, Node, Not, Path, Read
from dsl.formula.unparse import unparse
from dsl.formula.value_types import YESNO, ChoiceType, PersonType, RefType, SetType, ValueType
from dsl.source import NOWHERE
from engine.context import Context
from web.contexts import Filter, Pick
from web.pages.address import address
from web.pages.conditions import Condition, Fields, Group
from web.pages.showing import label_of
from web.session import current_engine
from web.url_parts import id_in
from web.words import say

PREFIX = "f."
ME = "me"


def chips(app: App, entity: Entity, keys: Iterable[str], args: MultiDict[str, str], context: Context) -> list[Filter]:
    """A chip for each filter field of the view that the actor may read; to choose a record she has to see its kind."""
    language = context.actor.language
    hidden = current_engine().rights(context, entity.key).hidden
    made = []
    for key in keys:
        field = entity.fields.get(key)
        if field is None or key in hidden:
            continue
        if field.kind == "ref" and not current_engine().rights(context, field.target).see:
            continue
        chip = _chip(app, entity, field, args.getlist(PREFIX + key), language)
        if chip is not None:
            made.append(_named(chip, field, context))
    return made


def _chip(app: App, entity: Entity, field: Field, values: list[str], language: str) -> Filter | None:
    label = label_of(entity, field.key, language)
    if field.key == "stage":
        stages = {s.key: s for p in entity.pipelines for s in p.stages}
        picks = (Pick(k, s.label.say(language), s.color, "", k in values) for k, s in stages.items())
        return Filter(field.key, label, "choice", tuple(picks))
    if field.kind in ("choice", "choices", "tags"):
        options = app.choices[field.choices].options if field.choices in app.choices else ()
        picks = (Pick(o.key, o.label.say(language), o.color, "", o.key in values) for o in options if not o.is_group)
        return Filter(field.key, label, "choice", tuple(picks))
    if field.kind == "yesno":
        picks = (Pick(k, say(t), "", "", k in values) for k, t in (("yes", "是"), ("no", "否")))
        return Filter(field.key, label, "choice", tuple(picks))
    if field.kind in ("person", "ref"):
        target = field.target if field.kind == "ref" else "person"
        value = values[0] if values else ""
        return Filter(field.key, label, field.kind, (), address("lookups.find", entity=target), "", value)
    return None


def _named(chip: Filter, field: Field, context: Context) -> Filter:
    """The chip of a reference with the name of what is chosen."""
    if chip.kind not in ("person", "ref") or not chip.value:
        return chip
    if chip.value == ME:
        return replace(chip, text=say("我"))
    chosen = id_in(chip.value)
    if chosen is None:
        return replace(chip, value="")
    pair = (field.target if field.kind == "ref" else "person", chosen)
    return replace(chip, text=current_engine().titles(context, [pair]).get(pair, chip.value))


def quick_conditions(entity: Entity, keys: Iterable[str], args: MultiDict[str, str], fields: Fields) -> Group:
    """What the chips ask, as conditions of a filter."""
    found = []
    for key in keys:
        values = tuple(value for value in args.getlist(PREFIX + key) if value)
        if values and key in fields:
            found.append(_quick(entity.fields[key], values))
    return Group("and", tuple(found))


def _quick(field: Field, values: tuple[str, ...]) -> Condition:
    if field.kind == "yesno":
        return Condition(field.key, values[0])
    if field.kind in ("person", "ref"):
        return Condition(field.key, "is_me") if values[0] == ME else Condition(field.key, "is", values[:1])
    return Condition(field.key, "any", values)


def where(
    entity: Entity, keys: Iterable[str], args: Mapping[str, str], others: Iterable[Formula | None], me: int
) -> Formula | None:
    """All conditions joined by and: the chips, the view's own condition, and the formula typed by hand."""
    nodes: list[Node] = []
    reads: set[Read] = set()
    volatile: set[str] = set()
    for formula in others:
        if formula is not None:
            nodes.append(formula.root)
            reads |= formula.reads
            volatile |= formula.volatile
    for key in keys:
        field = entity.fields.get(key)
        values = args.getlist(PREFIX + key) if isinstance(args, MultiDict) else []
        node = _condition(entity, field, [v for v in values if v], me) if field else None
        if node is not None:
            nodes.append(node)
            reads.add(Read((), entity.key, key))
    return _all_of(entity, nodes, reads, volatile)


def _all_of(entity: Entity, nodes: list[Node], reads: set[Read], volatile: set[str]) -> Formula | None:
    """The plans of the store are kept by the formula's text, so the text says all that the tree does."""
    if not nodes:
        return None
    root = nodes[0] if len(nodes) == 1 else _logic("and", nodes)
    return Formula(unparse(root), entity.key, root, frozenset(reads), frozenset(volatile), NOWHERE)


def _logic(op: str, nodes: Iterable[Node]) -> Node:
    return Logic(op="or" if op == "or" else "and", parts=tuple(nodes), type=YESNO, nullable=False, span=NOWHERE)


def _condition(entity: Entity, field: Field, values: list[str], me: int) -> Node | None:
    if not values:
        return None
    kind, path = field.value_type, _path(entity, field)
    match kind:
        case ChoiceType():
            known = [v for v in values if v in kind.keys] or values[:1]
            return _any_of([_equals(path, v, kind) for v in known])
        case SetType():
            return _any_of([_holds(path, v, ChoiceType(kind.name, kind.keys)) for v in values])
        case PersonType() | RefType():
            number = me if values[0] == ME else id_in(values[0])
            return _equals(path, number, kind) if number is not None else None
        case _ if field.kind == "yesno" and len(set(values)) == 1:
            return path if values[0] == "yes" else Not(arg=path, type=YESNO, nullable=False, span=NOWHERE)
        case _:
            return None


def _path(entity: Entity, field: Field) -> Path:
    kind = field.value_type
    return Path(start="row", hops=(), entity=entity.key, field=field.key, type=kind, nullable=True, span=NOWHERE)


def _any_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else _logic("or", nodes)


def _equals(path: Path, value: object, kind: ValueType) -> Node:
    const = Const(value=value, type=kind, nullable=False, span=NOWHERE)
    return Compare(op="=", left=path, right=const, type=YESNO, nullable=False, span=NOWHERE)


def _holds(path: Path, key: str, kind: ValueType) -> Node:
    """The set field holds the option: `"hot" in tags`."""
    const = Const(value=key, type=kind, nullable=False, span=NOWHERE)
    return In(arg=const, options=(path,), negated=False, type=YESNO, nullable=False, span=NOWHERE)


def is_parent(entity: Entity, parent: str, record_id: int) -> Formula:
    """The condition that a child belongs to one parent record."""
    return _has(entity, parent, record_id)


def has_key(entity: Entity, field_key: str, key: str) -> Formula:
    """The condition that a stage or choice field has one key: a column of a board."""
    return _has(entity, field_key, key)


def _has(entity: Entity, key: str, value: object) -> Formula:
    field = entity.fields[key]
    root = _equals(_path(entity, field), value, field.value_type)
    return Formula(unparse(root), entity.key, root, frozenset({Read((), entity.key, key)}), frozenset(), NOWHERE)


def both(entity: Entity, formulas: Iterable[Formula | None]) -> Formula | None:
    """All of the formulas at once."""
    return where(entity, (), {}, formulas, 0)
