"""Search over everything in sight: a page of its own, and the list beneath the box at the top of every page."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, request, url_for

from engine.answers import Found, Hit
from web.contexts import FoundGroup, FoundLink, Piece
from web.pages.frame import page, rights_of
from web.pages.showing import label_of
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("searching", __name__)
MOST_ON_PAGE, MOST_BENEATH_BOX = 20, 5
MOST_RECENT = 8
LONGEST = 100


@blueprint.get("/search")
def show() -> Response:
    text = _asked()
    return page("search.html", text=text, groups=tuple(_groups(text, MOST_ON_PAGE)))


@blueprint.get("/search/found")
def found() -> Response:
    """What the box shows while one types: ?q=WORDS, or ?seen=customer:3,visit:9 for what this browser had open."""
    text = _asked()
    if text:
        most = MOST_ON_PAGE if "all" in request.args else MOST_BENEATH_BOX
        return page("parts/found.html", text=text, groups=tuple(_groups(text, most)))
    return page("parts/found.html", text="", groups=tuple(_recent(request.args.get("seen", ""))))


def _asked() -> str:
    return request.args.get("q", "").strip()[:LONGEST]


def _groups(text: str, most: int) -> Iterable[FoundGroup]:
    app, language = current_engine().app, current_language()
    for group in current_engine().search(current_context(), text, most) if text else ():
        entity = app.entities[group.entity]
        yield FoundGroup(entity.label.say(language), entity.icon, tuple(_link(one) for one in group.found))


def _link(one: Found) -> FoundLink:
    """The title with its matching characters marked, or the title and the field that matches."""
    entity, hit = current_engine().app.entity(one.entity), one.hit
    is_in_title = hit is not None and hit.field == entity.title and hit.text == one.title
    title = pieces(hit) if hit and is_in_title else (Piece(one.title or f"#{one.id}"),)
    field = label_of(entity, hit.field, current_language()) if hit and not is_in_title else ""
    where = pieces(hit) if hit and not is_in_title else ()
    return FoundLink(title, _href(one.entity, one.id), one.subtitle, field, where)


def pieces(hit: Hit) -> tuple[Piece, ...]:
    """The text cut where marked and unmarked characters meet."""
    made: list[Piece] = []
    for place, char in enumerate(hit.text):
        is_marked = place in hit.marked
        if made and made[-1].is_marked == is_marked:
            made[-1] = Piece(made[-1].text + char, is_marked)
        else:
            made.append(Piece(char, is_marked))
    return tuple(made)


def _recent(seen: str) -> Iterable[FoundGroup]:
    """The records that the browser names, as far as they are in sight now, in its order."""
    app, language = current_engine().app, current_language()
    named = [part.partition(":") for part in seen[:400].split(",")]
    pairs = [(key, record_id) for key, _, text in named if key in app.entities and (record_id := id_in(text))]
    pairs = [pair for pair in dict.fromkeys(pairs) if rights_of(pair[0]).see][:MOST_RECENT]
    titles = current_engine().titles(current_context(), pairs)
    links = tuple(
        FoundLink((Piece(titles[pair] or f"#{pair[1]}"),), _href(*pair), app.entity(pair[0]).label.say(language))
        for pair in pairs
        if pair in titles
    )
    if links:
        yield FoundGroup(say("最近打开"), "history", links)


def _href(entity: str, record_id: int) -> str:
    return url_for("records.show", entity=entity, record_id=record_id)
