"""What may be there already: records like the one that is being typed, by their name and by what no two may share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsl.app import Entity
from engine.answers import Found
from engine.intake.company_names import company_name
from engine.intake.duplicates import is_similar
from engine.reading.desk import Desk
from engine.reading.finding import scope_of
from engine.store import search as index
from engine.store.search import Scope

_SHORTEST = 2
"""Characters of a name's core from which a comparison says anything."""
_LOOKED_AT = 40


def similar(desk: Desk, entity: Entity, values: Mapping[str, object], limit: int = 3) -> list[Found]:
    """Records in sight that share a unique value with `values`, then those whose name is alike, the likest first."""
    scope = scope_of(desk, entity)
    same = list(_same(desk, entity, scope, values))
    name = str(values.get(entity.title) or "") if entity.title in scope.fields else ""
    alike = [each for each in _alike(desk, entity, scope, name) if each not in same]
    chosen = (same + alike)[:limit]
    titles = desk.titles_of({(entity.key, each) for each in chosen})
    texts = index.read_texts(desk.conn, desk.installed.gate, entity.key, scope, chosen, desk.env) if chosen else {}
    return [
        Found(entity.key, each, titles.get((entity.key, each), ""), texts.get(each, {}).get("code", ""))
        for each in chosen
    ]


def _same(desk: Desk, entity: Entity, scope: Scope, values: Mapping[str, object]) -> Iterable[int]:
    """Ids of records with the very value in a field that is unique or a phone number."""
    for key in scope.fields:
        field, value = entity.fields[key], str(values.get(key) or "").strip()
        if value and (field.unique or field.kind == "phone") and key != entity.title:
            found = _texts(desk, entity, Scope(scope.sight, (key,)), value)
            yield from (each for each, text in found.items() if text[key] == value)


def _alike(desk: Desk, entity: Entity, scope: Scope, name: str) -> list[int]:
    """Names of one core, whatever the legal form and the words around the place; then those that hardly differ."""
    wanted = company_name(name)
    if len(wanted.core) < _SHORTEST:
        return []
    texts = _texts(desk, entity, Scope(scope.sight, (entity.title,)), wanted.core)
    names = {each: company_name(text[entity.title]) for each, text in texts.items()}
    alike = [each for each, other in names.items() if wanted.may_be(other) and is_similar(wanted.core, other.core)]
    return sorted(alike, key=lambda each: names[each].core != wanted.core)


def _texts(desk: Desk, entity: Entity, scope: Scope, text: str) -> Mapping[int, Mapping[str, str]]:
    """The texts of records that hold the words, or at least all the characters of a Chinese name."""
    gate, scopes = desk.installed.gate, {entity.key: scope}
    ids = index.find(desk.conn, gate, scopes, text, limit=_LOOKED_AT, env=desk.env).get(entity.key, [])
    ids = ids or index.find_loosely(desk.conn, gate, scopes, text, env=desk.env).get(entity.key, [])
    return index.read_texts(desk.conn, gate, entity.key, scope, ids, desk.env) if ids else {}
