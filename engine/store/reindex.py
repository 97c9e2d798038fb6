"""The search index made anew from what is stored, to fill or to cure it, and read back, to be held against that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa

from engine.store import search
from engine.store.columns import POSTGRESQL
from engine.store.connection import Connection
from engine.store.seal import Reason, as_system
from engine.store.search import Words
from engine.store.system_tables import search_entry
from engine.store.tables import EntityTable, Tables

BATCH = 5_000
"""Records indexed at once."""

_MOST = 1 << 64
_MOST_PLACES = 255
"""Of one word that PostgreSQL keeps in an entry."""

_entry = search_entry.c
_vocabulary = sa.table("search_vocabulary", sa.column("term"), sa.column("doc"), sa.column("offset", sa.Integer))


def reindex(conn: Connection, tables: Tables) -> None:
    """Forgets every entry and makes those of all living records; in a write transaction."""
    conn.execute(sa.delete(search_entry))
    if conn.dialect != POSTGRESQL:
        search.forget_words(conn)
    for found in tables:
        _index(conn, found)


def reindex_entity(conn: Connection, found: EntityTable) -> None:
    """The same for the records of one entity."""
    search.forget_entity(conn, found.entity.key)
    _index(conn, found)


def _index(conn: Connection, found: EntityTable) -> None:
    records = stored_texts(conn, found)
    while batch := list(islice(records, BATCH)):
        words = Words()
        for record_id, texts in batch:
            words.add(found.entity, record_id, texts)
        search.write(conn, words)


def stored_texts(conn: Connection, found: EntityTable) -> Iterator[tuple[int, dict[str, Any]]]:
    """(id, searchable field → text) of every living record, in the order of ids."""
    keys = [key for key in search.searchable(found.entity) if found.has_column(key)]
    rows = sa.select(found.table.c.id, *(found.column(key) for key in keys)).where(found.table.c.deleted_at.is_(None))
    for record_id, *values in conn.stream(as_system(rows.order_by(found.table.c.id), Reason.SEARCH_INDEX)):
        yield record_id, dict(zip(keys, values, strict=True))


# --- what is in the index ---------------------------------------------------------------------------------------------


def digest(words: str, dialect: str) -> int:
    """A number that stands for these words in this order, as far as the database keeps places; 0 for none."""
    seen: Counter[str] = Counter()
    total = 0
    for place, word in enumerate(words.split(), 1):
        seen[word] += 1
        if dialect != POSTGRESQL or seen[word] <= _MOST_PLACES:
            total += _stamp(word, place)
    return total % _MOST


def digests(conn: Connection) -> dict[tuple[str, int, str], int]:
    """Every entry that is in the index, as (entity, record id, field) → the digest of its words; in a snapshot.

    An entry that lost its words has the digest 0, one that stands there twice is a sum that no words have.
    """
    by_entry: dict[int, int] = {}
    for entry, word, place in conn.stream(_words_on_postgresql() if conn.dialect == POSTGRESQL else _words_on_sqlite()):
        by_entry[entry] = (by_entry.get(entry, 0) + _stamp(word, place)) % _MOST
    found: dict[tuple[str, int, str], int] = {}
    for entry, entity, record_id, field in conn.stream(
        sa.select(_entry.id, _entry.entity, _entry.record_id, _entry.field)
    ):
        key = (entity, record_id, field)
        found[key] = (found.get(key, 0) + by_entry.get(entry, 0)) % _MOST
    return found


def _stamp(word: str, place: int) -> int:
    """Of this process only: Python's own hash, which is quick, differs from one process to the next."""
    return hash((word, place)) % _MOST


def _words_on_sqlite() -> sa.Executable:
    return sa.select(_vocabulary.c.doc, _vocabulary.c.term, _vocabulary.c.offset + 1)


def _words_on_postgresql() -> sa.Executable:
    lexemes = sa.func.unnest(_entry.words).table_valued("lexeme", "positions", "weights").render_derived(name="lexemes")
    places = sa.func.unnest(lexemes.c.positions).table_valued("place").render_derived(name="places")
    found = search_entry.join(lexemes, sa.true()).join(places, sa.true())
    return sa.select(_entry.id, lexemes.c.lexeme, sa.cast(places.c.place, sa.Integer)).select_from(found)
