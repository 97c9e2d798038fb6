"""Search: records that hold the words in a field that the actor may read, with the place where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsl.app import Entity
from engine.answers import Found, Group, Hit
from engine.reading.desk import Desk
from engine.reading.matches import Match, match_of
from engine.store import search as index
from engine.store.search import Scope

MOST_FOUND = 50
_LOOKED_AT = 60
"""Records of one entity that are looked at for the best ones among them: the newest that hold the words."""
_BEFORE, _EXCERPT = 12, 60
"""Characters of a long text that are shown: before the words, and in all."""

Texts = Mapping[str, str]


def search(desk: Desk, text: str, limit: int) -> list[Group]:
    """At most `limit` records of each entity, the best matches first; entities in the order of the app's menu.

    A part is told apart by what it belongs to, any other record by its number.
    Where nothing holds the words as they are, names that have all the characters in this order are found.
    """
    limit = max(1, min(limit, MOST_FOUND))
    scopes = {entity.key: scope_of(desk, entity) for entity in _in_menu_order(desk)}
    gate = desk.installed.gate
    ids = index.find(desk.conn, gate, scopes, text, limit=max(limit, _LOOKED_AT), env=desk.env)
    ids = ids or index.find_loosely(desk.conn, gate, scopes, text, env=desk.env)
    groups = (Group(key, _best(desk, key, scopes[key], ids[key], text, limit)) for key in scopes if key in ids)
    return [group for group in groups if group.found]


def find_in(desk: Desk, entity: Entity, text: str, limit: int) -> list[Found]:
    """The best matches among the records of one kind: for the pickers of references."""
    scope, gate = scope_of(desk, entity), desk.installed.gate
    ids = index.find(desk.conn, gate, {entity.key: scope}, text, limit=max(limit, _LOOKED_AT), env=desk.env)
    ids = ids or index.find_loosely(desk.conn, gate, {entity.key: scope}, text, env=desk.env)
    return list(_best(desk, entity.key, scope, ids[entity.key], text, limit)) if ids else []


def _best(desk: Desk, key: str, scope: Scope, ids: list[int], text: str, limit: int) -> tuple[Found, ...]:
    entity = desk.entity(key)
    above = () if entity.parent in desk.hidden(entity) | {""} else (entity.parent,)
    read = Scope(scope.sight, (*scope.fields, *above))
    texts = index.read_texts(desk.conn, desk.installed.gate, key, read, ids, desk.env)
    hits = {each: hit for each in ids if (hit := _hit(entity, scope, texts.get(each, {}), text)) is not None}
    chosen = sorted(hits, key=lambda each: (hits[each][1], -each))[:limit]
    parents = {each: (entity.parent, int(texts[each][entity.parent])) for each in chosen if above}
    titles = desk.titles_of({(key, each) for each in chosen} | set(parents.values()))
    return tuple(
        Found(
            entity=key,
            id=each,
            title=titles.get((key, each), ""),
            subtitle=titles.get(parents[each], "") if above else _number(entity, texts[each]),
            hit=hits[each][0],
        )
        for each in chosen
    )


def _hit(entity: Entity, scope: Scope, texts: Texts, wanted: str) -> tuple[Hit, int] | None:
    """The best place and its rank: the title before other fields, and a shorter field before a longer one."""
    title = texts.get(entity.title, "") if entity.title in scope.fields else ""
    found = match_of(title, wanted, by_sound=True)
    if found is not None:
        return _cut(entity.title, title, found), found.rank
    for field, text in sorted(texts.items(), key=lambda pair: len(pair[1])):
        found = match_of(text, wanted) if field in scope.fields and field != entity.title else None
        if found is not None:
            return _cut(field, text, found), 10 + found.rank
    return None


def _cut(field: str, text: str, match: Match) -> Hit:
    start = max(0, match.marked[0] - _BEFORE) if len(text) > _EXCERPT else 0
    cut = text[start : start + _EXCERPT]
    marked = tuple(place - start for place in match.marked if place - start < len(cut))
    return Hit(field, cut, marked)


def _number(entity: Entity, texts: Texts) -> str:
    """The document number, where there is one and it is not the title itself."""
    return texts.get("code", "") if entity.title != "code" else ""


def scope_of(desk: Desk, entity: Entity) -> Scope:
    """Where the actor may search among the records of one kind."""
    covered = desk.hidden(entity) | desk.masked(entity)
    return Scope(desk.sight(entity), tuple(key for key in index.searchable(entity) if key not in covered))


def _in_menu_order(desk: Desk) -> Iterable[Entity]:
    keys = dict.fromkeys((*desk.app.menu, *desk.app.entities))
    return [desk.app.entities[key] for key in keys if key in desk.app.entities]
