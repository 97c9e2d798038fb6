"""Full text: one character a token and phrase queries, which finds exactly the substrings, in Chinese as in English.

An entry is one field of one record, so that a search looks only into the fields that the person may read. How the title
sounds is an entry of its own (field ""), its initials and its whole pinyin: `hdzc` and `huadong` find 华东轴承.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCONFIG

from dsl import hanzi
from dsl.app import Entity
from dsl.formula.env import Env
from engine.people.sight import Sight
from engine.store.columns import POSTGRESQL, IdArray, KeyArray, is_one_of
from engine.store.connection import Connection
from engine.store.ddl import SqlText
from engine.store.gate import Gate
from engine.store.plans import Plans, Recent
from engine.store.system_tables import search_entry

MOST_CHARACTERS = 4_000
"""Of one field; what stands further behind is not found."""

SOUND = ""
"""The field of the entry that holds how the title sounds."""

_BETWEEN = "between"
"""Stands between initials and pinyin. What people type becomes single letters, so no phrase reaches across it."""

_MOST_LOOSE = 200
"""Records looked at, newest first, when a name is only hinted at."""

_KINDS = frozenset({"text", "long", "email", "url", "phone", "code", "rich"})
_FTS5 = """
CREATE VIRTUAL TABLE search_words USING fts5(
  words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0"
)
"""
_FTS5_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS search_vocabulary USING fts5vocab(search_words, instance)"
_GIN = "CREATE INDEX search_entry_words ON search_entry USING gin (words)"
_entry = search_entry.c
_fts = sa.table(
    "search_words", sa.column("rowid", sa.BigInteger), sa.column("words", sa.Text), sa.column("search_words", sa.Text)
)
_plans = Plans()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a person may search in one entity: which records, and which fields of them (`readable_fields` …)."""

    sight: Sight
    fields: Collection[str]


def make_index(conn: Connection) -> None:
    """The full-text index; once, with the system tables."""
    conn.define(SqlText(_GIN if conn.dialect == POSTGRESQL else _FTS5))


def make_vocabulary(conn: Connection) -> None:
    """On SQLite the index tells its words only through a table of its own."""
    if conn.dialect != POSTGRESQL:
        conn.define(SqlText(_FTS5_VOCABULARY))


def searchable(entity: Entity) -> tuple[str, ...]:
    """The fields of an entity that can be searched at all."""
    known = _searchable.find(id(entity))  # an entity is not hashed: it holds half of an app
    if known is None or known[0] is not entity:
        fields = tuple(f.key for f in entity.fields.values() if f.kind in _KINDS and not f.is_live)
        known = _searchable.keep(id(entity), (entity, fields))
    return known[1]


_searchable: Recent[tuple[Entity, tuple[str, ...]]] = Recent(64)


def tokens(text: str) -> str:
    """One letter, digit or character a token, separated by blanks: 华东 A-1 → 华 东 a 1."""
    whole = text[:MOST_CHARACTERS]
    plain = whole.lower() if whole.isascii() else unicodedata.normalize("NFKC", whole).lower()
    return " ".join(plain if plain.isalnum() else filter(str.isalnum, plain))


@lru_cache(maxsize=8_192)
def sounds(text: str) -> str:
    """The tokens of the text's initials, then those of its pinyin: 水闸 → s z between s h u i z h a."""
    both = [_heard(part) if is_chinese else (part, part) for part, is_chinese in hanzi.parts(text[:100])]
    initials = tokens("".join(first for first, _ in both))
    return f"{initials} {_BETWEEN} {tokens(''.join(whole for _, whole in both))}" if initials else ""


@lru_cache(maxsize=8_192)
def _heard(chinese: str) -> tuple[str, str]:
    """(initials, pinyin) of Chinese characters that stand together; what is not read stays as it is."""
    spoken = hanzi.spoken(chinese)
    initials = (syllable[:1] if is_read else syllable for _place, syllable, is_read in spoken)
    return "".join(initials), "".join(syllable for _place, syllable, _is_read in spoken)


# --- writing ---------------------------------------------------------------------------------------------------------


class Gone(NamedTuple):
    """Entries that no longer hold: those of these fields of one record."""

    entity: str
    record_id: int
    fields: list[str]


