"""What the board's templates are given. Texts in them are ready to read."""

from __future__ import annotations

from dataclasses import dataclass

from web.contexts import Link, Shown


@dataclass(frozen=True, slots=True)
class Kard:
    """A record on the board. facts: words under its title; figures: numbers and people on its last line.

    late: "超期 3 天" or "". moves: where it may be taken; href of each is the column's key.
    """

    id: int
    version: int
    href: str
    title: str
    move_href: str
    facts: tuple[Shown, ...]
    figures: tuple[Shown, ...]
    moves: tuple[Link, ...]
    late: str = ""
    is_red: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """short is for a narrow head ("329 万"), exact for whoever asks."""

    short: str
    exact: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the board, or its cell in one swim lane.

    id: of its element. weighted: the sum times the stage's chance. is_loaded: its cards are on the page (a folded
    column has none). next_href: where more cards come from.
    """

    id: str
    key: str
    label: str
    count: int
    sum: Sum | None
    kards: tuple[Kard, ...]
    end: str = ""
    weighted: Sum | None = None
    is_folded: bool = False
    is_loaded: bool = True
    next_href: str = ""
    list_href: str = ""
    lane_href: str = ""
    add_href: str = ""


@dataclass(frozen=True, slots=True)
class Swim:
    """A swim lane: its cells stand under the columns of the board."""

    key: str
    label: str
    count: int
    sum: Sum | None
    cells: tuple[Lane, ...]
    list_href: str


@dataclass(frozen=True, slots=True)
class Board:
    """swims: empty where the board is not split; then the lanes hold the cards themselves."""

    lanes: tuple[Lane, ...]
    swims: tuple[Swim, ...] = ()
    count: int = 0
    sum: Sum | None = None
    weighted: Sum | None = None
    more_href: str = ""
