"""Parts of addresses: an id that fits every database, and an entity's key that is not a word of the API."""

from __future__ import annotations

import re

from werkzeug.routing import BaseConverter, IntegerConverter

MOST_ID = 10**15 - 1
"""Ids stay below 2^53, what every JSON reader keeps exactly; a longer number in an address is no record's."""

_ID = re.compile(r"[0-9]{1,15}\Z")

RESERVED = ("tokens", "me", "people", "schema", "files", "webhooks", "jobs", "imports", "import-runs")


def id_in(text: str) -> int | None:
    """The id or version that a form or a query names; None for any other text, for "²" and for a number too long."""
    return int(text) if _ID.match(text) else None


class RecordId(IntegerConverter):
    """`<int:…>` everywhere: up to fifteen digits."""

    regex = r"[0-9]{1,15}"


class TableField(BaseConverter):
    """`<rows:…>` after a record: a field of its entity, not one of the words that follow a record."""

    regex = r"(?!(?:move|timeline|checklist|why)(?:/|$))[^/]+"


class EntityKey(BaseConverter):
    """`<entity:…>` in the API: any word that has no meaning of its own there."""

    regex = rf"(?!(?:{'|'.join(RESERVED)})(?:/|$))[^/]+"