@dataclass(slots=True)
class Words:
    """What is to be done to the index, for any number of records; nothing until `write`."""

    gone: list[Gone] = field(default_factory=list)
    new: list[dict[str, object]] = field(default_factory=list)

    def add(self, entity: Entity, record_id: int, values: Mapping[str, object]) -> None:
        """The entries of a record that has none yet."""
        self._add(entity, record_id, entries(entity, values))

    def change(self, entity: Entity, record_id: int, values: Mapping[str, object]) -> None:
        """The entries of the fields named in `values`; other fields keep theirs."""
        found = entries(entity, values)
        if found:
            self.gone.append(Gone(entity.key, record_id, list(found)))
            self._add(entity, record_id, found)

    def forget(self, entity: Entity, record_id: int) -> None:
        """A removed record is not to be found."""
        self.gone.append(Gone(entity.key, record_id, [*searchable(entity), SOUND]))

    def _add(self, entity: Entity, record_id: int, found: Mapping[str, str]) -> None:
        self.new += (
            {"entity": entity.key, "record_id": record_id, "field": key, "new_words": words}
            for key, words in found.items()
            if words
        )


def write(conn: Connection, words: Words) -> None:
    """Does it, what is gone first."""
    for gone in words.gone:
        _forget(conn, gone)
    _add(conn, words.new)


def _add(conn: Connection, new: Sequence[Mapping[str, object]]) -> None:
    """On SQLite the words lie beside the entry under its number; there is but one writer to take the next ones."""
    if not new:
        return
    if conn.dialect == POSTGRESQL:
        conn.execute(_plans.get("add all", _insert_all), {f"all_{key}": [row[key] for row in new] for key in _NEW})
        return
    first = (conn.value(_plans.get("last entry", lambda: sa.select(sa.func.max(_entry.id)))) or 0) + 1
    numbered = [{**entry, "entry": first + place} for place, entry in enumerate(new)]
    conn.execute_many(_plans.get("add numbered", _insert_numbered), numbered)
    conn.execute_many(_plans.get("add words", _insert_words), numbered)


def forget_words(conn: Connection) -> None:
    """On SQLite: empties the index beside the entries."""
    conn.execute(sa.insert(_fts).values({_fts.c.search_words: "delete-all"}))


def forget_entity(conn: Connection, entity: str) -> None:
    """Takes all records of an entity out of the index."""
    mine = _entry.entity == entity
    if conn.dialect != POSTGRESQL:
        conn.execute(sa.delete(_fts).where(_fts.c.rowid.in_(sa.select(_entry.id).where(mine))))
    conn.execute(sa.delete(search_entry).where(mine))


def entries(entity: Entity, values: Mapping[str, object]) -> dict[str, str]:
    """Field → tokens of a record's entries, as far as `values` names them."""
    texts = {key: str(values[key] or "") for key in searchable(entity) if key in values}
    found = {key: tokens(text) for key, text in texts.items()}
    if entity.title in texts:
        found[SOUND] = sounds(texts[entity.title])
    return found


def _forget(conn: Connection, gone: Gone) -> None:
    numbers = [row[0] for row in conn.rows(_plans.get("forget", _delete), gone._asdict())]
    if numbers and conn.dialect != POSTGRESQL:
        conn.execute_many(_plans.get("forget words", _delete_words), [{"entry": number} for number in numbers])


def _delete() -> sa.Executable:
    mine = (_entry.entity == sa.bindparam("entity"), _entry.record_id == sa.bindparam("record_id"))
    return sa.delete(search_entry).where(*mine, is_one_of(_entry.field, "fields", keys=True)).returning(_entry.id)


def _delete_words() -> sa.Executable:
    return sa.delete(_fts).where(_fts.c.rowid == sa.bindparam("entry"))


_NEW = ("entity", "record_id", "field", "new_words")


def _insert_all() -> sa.Insert:
    """All entries in one statement, each column as one array parameter."""
    arrays = (sa.bindparam(f"all_{key}", type_=IdArray() if key == "record_id" else KeyArray()) for key in _NEW)
    new = sa.func.unnest(*arrays).table_valued(*(sa.column(key, sa.Text()) for key in _NEW)).render_derived()
    return insert_from(new)


def insert_from(new: sa.FromClause) -> sa.Insert:
    """PostgreSQL's entries from rows with the columns `_NEW`."""
    words = sa.func.to_tsvector(_simple(), new.c.new_words)
    rows = sa.select(new.c.entity, new.c.record_id, new.c.field, words)
    return sa.insert(search_entry).from_select(["entity", "record_id", "field", "words"], rows)


