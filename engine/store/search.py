"""Full text: one character a token and phrase queries, which finds exactly the substrings, in Chinese as in English.

An entry is one field of one record, so that a search looks only into the fields that the person may read. The initials
of the title's pinyin are an entry of their own (field ""): `hdzc` finds 华东轴承.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCONFIG

from dsl import hanzi
from dsl.app import Entity
from dsl.formula.env import Env
from engine.people.sight import Sight
from engine.store.columns import POSTGRESQL, is_one_of
from engine.store.connection import Connection
from engine.store.ddl import SqlText
from engine.store.gate import Gate
from engine.store.plans import Plans
from engine.store.system_tables import search_entry

MOST_CHARACTERS = 4_000
"""Of one field; what stands further behind is not found."""

INITIALS = ""
"""The field of the entry that holds the title's initials."""

_KINDS = frozenset({"text", "long", "email", "url", "phone", "code", "rich"})
_FTS5 = """
CREATE VIRTUAL TABLE search_words USING fts5(
  words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0"
)
"""
_GIN = "CREATE INDEX search_entry_words ON search_entry USING gin (words)"
_entry = search_entry.c
_fts = sa.table("search_words", sa.column("rowid", sa.BigInteger), sa.column("words", sa.Text))
_plans = Plans()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a person may search in one entity: which records, and which fields of them (`readable_fields` …)."""

    sight: Sight
    fields: Collection[str]


def make_index(conn: Connection) -> None:
    """The full-text index; once, with the system tables."""
    conn.define(SqlText(_GIN if conn.dialect == POSTGRESQL else _FTS5))


def searchable(entity: Entity) -> tuple[str, ...]:
    """The fields of an entity that can be searched at all."""
    return tuple(f.key for f in entity.fields.values() if f.kind in _KINDS and not f.is_live)


def tokens(text: str) -> str:
    """One letter, digit or character a token, separated by blanks: 华东 A-1 → 华 东 a 1."""
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).lower()
    return " ".join(filter(str.isalnum, plain))


@lru_cache(maxsize=8_192)
def initials(text: str) -> str:
    """The first letters of the text's pinyin; other characters stay."""
    return "".join(hanzi.first_letters(text[:100]))


# --- writing ---------------------------------------------------------------------------------------------------------


def index(
    conn: Connection, entity: Entity, record_id: int, values: Mapping[str, object], *, is_new: bool = False
) -> None:
    """Brings the entries of the fields named in `values` up to date; other fields keep theirs."""
    texts = _texts(entity, values)
    if not texts:
        return
    if not is_new:
        _forget(conn, entity.key, record_id, tuple(texts))
    for field, text in texts.items():
        if words := tokens(text):
            _add(conn, entity.key, record_id, field, words)


def index_many(conn: Connection, entity: Entity, rows: Iterable[tuple[int, Mapping[str, object]]]) -> None:
    """The entries of many new records at once: (id, values) each."""
    entries = [
        {"entity": entity.key, "record_id": record_id, "field": field, "new_words": words}
        for record_id, values in rows
        for field, text in _texts(entity, values).items()
        if (words := tokens(text))
    ]
    if conn.dialect == POSTGRESQL:
        conn.execute_many(_plans.get("add many", lambda: _insert(has_words=True)), entries)
        return
    first = (conn.value(sa.select(sa.func.max(_entry.id))) or 0) + 1
    numbered = [{**entry, "entry": first + place} for place, entry in enumerate(entries)]
    conn.execute_many(_plans.get("add numbered", lambda: _insert(has_words=False, is_numbered=True)), numbered)
    conn.execute_many(_plans.get("add words", _insert_words), numbered)


def forget(conn: Connection, entity: Entity, record_id: int) -> None:
    """Takes a removed record out of the index."""
    _forget(conn, entity.key, record_id, (*searchable(entity), INITIALS))


def _texts(entity: Entity, values: Mapping[str, object]) -> dict[str, str]:
    """The entries of a record by field, as far as `values` names them."""
    texts = {key: str(values[key] or "") for key in searchable(entity) if key in values}
    if entity.title in texts:
        texts[INITIALS] = initials(texts[entity.title])
    return texts


