"""One cell of a file as a value of a field: what people type into spreadsheets, read with the field's own reader.

Nothing is guessed that could be meant otherwise: what cannot be read is refused with the reason and what may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from dsl.app import App, Entity, Field
from dsl.formula.value_types import ChoiceType, DateType, NumberType, PersonType, RefType, SetType, TextType, TimeType
from dsl.kinds import KINDS, Complaint, read_value
from dsl.names import suggest
from dsl.outlets import ImportColumn
from engine.flow.sentences import say
from engine.intake.plain_text import folded, half_width, says_something
from engine.intake.sheets import Cell
from engine.values import is_filler

_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar, as it counts from 1900-03-01 on."""
_SERIALS = range(15_000, 80_000)
"""1941 to 2119: a number outside of it is no day that people mean."""
_MONEY_WORDS = re.compile(r"(人民币|rmb|cny|元整|元|块|约|￥|¥)", re.IGNORECASE)
_MOST_DIGITS = 15
_COMPACT_DAY = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_SHORT_YEAR = re.compile(r"(\d{2})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?")
_MIDNIGHT = re.compile(r"(.*\d)[ T]00:00(:00)?")
_TICKS = {"√": "是", "✓": "是", "✔": "是", "×": "否", "✗": "否", "x": "否", "X": "否", "v": "是", "V": "是"}
_SEVERAL = re.compile(r"[,，;；、/|]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell is not taken, in the words of who imports. word: an option that nobody knows, to be settled."""

    said: str
    word: str = ""


Find = Callable[[str, ImportColumn, str], "int | Fault | None"]
"""(entity, column, name) → the id of the person or record of that name; None if there is none of it."""
Read = Callable[[Cell], object]
"""A cell → the stored value, None for nothing, or a Fault."""


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Reads cells for one import. language: of the person who imports. find: people and records by name."""

    app: App
    entity: Entity
    language: str
    find: Find

    def reader(self, field: Field, column: ImportColumn, words: Mapping[str, str]) -> Read:
        """Reads the cells of one column. words: what people said that words mean, beside the app's own.

        What a cell means is found out once, however often it stands there. So it is meant for one batch: it remembers
        every different cell, and whom names meant when it was asked.
        """
        read = self.read_once(field, column, words)
        texts: dict[str, object] = {}
        others: dict[tuple[type, Cell], object] = {}  # True, 1 and 1.0 are equal, and are not the same

        def remembered(cell: Cell) -> object:
            if type(cell) is str:
                if cell not in texts:
                    texts[cell] = read(cell)
                return texts[cell]
            key = type(cell), cell
            if key not in others:
                others[key] = read(cell)
            return others[key]

        return remembered

    def read_once(self, field: Field, column: ImportColumn, words: Mapping[str, str]) -> Read:
        """As `reader`, each cell anew."""
        known = {**column.words, **words}
        text_of, value_of = self._text_of(field, known), self._value_of(field, column, known)

        def read(cell: Cell) -> object:
            text = text_of(cell) if cell is not None else None
            if text is None and not column.empty:
                return None
            return value_of(column.empty if text is None else text)

        return read

    def _text_of(self, field: Field, words: Mapping[str, str]) -> Callable[[Cell], str | None]:
        """The cell as the field's reader takes it: a text without filler, in half width, its word replaced."""
        narrow = half_width if field.kind not in ("long", "rich") else str.strip
        replaced = partial(meant, words=words) if words else str

        def text_of(cell: Cell) -> str | None:
            if isinstance(cell, bool):
                return "true" if cell else "false"
            if isinstance(cell, int | float):
                return from_number(field, cell)
            text = narrow(cell or "")
            if not (says_something(text) or text in _TICKS) or is_filler(self.app, field, text):
                return None  # also where only a dash or a question mark stands
            return replaced(text)

        return text_of

    def _value_of(self, field: Field, column: ImportColumn, words: Mapping[str, str]) -> Callable[[str], object]:
        """What such a text means in the field."""
        match field.value_type:
            case PersonType():
                return partial(self._named, "person", column)
            case RefType(entity=entity):
                return partial(self._named, entity, column)
            case ChoiceType() if field.key == "stage":
                return partial(self._stage, column)
            case SetType():
                return partial(self._options, field, column, words)
            case _:
                return self._plain(field, column)

    def _plain(self, field: Field, column: ImportColumn) -> Callable[[str], object]:
        read, shape = KINDS[field.kind].read, shaper(field)

        def value_of(text: str) -> object:
            value = read(self.app, field, shape(text) if shape is not None else text)
            return value if not isinstance(value, Complaint) else self._fault(field, column, text, value)

        return value_of

    def _stage(self, column: ImportColumn, text: str) -> object:
        """A stage by its key or by what people call it, in any pipeline of the entity."""
        stages = [stage for pipeline in self.entity.pipelines for stage in pipeline.stages]
        for stage in stages:
            if text == stage.key or any(text == label for _, label in stage.label.by_language):
                return stage.key
        said = say(self.language, "import.nobody", label=column.head, name=text[:60])
        if near := suggest(text, [stage.label.say(self.language) for stage in stages]):
            said += say(self.language, "import.meant", names=" / ".join(near))
        return Fault(said)

    def _options(self, field: Field, column: ImportColumn, words: Mapping[str, str], text: str) -> object:
        """Several options of a set; each may be a word that means one."""
        whole = read_value(self.app, field, text, self.language)
        if not isinstance(whole, Complaint):
            return whole
        keys: set[str] = set()
        for part in filter(None, map(str.strip, _SEVERAL.split(text))):
            found = read_value(self.app, field, [meant(part, words)], self.language)
            if isinstance(found, Complaint):
                return self._fault(field, column, part, found)
            keys.update(found if isinstance(found, tuple) else ())
        return tuple(sorted(keys))

    def _named(self, entity: str, column: ImportColumn, text: str) -> object:
        found = self.find(entity, column, text)
        if found is None:
            return Fault(say(self.language, "import.nobody", label=column.head, name=text[:60]))
        return found

    def _fault(self, field: Field, column: ImportColumn, text: str, complaint: Complaint) -> Fault:
        said = f"{column.head}：{complaint.said.say(self.language)}"
        if near := suggest(text, option_labels(self.app, field, self.language)):
            said += say(self.language, "import.meant", names=" / ".join(near))
        return Fault(said, text if isinstance(field.value_type, ChoiceType | SetType) else "")


def meant(text: str, words: Mapping[str, str]) -> str:
    """The word that stands for this one, however it is written; else the text itself."""
    if not words or text in words:
        return words.get(text, text)
    key = folded(text)
    return next((other for word, other in words.items() if folded(word) == key), text)


def option_labels(app: App, field: Field, language: str) -> Iterable[str]:
    listed = app.choices.get(field.choices)
    return [option.label.say(language) for option in listed.options if not option.retired] if listed else []


def from_number(field: Field, cell: float) -> str:
    """A number of a spreadsheet as text: a day by its count, else without what binary fractions add."""
    match field.value_type:
        case DateType() if int(cell) in _SERIALS:
            return (_FIRST_DAY + timedelta(days=int(cell))).isoformat()
        case TimeType() if int(cell) in _SERIALS:
            at = datetime.combine(_FIRST_DAY, datetime.min.time()) + timedelta(seconds=round(cell * 86_400))
            return at.strftime("%Y-%m-%d %H:%M:%S")
        case _ if isinstance(cell, int):
            return str(cell)
        case NumberType(scale=scale):
            rounded = round(cell, scale)
            return _plain(rounded if abs(rounded - cell) < 1e-9 * max(1.0, abs(cell)) else cell)
        case _:
            return _plain(cell)


def _plain(number: float) -> str:
    text = f"{number:.{_MOST_DIGITS}g}"
    return f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text and abs(number) < 1e18 else text


def shaper(field: Field) -> Callable[[str], str] | None:
    """Brings a text into a form that the kind's reader knows: `24.3.5`, `20240305`, `1200元`, `mailto:a@b.cn`, `√`.

    None where it takes every text as it is.
    """
    match field.value_type:
        case DateType():
            return lambda text: day_text(_MIDNIGHT.sub(r"\1", text).split(" ")[0])
        case TimeType():
            return _instant_text
        case NumberType():
            return _number_text
        case TextType() if field.kind == "email":
            return lambda text: text.removeprefix("mailto:").replace(" ", "")
        case _:
            return (lambda text: _TICKS.get(text, text)) if field.kind == "yesno" else None


def _number_text(text: str) -> str:
    """Without the words around a sum of money."""
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return text
    return _MONEY_WORDS.sub("", text).replace("，", ",").strip()


def _instant_text(text: str) -> str:
    day, blank, clock = text.partition(" ")
    return f"{day_text(day)}{blank}{clock}"


def day_text(text: str) -> str:
    """A day with its full year, if it is written in one of the ways that leave no doubt."""
    if text.isascii() and text.isdigit() and len(text) == 5 and int(text) in _SERIALS:
        return (_FIRST_DAY + timedelta(days=int(text))).isoformat()
    if found := _COMPACT_DAY.fullmatch(text):
        return f"{found[1]}{found[2]}-{found[3]}-{found[4]}"
    if found := _SHORT_YEAR.fullmatch(text):
        return f"20{found[1]}-{found[3]}-{found[5]}"
    return text