def _insert_numbered() -> sa.Insert:
    columns: dict[str, Any] = {name: sa.bindparam(name) for name in ("entity", "record_id", "field")}
    return sa.insert(search_entry).values({**columns, "id": sa.bindparam("entry")})


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
    phrase = words if conn.dialect == POSTGRESQL else f'"{words}"'
    found = {key: _find_in(conn, gate, key, scope, phrase, limit, env) for key, scope in scopes.items()}
    return {key: ids for key, ids in found.items() if ids}


def find_loosely(
    conn: Connection, gate: Gate, scopes: Mapping[str, Scope], text: str, *, env: Env | None = None
) -> dict[str, list[int]]:
    """Entity → ids of records whose title has all these Chinese characters somewhere: 上汽 of 上海汽车, newest first.

    Nothing for other text, whose letters every record has. Whether they stand in order is the caller's to see.
    """
    words = tokens(text).split()
    if len(words) < 2 or any(word.isascii() for word in words):
        return {}
    everything = " ".join(words if conn.dialect == POSTGRESQL else (f'"{word}"' for word in words))
    titles = {
        key: Scope(scope.sight, (title,))
        for key, scope in scopes.items()
        if (title := gate.app.entity(key).title) in scope.fields
    }
    found = {
        key: _find_in(conn, gate, key, scope, everything, _MOST_LOOSE, env, is_phrase=False)
        for key, scope in titles.items()
    }
    return {key: ids for key, ids in found.items() if ids}


def read_texts(
    conn: Connection, gate: Gate, entity: str, scope: Scope, ids: Collection[int], env: Env | None = None
) -> dict[int, dict[str, str]]:
    """Id → the texts of those records by field, the readable ones that are not empty."""
    fields = tuple(scope.fields)

    def select() -> sa.Executable:
        rows = gate.readable(entity, scope.sight, stored=fields)
        return sa.select(rows.c.id, *(rows.c[key] for key in fields)).where(is_one_of(rows.c.id, "ids"))

    plan = gate.plans.get(("search texts", entity, scope.sight.shape, fields), select)
    rows = conn.rows(plan, {**gate.params(scope.sight, env), "ids": list(ids)})
    return {row[0]: {key: str(text) for key, text in zip(fields, row[1:], strict=True) if text} for row in rows}


def _find_in(
    conn: Connection,
    gate: Gate,
    entity: str,
    scope: Scope,
    wanted: str,
    limit: int,
    env: Env | None,
    *,
    is_phrase: bool = True,
) -> list[int]:
    """wanted: what the full-text index is asked for."""
    if scope.sight.is_nothing:
        return []
    title = gate.app.entity(entity).title
    fields = [*scope.fields, *([SOUND] if title in scope.fields and is_phrase else [])]
    plan = gate.plans.get(
        ("search", entity, scope.sight.shape, conn.dialect, is_phrase),
        lambda: _select(gate, entity, scope.sight, conn.dialect, is_phrase=is_phrase),
    )
    params = {**gate.params(scope.sight, env), "entity": entity, "fields": fields, "wanted": wanted, "most": limit}
    return [row[0] for row in conn.rows(plan, params)]


def _select(gate: Gate, entity: str, sight: Sight, dialect: str, *, is_phrase: bool) -> sa.Executable:
    rows = gate.readable(entity, sight)
    wanted = sa.bindparam("wanted", type_=sa.Text())
    source: sa.FromClause = search_entry
    if dialect == POSTGRESQL:
        to_query = sa.func.phraseto_tsquery if is_phrase else sa.func.plainto_tsquery
        matches = _entry.words.bool_op("@@")(to_query(_simple(), wanted))
    else:
        source = search_entry.join(_fts, _fts.c.rowid == _entry.id)
        matches = _fts.c.words.bool_op("MATCH")(wanted)
    mine = (_entry.entity == sa.bindparam("entity"), is_one_of(_entry.field, "fields", keys=True))
    hits = sa.select(rows.c.id).select_from(source.join(rows, rows.c.id == _entry.record_id)).where(*mine, matches)
    return hits.distinct().order_by(rows.c.id.desc()).limit(sa.bindparam("most", type_=sa.Integer()))
