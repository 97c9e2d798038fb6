"""What templates are given: one frozen dataclass for each thing a screen shows. Texts in them are ready to read.

What a page makes by the dozen is a NamedTuple, which takes a third of the time to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup

from engine.verdict import Explanation


@dataclass(frozen=True, slots=True)
class Badge:
    """A small label. tone: "" stage ok warn bad tag won lost …; hue: the name of a colour for its dot."""

    text: str
    tone: str = ""
    hue: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str
    note: str = ""
    icon: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a text that was found; is_marked: they match what was searched for."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A record that was found. field and where: what matches beside the title."""

    title: tuple[Piece, ...]
    href: str
    note: str = ""
    field: str = ""
    where: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundGroup:
    label: str
    icon: str
    links: tuple[FoundLink, ...]


@dataclass(frozen=True, slots=True)
class Meter:
    """A score: its text, its share of the scale in percent, and where it stands ("low", "mid", "good")."""

    text: str
    share: int
    level: str
    band: Badge | None = None


class Shown(NamedTuple):
    """One value as a screen shows it. look: text number badges meter person links long rich yes empty."""

    key: str
    label: str
    look: str
    text: str = ""
    href: str = ""
    badges: tuple[Badge, ...] = ()
    links: tuple[Link, ...] = ()
    meter: Meter | None = None
    is_bad: bool = False
    is_wide: bool = False
    is_number: bool = False
    why: str = ""
    copy: str = ""
    """What a press on the copy button puts on the clipboard."""
    history: str = ""
    """Where the values that the field had before are told."""
    is_outside: bool = False
    """The link leads to another site."""
    html: Markup | None = None
    """A rich text with its marks, where there is room for it; `text` is the same without them."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One option to choose: value as the form sends it."""

    value: str
    text: str
    hue: str = ""
    group: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A file that a field holds."""

    id: int
    name: str
    note: str = ""
    is_image: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """One field to fill in. `control` names the macro that draws it; raw: what was typed, as the form sends it."""

    key: str
    name: str
    id: str
    label: str
    control: str
    raw: str = ""
    text: str = ""
    help: str = ""
    error: str = ""
    is_required: bool = False
    may_be_required: bool = False
    is_shown: bool = True
    is_wide: bool = False
    has_focus: bool = False
    picks: tuple[Pick, ...] = ()
    files: tuple[Held, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    target: str = ""
    """The kind of record that a lookup chooses."""
    prefix: str = ""
    suffix: str = ""
    inputmode: str = ""
    accept: str = ""
    is_many: bool = False
    snippets: tuple[str, ...] = ()
    lines: Lines | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A child row in a form. index is its number in the form, id the record's or ""."""

    index: str
    id: str
    inputs: tuple[Input, ...]
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Child rows to edit: heads in the order of the inputs, the rows, and an empty row as the pattern for new ones."""

    heads: tuple[Input, ...]
    rows: tuple[Line, ...]
    pattern: Line
    next: int


@dataclass(frozen=True, slots=True)
class FormPart:
    label: str
    inputs: tuple[Input, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the error summary; href leads to the field."""

    text: str
    href: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    href: str
    icon: str
    is_here: bool = False
    key: str = ""
    subs: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A column of a list. sort_href: "" where it cannot be sorted; sorted: "", "ascending" or "descending".

    may_edit: its cells may be edited in place, as far as the record allows.
    """

    label: str
    is_number: bool = False
    sort_href: str = ""
    sorted: str = ""
    key: str = ""
    may_edit: bool = False


class Cell(NamedTuple):
    """A value in a list: as html, in which every text is escaped, and as the plain text that people read."""

    html: str
    text: str
    is_empty: bool
    is_number: bool = False

    def __html__(self) -> str:
        return self.html


class Row(NamedTuple):
    """A record in a list. tds: its cells as a table has them; line: the facts of its card; pick: what the box says that
    chooses it."""

    id: int
    version: int
    href: str
    title: str
    pick: str
    cells: tuple[Cell, ...]
    tds: Markup
    line: Markup
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter chip with its choices; kind: choice person yesno."""

    key: str
    label: str
    kind: str
    picks: tuple[Pick, ...] = ()
    source: str = ""
    text: str = ""
    value: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.value) or any(pick.is_chosen for pick in self.picks)

    @property
    def chosen(self) -> str:
        names = [pick.text for pick in self.picks if pick.is_chosen]
        return self.text or (names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}" if names else "")


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in the path: state past, now or later; end: "" won lost …; can_go: a move leads there from here."""

    key: str
    label: str
    state: str
    end: str = ""
    is_late: bool = False
    can_go: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A finding as people see it: state met unmet broken warned waived observed; what to give in place.

    spare: a part that its group does not need any more.
    """

    rule: str
    slug: str
    state: str
    said: str
    inputs: tuple[Input, ...] = ()
    add: Link | None = None
    line: int = 0
    may_waive: bool = False
    waive_who: str = ""
    waive_reason: str = ""
    why: Explanation | None = None
    why_href: str = ""
    parts: tuple[Check, ...] = ()
    look: str = ""
    """"field" or "file" when one input alone would meet it: then the two share one label."""
    is_choice: bool = False
    """The parts are ways of which some are enough, not all."""

    @property
    def place(self) -> str:
        """Where the dialog puts it: "fields" first, then "rules" to look into, "ways" to choose from, "files"."""
        if self.parts:
            return "ways"
        if not self.inputs:
            return "rules"
        return "files" if all(one.control == "upload" for one in self.inputs) else "fields"


@dataclass(frozen=True, slots=True)
class PastValue:
    """One time that a field was given a value."""

    who: str
    when: str
    instant: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Called:
    """A comment that calls the reader to a record."""

    title: str
    href: str
    who: str
    when: str
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline. icon names it, tone colours it."""

    icon: str
    tone: str
    who: str
    when: str
    instant: str
    text: str
    body: tuple[Piece, ...] = ()
    link: Link | None = None
    changes: tuple[tuple[str, str, str], ...] = ()
    files: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildList:
    key: str
    label: str
    icon: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    add_href: str = ""
    quick_href: str = ""
    """The same form as a dialog over the record."""
    all_href: str = ""
    count: str = ""


@dataclass(frozen=True, slots=True)
class FactPart:
    label: str
    facts: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both sides changed, or that would change what somebody else saved."""

    key: str
    label: str
    mine: str
    theirs: str
    raws: tuple[tuple[str, str], ...] = ()
