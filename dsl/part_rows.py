"""How the parts of the language are written down: a part is its keys, a key its shape and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a part.

    shape: text label yesno whole name names formula field any, a part's name after `@` for one block,
    `{@part` for blocks by key, `[@part` for a list of blocks, or words with `|` for a choice of words.
    is_later: it is read, checked where it can be, and does not act yet.
    """

    name: str
    shape: str
    help: str
    is_required: bool = False
    is_later: bool = False


Part = Mapping[str, Key]


def part(*rows: str) -> Part:
    """Keys from rows of `name shape help…`; `!` after the name marks a required key, `~` one that acts later."""
    keys = {}
    for row in rows:
        name, shape, help_text = row.split(None, 2)
        plain = name.rstrip("!~")
        keys[plain] = Key(plain, shape, help_text, name.endswith("!"), name.endswith("~"))
    return keys