def _forget(conn: Connection, entity: str, record_id: int, fields: Collection[str]) -> None:
    params = {"entity": entity, "record_id": record_id, "fields": list(fields)}
    gone = [row[0] for row in conn.rows(_plans.get("forget", _delete), params)]
    if gone and conn.dialect != POSTGRESQL:
        conn.execute_many(_plans.get("forget words", _delete_words), [{"entry": entry_id} for entry_id in gone])


def _add(conn: Connection, entity: str, record_id: int, field: str, words: str) -> None:
    is_postgresql = conn.dialect == POSTGRESQL
    add = _plans.get(("add", is_postgresql), lambda: _insert(has_words=is_postgresql).returning(_entry.id))
    entry_id = conn.value(add, {"entity": entity, "record_id": record_id, "field": field, "new_words": words})
    if not is_postgresql:
        conn.execute(_plans.get("add words", _insert_words), {"entry": entry_id, "new_words": words})


def _delete() -> sa.Executable:
    mine = (_entry.entity == sa.bindparam("entity"), _entry.record_id == sa.bindparam("record_id"))
    return sa.delete(search_entry).where(*mine, is_one_of(_entry.field, "fields", keys=True)).returning(_entry.id)


def _delete_words() -> sa.Executable:
    return sa.delete(_fts).where(_fts.c.rowid == sa.bindparam("entry"))


def _insert(*, has_words: bool, is_numbered: bool = False) -> sa.Insert:
    columns: dict[str, Any] = {name: sa.bindparam(name) for name in ("entity", "record_id", "field")}
    if has_words:
        columns["words"] = sa.func.to_tsvector(_simple(), sa.bindparam("new_words", type_=sa.Text()))
    if is_numbered:
        columns["id"] = sa.bindparam("entry")
    return sa.insert(search_entry).values(columns)


def _insert_words() -> sa.Executable:
    return sa.insert(_fts).values(rowid=sa.bindparam("entry"), words=sa.bindparam("new_words"))


def _simple() -> sa.ColumnElement[object]:
    """PostgreSQL's configuration without stop words and stems."""
    return sa.cast(sa.literal("simple"), REGCONFIG)


# --- finding ---------------------------------------------------------------------------------------------------------


def find(
    conn: Connection, gate: Gate, scopes: Mapping[str, Scope], text: str, *, limit: int = 10, env: Env | None = None
) -> dict[str, list[int]]:
    """Entity → ids of records whose readable fields hold the text, newest first; `limit` of each entity."""
    words = tokens(text)
    if not words:
        return {}
    found = {key: _find_in(conn, gate, key, scope, words, limit, env) for key, scope in scopes.items()}
    return {key: ids for key, ids in found.items() if ids}


def _find_in(
    conn: Connection, gate: Gate, entity: str, scope: Scope, words: str, limit: int, env: Env | None
) -> list[int]:
    if scope.sight.is_nothing:
        return []
    title = gate.app.entity(entity).title
    fields = [*scope.fields, *([INITIALS] if title in scope.fields else [])]
    plan = gate.plans.get(
        ("search", entity, scope.sight.shape, conn.dialect), lambda: _select(gate, entity, scope.sight, conn.dialect)
    )
    phrase = words if conn.dialect == POSTGRESQL else f'"{words}"'
    params = {**gate.params(scope.sight, env), "entity": entity, "fields": fields, "phrase": phrase, "most": limit}
    return [row[0] for row in conn.rows(plan, params)]


def _select(gate: Gate, entity: str, sight: Sight, dialect: str) -> sa.Executable:
    rows = gate.readable(entity, sight)
    phrase = sa.bindparam("phrase", type_=sa.Text())
    source: sa.FromClause = search_entry
    if dialect == POSTGRESQL:
        matches = _entry.words.bool_op("@@")(sa.func.phraseto_tsquery(_simple(), phrase))
    else:
        source = search_entry.join(_fts, _fts.c.rowid == _entry.id)
        matches = _fts.c.words.bool_op("MATCH")(phrase)
    mine = (_entry.entity == sa.bindparam("entity"), is_one_of(_entry.field, "fields", keys=True))
    hits = sa.select(rows.c.id).select_from(source.join(rows, rows.c.id == _entry.record_id)).where(*mine, matches)
    return hits.distinct().order_by(rows.c.id.desc()).limit(sa.bindparam("most", type_=sa.Integer()))
