"""Full text: one character a token and phrase queries, which finds exactly the substrings, in Chinese as in English."""

from __future__ import annotations

from engine.store.columns import POSTGRESQL
from engine.store.connection import Connection
from engine.store.ddl import SqlText

_FTS5 = """
CREATE VIRTUAL TABLE search_words USING fts5(
  words, content='search_entry', content_rowid='id', tokenize="unicode61 remove_diacritics 0"
)
"""

_GIN = "CREATE INDEX search_entry_words ON search_entry USING gin (to_tsvector('simple', words))"


def make_index(conn: Connection) -> None:
    """The full-text index over `search_entry`; once, with the system tables."""
    conn.define(SqlText(_GIN if conn.dialect == POSTGRESQL else _FTS5))
