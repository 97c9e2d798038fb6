"""Lists: the records of an entity through a view, filtered, sorted, grouped, paged, and changed many at a time."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request
from werkzeug.wrappers import Response as WsgiResponse

from dsl.app import Entity
from dsl.formula.tree import Formula
from engine.errors import BadInput, NotThere
from engine.store.lists import Query
from web.contexts import Head, Row
from web.made import made_for_roles
from web.pages import bulk
from web.pages.filter_chips import chips_of
from web.pages.filters import chips
from web.pages.frame import entity_or_404, lists_of, page, readable_boards, rights_of
from web.pages.imports import import_href
from web.pages.inputs import is_input
from web.pages.list_groups import RowGroup, group_picks, groups_of, totals_of, within
from web.pages.list_rows import head_of, rows_of, wanted
from web.pages.list_state import ListState, can_sort, state_of
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("lists", __name__)
PAGE_SIZE = 50
GROUP_SIZE = 20
EDITED_KINDS = frozenset(
    {"text", "email", "url", "phone", "number", "integer", "percent", "money", "yesno", "date", "time", "duration",
     "choice", "choices", "tags", "person", "ref", "long"}
)  # fmt: skip
"""Kinds whose control fits a cell; files, places and tables want the record's own page."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of rows, ready for its template."""

    rows: tuple[Row, ...]
    next_href: str = ""
    previous_href: str = ""


@blueprint.get("/e/<entity>")
def show(entity: str) -> WsgiResponse:
    """The list; with `only` the rows of one group, as `rows` of the table or `cards`."""
    kind = entity_or_404(entity)
    state = state_of(kind, request.args)
    if "only" in request.args and state.group:
        return _group_rows(state)
    return list_page(state)


def list_page(state: ListState, status: int = 200) -> WsgiResponse:
    entity = state.entity
    context, engine, language = current_context(), current_engine(), current_language()
    rights = rights_of(entity.key)
    complaint = say("这个条件读不懂：{text}", text=state.filter) if state.is_unreadable else ""
    groups: tuple[RowGroup, ...] = ()
    try:
        groups = groups_of(state) if state.group else ()
        found = Found(()) if state.group else find_page(state, state.condition)
    except BadInput as refused:
        complaint = "; ".join(finding.said for finding in refused.findings) or say("这个条件无法使用")
        found, groups = find_page(state, state.view.condition), ()
    count, sums = totals_of(state) if state.has_totals and not complaint else (0, {})
    return page(
        "list.html",
        status,
        state=state,
        entity=entity,
        boards=readable_boards(entity),
        label=entity.label.say(language),
        views=lists_of(entity),
        saved_views=engine.saved_views.of(context, entity.key),
        heads=heads_of(state),
        found=found,
        groups=groups,
        group_picks=group_picks(state),
        count=count,
        sums=sums,
        filters=chips(engine.app, entity, state.quick, state.args, context),
        chips=chips_of(state),
        complaint=complaint,
        rights=rights,
        bulk=may_change_many(entity),
        import_href=import_href(entity.key),
    )


def _group_rows(state: ListState) -> WsgiResponse:
    key = request.args.get("only", "")
    condition = within(state, key)
    if condition is None:
        raise NotThere(say("没有这个页面"))
    found = find_page(state, condition, GROUP_SIZE)
    template = "parts/list_cards.html" if request.args.get("as") == "cards" else "parts/list_rows.html"
    return page(
        template, entity=state.entity, heads=heads_of(state), rows=found.rows, more_href=found.next_href,
        bulk=may_change_many(state.entity), key=key,
    )  # fmt: skip


def find_page(state: ListState, condition: Formula | None, limit: int = PAGE_SIZE) -> Found:
    """The page that the address asks for. Raises BadInput for a condition that cannot be asked."""
    entity = state.entity
    query = Query(
        entity=entity.key,
        where=condition,
        sort=state.sort,
        limit=limit,
        cursor=request.args.get("cursor") or None,
        fields=wanted(entity, state.columns, rights_of(entity.key).hidden),
        search=state.search,
        view=state.view.key,
    )
    result = current_engine().page(current_context(), query)
    rows = rows_of(entity, result.items, state.columns, editable(state))
    return Found(rows, _page_href(state, result.next), _page_href(state, result.previous))


def _page_href(state: ListState, cursor: str | None) -> str:
    if not cursor:
        return ""
    only = {key: request.args[key] for key in ("only", "as") if key in request.args}
    return state.href(**only, cursor=cursor)


def heads_of(state: ListState) -> tuple[Head, ...]:
    return tuple(_head(state, key) for key in state.columns)


def _head(state: ListState, key: str) -> Head:
    plain = head_of(state.entity, key)
    direction = {key: "ascending", f"-{key}": "descending"}.get(state.sort[0], "") if state.sort else ""
    next_sort = f"-{key}" if direction != "descending" else key
    href = state.href(sort=next_sort) if can_sort(state.entity, key) else ""
    return Head(plain.label, plain.is_number, href, direction, key, may_edit_in_place(state.entity, key))


def editable(state: ListState) -> frozenset[str]:
    """The columns whose cells open for editing."""
    return frozenset(key for key in state.columns if may_edit_in_place(state.entity, key))


def may_edit_in_place(entity: Entity, key: str) -> bool:
    """Whether a column's cells open for editing at all; each record is asked again when one does."""
    field, rights = entity.fields[key], rights_of(entity.key)
    if field.kind not in EDITED_KINDS or not is_input(entity, field) or key in rights.masked:
        return False
    return rights.edit == "all" or (rights.edit == "fields" and key in rights.edit_fields)


def may_change_many(entity: Entity) -> bool:
    rights = rights_of(entity.key)
    return made_for_roles(("bulk", entity.key), lambda: bulk.may_change_many(entity, rights))
