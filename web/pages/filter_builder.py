"""The filter builder: conditions in rows, each with field, operator and value, or the formula as text.

Everything the form holds comes back with each change, so the page keeps no state: rows are numbered, `row` lists them
in order, and `K.group` puts a row into a group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from dsl.app import Field
from dsl.problems import Problem
from dsl.render import help_text, message
from web.contexts import Input, Pick
from web.pages.conditions import Condition, Fields, Group, Join, Unreadable, day_field, parts_in, text_of
from web.pages.filter_chips import value_text
from web.pages.filter_fields import FilterField, filter_fields
from web.pages.frame import entity_or_404, is_fragment, page
from web.pages.inputs import build_input
from web.pages.list_state import ListState, state_in
from web.pages.operators import Operator, operators_of, words_of
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("filter_builder", __name__)
MOST_ROWS = 30
NEW_GROUP = "new"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the builder. group: "" or the group's name; error: what is wrong with its value."""

    number: str
    condition: Condition
    group: str = ""
    error: str = ""
    operators: tuple[Pick, ...] = ()
    inputs: tuple[Input, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that stand together: group "" for one alone."""

    group: str
    join: Join
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a formula typed by hand: the text before, at and after the place."""

    said: str
    help: str
    before: str
    at: str
    after: str


@blueprint.get("/e/<entity>/filter")
def show(entity: str) -> WsgiResponse:
    """Opens from the list's `query`; comes back with `row`… as conditions, or with `text` as a formula."""
    kind = entity_or_404(entity)
    args = request.args
    state = state_in(kind, args.get("query", ""))
    fields = filter_fields(kind)
    if args.get("mode") == "text":
        return _as_text(state, fields, args.get("text", state.filter))
    if "row" in args or "add" in args:
        return _as_rows(state, fields, args)
    group = Group("and", ())
    if state.filter:
        found = parts_in(state.typed.value.root, fields) if state.typed and state.typed.value else None
        if found is None:
            return _as_text(state, fields, state.filter, is_beyond=not (state.typed and state.typed.errors))
        group = found
    return _builder(state, fields, group.join, list(_lines_of(group)) or [Line("1", Condition("", ""))], ())


# --- as conditions ---------------------------------------------------------------------------------------------------


def _as_rows(state: ListState, fields: Fields, args: MultiDict[str, str]) -> WsgiResponse:
    lines, joins = list(_lines_in(args, fields)), _joins(args)
    join = joins.get("", "and")
    if "drop" in args:
        lines = [line for line in lines if line.number != args["drop"]]
    if "add" in args and len(lines) < MOST_ROWS:
        number = str(max((int(line.number) for line in lines), default=0) + 1)
        added = args["add"]
        new = Line(number, Condition("", ""), f"g{number}" if added == NEW_GROUP else added)
        place = max((at for at, line in enumerate(lines) if added and line.group == added), default=len(lines) - 1) + 1
        lines.insert(place, new)
    if "apply" not in args:
        return _builder(state, fields, join, lines, tuple(joins.items()))
    asked = [line for line in lines if line.condition.field]
    try:
        text = text_of(_group_of(asked, join, joins), fields)
    except Unreadable as wrong:
        lines = [replace(line, error=wrong.said) if line.condition == wrong.condition else line for line in lines]
        return _builder(state, fields, join, lines, tuple(joins.items()), 422)
    return _applied(state, text)


def _lines_in(args: MultiDict[str, str], fields: Fields) -> Iterator[Line]:
    """The rows as the form sends them; a row whose field has changed begins with its first operator."""
    for number in dict.fromkeys(args.getlist("row")):
        if id_in(number) is None:
            continue
        name, key = args.get(f"{number}.field", ""), args.get(f"{number}.op", "")
        known = operators_of(fields[name].field) if name in fields else ()
        if known and key not in {operator.key for operator in known}:
            key = known[0].key
        values = tuple(args.getlist(f"{number}.v"))
        if args.get(f"{number}.was", name) != name:
            key, values = (known[0].key if known else ""), ()
        yield Line(number, Condition(name, key, values), args.get(f"{number}.group", ""))


def _joins(args: MultiDict[str, str]) -> dict[str, Join]:
    """Group → how its rows are joined; "" for the filter as a whole."""
    found: dict[str, Join] = {}
    for name, value in args.items():
        if name == "join" or name.startswith("join."):
            found[name.removeprefix("join").removeprefix(".")] = "or" if value == "or" else "and"
    return found


def _group_of(lines: list[Line], join: Join, joins: dict[str, Join]) -> Group:
    parts: list[Condition | Group] = []
    for name, block in groupby(lines, key=lambda line: line.group):
        conditions = tuple(line.condition for line in block)
        parts += (Group(joins.get(name, "or"), conditions),) if name and len(conditions) > 1 else conditions
    return Group(join, tuple(parts))


def _lines_of(group: Group) -> Iterator[Line]:
    number = 0
    for part in group.parts:
        number += 1
        if isinstance(part, Condition):
            yield Line(str(number), part)
            continue
        name = f"g{number}"
        for one in part.parts:
            if isinstance(one, Condition):
                yield Line(str(number), one, name)
                number += 1


def _builder(
    state: ListState, fields: Fields, join: Join, lines: list[Line], joins: tuple[tuple[str, Join], ...],
    status: int = 200,
) -> Response:  # fmt: skip
    ready = [_ready(line, fields) for line in lines]
    known = dict(joins) or _joins_of(state, fields)
    blocks = tuple(
        Block(name, known.get(name, "or"), tuple(block)) for name, block in groupby(ready, key=lambda one: one.group)
    )
    try:
        text = text_of(_group_of([line for line in lines if line.condition.field], join, known), fields)
    except Unreadable:
        text = ""
    return page(
        "filter.html", status, state=state, entity=state.entity, join=join, blocks=blocks, formula=text,
        groups=_by_group(fields), is_full=len(lines) >= MOST_ROWS, mode="rows", mistake=None, text=text,
    )  # fmt: skip


def _joins_of(state: ListState, fields: Fields) -> dict[str, Join]:
    """How the groups of the list's own filter are joined, under the names that `_lines_of` gives them."""
    group = parts_in(state.typed.value.root, fields) if state.typed and state.typed.value else None
    found: dict[str, Join] = {}
    number = 0
    for part in group.parts if group else ():
        number += 1
        if isinstance(part, Group):
            found[f"g{number}"] = part.join
            number += len(part.parts)
    return found


def _by_group(fields: Fields) -> tuple[tuple[str, tuple[FilterField, ...]], ...]:
    """The fields for the chooser: the record's own, then those of each record it refers to."""
    grouped = groupby(fields.values(), key=lambda found: found.group)
    return tuple((name, tuple(members)) for name, members in grouped)


# --- the controls of a row -------------------------------------------------------------------------------------------


def _ready(line: Line, fields: Fields) -> Line:
    """The row with what its template draws."""
    found = fields.get(line.condition.field)
    if found is None:
        return line
    chosen = next(one for one in operators_of(found.field) if one.key == line.condition.operator)
    picks = tuple(
        Pick(one.key, words_of(one, found.field), is_chosen=one is chosen) for one in operators_of(found.field)
    )
    label = f"{found.whole_label} {words_of(chosen, found.field)}"
    return replace(line, operators=picks, inputs=tuple(_inputs(line, found, chosen, label)), label=label)


def _inputs(line: Line, found: FilterField, operator: Operator, label: str) -> Iterator[Input]:
    name, values = f"{line.number}.v", line.condition.values
    first = values[0] if values else ""
    plain = Input(key=name, name=name, id=f"c-{line.number}-v", label=label, control="text", raw=first)
    match operator.takes:
        case "nothing":
            return
        case "many":
            yield replace(plain, control="picks", picks=tuple(_options(found, values)))
        case "record":
            target = "person" if found.field.kind == "person" else found.field.target
            text = value_text(found.field, "record", first) if first else ""
            yield replace(plain, control="lookup", source=url_for("lookups.find", entity=target), text=text)
        case "days":
            yield replace(plain, control="number", raw=first or "30", suffix=say("天"), inputmode="numeric")
        case takes:
            for at in range(2 if takes == "two" else 1):
                raw = values[at] if at < len(values) else ""
                yield replace(_own_input(found, raw), name=name, id=f"c-{line.number}-v{at}", label=label, raw=raw)


def _own_input(found: FilterField, raw: str) -> Input:
    """The control of the field's own kind, for one value to compare with."""
    field: Field = day_field(found.field) if found.field.kind == "time" else found.field
    if field.kind in ("text", "long", "rich", "email", "url", "phone", "code"):
        return Input(key=field.key, name="", id="", label="", control="text")
    return build_input(found.entity, field, raw)


def _options(found: FilterField, chosen: tuple[str, ...]) -> Iterator[Pick]:
    field, app, language = found.field, current_engine().app, current_language()
    listed = app.choices.get(field.choices)
    groups = {option.key: option.label.say(language) for option in listed.options if option.is_group} if listed else {}
    for option in listed.options if listed else ():
        if not option.is_group and (not option.retired or option.key in chosen):
            text = option.label.say(language)
            yield Pick(option.key, text, option.color, groups.get(option.parent, ""), option.key in chosen)


# --- as text ---------------------------------------------------------------------------------------------------------


def _as_text(state: ListState, fields: Fields, text: str, *, is_beyond: bool = False) -> WsgiResponse:
    """The formula to be edited; `apply` uses it, `rows` goes back to conditions where it can be said in them."""
    text = text.strip()
    mistake = None
    checked = current_engine().filter(current_context(), state.entity.key, text) if text else None
    if checked is not None and (checked.errors or checked.value is None):
        mistake = _mistake(text, checked.errors[0])
    elif "apply" in request.args:
        return _applied(state, text)
    elif "rows" in request.args:
        group = parts_in(checked.value.root, fields) if checked and checked.value else Group("and", ())
        if group is not None:
            state = state_in(state.entity, _with_filter(state, text))
            return _builder(state, fields, group.join, list(_lines_of(group)) or [Line("1", Condition("", ""))], ())
        is_beyond = True
    return page(
        "filter.html", 422 if mistake else 200, state=state, entity=state.entity, mode="text", text=text,
        mistake=mistake, is_beyond=is_beyond, join="and", blocks=(), formula=text, groups=_by_group(fields),
        is_full=False,
    )  # fmt: skip


def _with_filter(state: ListState, text: str) -> str:
    return state.href(filter=text).partition("?")[2]


def _mistake(text: str, problem: Problem) -> Mistake:
    """The first problem with the place it stands at."""
    language = current_language()
    start, end = max(0, problem.span.column - 1), max(problem.span.column, problem.span.end_column - 1)
    return Mistake(
        message(problem, language), help_text(problem, language), text[:start], text[start:end] or " ", text[end:]
    )


def _applied(state: ListState, text: str) -> WsgiResponse:
    address = state.href(filter=text)
    if is_fragment():
        return Response("", headers={"HX-Redirect": address})
    return redirect(address, 303)
