"""Lists: a declared view of an entity with its filters, sorting, paging and bulk changes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from dsl.app import Entity, ListView
from dsl.formula.tree import Formula
from dsl.source import NOWHERE
from engine.answers import Record
from engine.errors import BadInput
from engine.store.lists import Query
from web.contexts import Fault, Head, Row, Shown
from web.pages import bulk
from web.pages.filters import chips, where
from web.pages.frame import entity_or_404, is_fragment, lists_of, page, readable_boards, rights_of
from web.pages.showing import days_over, is_number, label_of, shown
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("lists", __name__)
PAGE_SIZE = 50
_WITHOUT_ORDER = frozenset({"tags", "choices", "files", "file", "image", "table", "place", "long", "rich"})
NEXT_STEP_FIELDS = ("next_step", "next_step_on", "next_day", "next_on")
"""What leads the second line of a phone card, where an entity has it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, ready for its template."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    next_href: str
    previous_href: str


@blueprint.get("/e/<entity>")
def show(entity: str) -> WsgiResponse:
    return _list(entity_or_404(entity), ())


@blueprint.post("/e/<entity>")
def change_many(entity: str) -> WsgiResponse:
    """The bulk bar: every chosen record is judged on its own, and the refused ones are listed with reasons."""
    result = bulk.change(entity_or_404(entity), request.form)
    return _list(entity_or_404(entity), result.faults, result.said, 200 if not result.faults else 422)


def view_of(entity: Entity, key: str) -> ListView:
    """The view asked for, the first one, or one made from the entity's first fields."""
    views = lists_of(entity)
    if views:
        return next((view for view in views if view.key == key), views[0])
    plain = [k for k, f in entity.fields.items() if not f.given and f.kind not in ("table", "long", "files", "place")]
    columns = (*(("code",) if entity.series else ()), *plain[:6])
    return ListView("list", entity.label, columns, (), (), NOWHERE)


def _list(entity: Entity, faults: tuple[Fault, ...], said: str = "", status: int = 200) -> WsgiResponse:
    context, engine, language = current_context(), current_engine(), current_language()
    view = view_of(entity, request.args.get("view", ""))
    typed, complaint = _typed_filter(entity)
    condition = where(entity, view.filters, request.args, (view.condition, typed), context.actor.id)
    try:
        found = find_page(entity, view, condition, base=url_for("lists.show", entity=entity.key))
    except BadInput as refused:
        complaint = complaint or "; ".join(finding.said for finding in refused.findings) or say("这个条件无法使用")
        found = find_page(entity, view, view.condition, base=url_for("lists.show", entity=entity.key))
    filters = chips(engine.app, entity, view.filters, request.args, context)
    rights = rights_of(entity.key)
    return page(
        "list.html",
        status,
        entity=entity,
        boards=readable_boards(entity),
        label=entity.label.say(language),
        view=view,
        views=lists_of(entity),
        found=found,
        filters=filters,
        is_filtered=any(chip.is_on for chip in filters) or bool(request.args.get("q") or request.args.get("filter")),
        complaint=complaint,
        rights=rights,
        bulk_fields=bulk.fields_of(entity, rights) if rights.edit != "none" else (),
        bulk_stages=bulk.stages_of(entity) if rights.edit != "none" else (),
        faults=faults,
        said=said,
        kept=[(k, v) for k, v in request.args.items(multi=True) if k in ("view", "sort")],
        fragment=is_fragment(),
    )


def _typed_filter(entity: Entity) -> tuple[Formula | None, str]:
    """The formula typed by hand and what is wrong with it."""
    text = request.args.get("filter", "").strip()
    if not text:
        return None, ""
    checked = current_engine().filter(current_context(), entity.key, text)
    if checked.value is None or checked.errors:
        return None, say("这个条件读不懂：{text}", text=text)
    return checked.value, ""


def find_page(entity: Entity, view: ListView, condition: Formula | None, base: str, limit: int = PAGE_SIZE) -> Found:
    """Run the query of this address and make rows of it."""
    context, engine = current_context(), current_engine()
    hidden = rights_of(entity.key).hidden
    columns = tuple(key for key in view.columns if key in entity.fields and key not in hidden)
    sort = _sort(entity, view, hidden)
    query = Query(
        entity=entity.key,
        where=condition,
        sort=sort,
        limit=limit,
        cursor=request.args.get("cursor") or None,
        fields=wanted(entity, columns, hidden),
        search=request.args.get("q", "").strip(),
        view=view.key,
    )
    result = engine.page(context, query)
    rows = tuple(row_of(entity, record, columns) for record in result.items)
    return Found(
        tuple(_head(entity, key, sort, base) for key in columns),
        rows,
        _href(base, cursor=result.next) if result.next else "",
        _href(base, cursor=result.previous) if result.previous else "",
    )


def wanted(entity: Entity, columns: tuple[str, ...], hidden: frozenset[str]) -> tuple[str, ...]:
    """The fields to read: the columns, the title, and what marks a row as late or leads its card."""
    extra = (entity.title, entity.parent, "stage", "days_in_stage", *NEXT_STEP_FIELDS)
    keys = (*columns, *(key for key in extra if key in entity.fields))
    return tuple(dict.fromkeys(key for key in keys if key not in hidden))


def _sort(entity: Entity, view: ListView, hidden: frozenset[str]) -> tuple[str, ...]:
    asked = request.args.get("sort", "")
    key = asked.lstrip("-")
    if key in entity.fields and key not in hidden and can_sort(entity, key):
        return (asked,)
    return tuple(key for key in view.sort if key.removeprefix("-") not in hidden)


def can_sort(entity: Entity, key: str) -> bool:
    return entity.fields[key].kind not in _WITHOUT_ORDER


def _head(entity: Entity, key: str, sort: tuple[str, ...], base: str) -> Head:
    label = label_of(entity, key, current_language())
    direction = {key: "ascending", f"-{key}": "descending"}.get(sort[0], "") if sort else ""
    next_sort = f"-{key}" if direction != "descending" else key
    href = _href(base, sort=next_sort) if can_sort(entity, key) else ""
    is_right = is_number(entity.fields[key]) and key not in entity.scores
    return Head(label, is_right, href, direction)


def _href(base: str, **changes: str) -> str:
    """This address with some parameters changed; a new sort starts again at the first page."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in changes and k not in ("cursor", "said")]
    return f"{base}?{urlencode([*kept, *changes.items()])}"


def row_of(entity: Entity, record: Record, columns: tuple[str, ...]) -> Row:
    app, language = current_engine().app, current_language()
    cells = tuple(shown(app, record, key, language) for key in columns)
    lead = columns.index(entity.title) if entity.title in columns else 0
    over = days_over(entity, record.values) > 0
    facts = tuple(c for at, c in enumerate(cells) if at != lead and c.look != "empty" and not c.key.endswith("code"))
    return Row(
        id=record.id,
        version=record.version,
        href=url_for("records.show", entity=entity.key, record_id=record.id),
        title=record.title or f"#{record.id}",
        cells=cells,
        lead=lead,
        next_step=next_step(record, entity),
        facts=facts[:4],
        is_late=over,
    )


def next_step(record: Record, entity: Entity) -> str:
    """What comes next, in one line, from the fields that say so."""
    app, language = current_engine().app, current_language()
    texts: list[Shown] = [
        shown(app, record, key, language) for key in NEXT_STEP_FIELDS if key in entity.fields and record.values.get(key)
    ]
    return " · ".join(s.text for s in texts)
