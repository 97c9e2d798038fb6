"""What the templates of charts are given. Texts in them are ready to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of a chart's table. href: the records behind it."""

    text: str
    href: str = ""
    is_bad: bool = False
    is_number: bool = True
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and the table that says the same. kind: what the script draws; data: what it draws from.

    note: how the figures are counted. ended: rows of what is over, beneath the others and not in the picture.
    """

    key: str
    title: str
    kind: str
    data: Mapping[str, object]
    heads: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]
    note: str = ""
    is_wide: bool = False
    ended: tuple[tuple[Figure, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    href: str = ""
    note: str = ""
    is_bad: bool = False
    exact: str = ""
