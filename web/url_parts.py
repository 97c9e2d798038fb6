"""Parts of addresses: an id that fits every database, and an entity's key that is not a word of the API."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, IntegerConverter

MOST_ID = 10**15 - 1
"""Ids stay below 2^53, what every JSON reader keeps exactly; a longer number in an address is no record's."""

RESERVED = ("tokens", "me", "people", "schema", "files")


class RecordId(IntegerConverter):
    """`<int:…>` everywhere: up to fifteen digits."""

    regex = r"[0-9]{1,15}"


class TableField(BaseConverter):
    """`<rows:…>` after a record: a field of its entity, not one of the words that follow a record."""

    regex = r"(?!(?:move|timeline|checklist|why)(?:/|$))[^/]+"


class EntityKey(BaseConverter):
    """`<entity:…>` in the API: any word that has no meaning of its own there."""

    regex = rf"(?!(?:{'|'.join(RESERVED)})(?:/|$))[^/]+"
