"""One cell of a file as a value of a field: what people type into spreadsheets, read with the field's own reader.

Nothing is guessed that could be meant otherwise: what cannot be read is refused with the reason and what may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dsl.app import App, Entity, Field
from dsl.formula.value_types import ChoiceType, DateType, NumberType, PersonType, RefType, SetType, TextType, TimeType
from dsl.kinds import Complaint, read_value
from dsl.names import suggest
from dsl.outlets import ImportColumn
from engine.flow.sentences import say
from engine.intake.plain_text import folded, half_width
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


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Reads cells for one import. language: of the person who imports. find: people and records by name."""

    app: App
    entity: Entity
    language: str
    find: Find

    def read(self, field: Field, column: ImportColumn, cell: Cell, words: Mapping[str, str]) -> object:
        """The stored value, None for nothing, or a Fault. words: what people said words mean, beside the app's own."""
        text = self._text(field, cell, {**column.words, **words} if words else column.words)
        if text is None:
            text = column.empty or None
        if text is None:
            return None
        match field.value_type:
            case PersonType():
                return self._named("person", column, text)
            case RefType(entity=entity):
                return self._named(entity, column, text)
            case ChoiceType() if field.key == "stage":
                return self._stage(column, text)
            case SetType():
                return self._options(field, column, text, words)
            case _:
                return self._said(field, column, text, read_value(self.app, field, shaped(field, text), self.language))

    def reader(self, field: Field, column: ImportColumn, words: Mapping[str, str]) -> Callable[[Cell], object]:
        """As `read`, for one column of many rows: what a cell means is found out once, however often it stands there.

        It is meant for one batch: it remembers every different cell, and whom names meant when it was asked.
        """
        known: dict[tuple[type, Cell], object] = {}

        def read(cell: Cell) -> object:
            if cell is None and not column.empty:
                return None
            key = type(cell), cell  # True, 1 and 1.0 are equal, and are not the same
            if key not in known:
                known[key] = self.read(field, column, cell, words)
            return known[key]

        return read

    def _text(self, field: Field, cell: Cell, words: Mapping[str, str]) -> str | None:
        """The cell as the field's reader takes it: a text without filler, in half width, its word replaced."""
        if cell is None:
            return None
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, int | float):
            return from_number(field, cell)
        text = half_width(cell) if field.kind not in ("long", "rich") else cell.strip()
        if not (folded(text) or text in _TICKS) or is_filler(self.app, field, text):
            return None  # also where only a dash or a question mark stands
        return meant(text, words)

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

    def _options(self, field: Field, column: ImportColumn, text: str, words: Mapping[str, str]) -> object:
        """Several options of a set; each may be a word that means one."""
        whole = read_value(self.app, field, text, self.language)
        if not isinstance(whole, Complaint):
            return whole
        keys: set[str] = set()
        known = {**column.words, **words}
        for part in filter(None, map(str.strip, _SEVERAL.split(text))):
            found = read_value(self.app, field, [meant(part, known)], self.language)
            if isinstance(found, Complaint):
                return self._said(field, column, part, found)
            keys.update(found if isinstance(found, tuple) else ())
        return tuple(sorted(keys))

    def _named(self, entity: str, column: ImportColumn, text: str) -> object:
        found = self.find(entity, column, text)
        if found is None:
            return Fault(say(self.language, "import.nobody", label=column.head, name=text[:60]))
        return found

    def _said(self, field: Field, column: ImportColumn, text: str, value: object) -> object:
        if not isinstance(value, Complaint):
            return value
        said = f"{column.head}：{value.said.say(self.language)}"
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


def shaped(field: Field, text: str) -> str:
    """The text in a form that the kind's reader knows: `24.3.5`, `20240305`, `1200元`, `mailto:a@b.cn`, `√`."""
    match field.value_type:
        case DateType():
            return day_text(_MIDNIGHT.sub(r"\1", text).split(" ")[0])
        case TimeType():
            day, blank, clock = text.partition(" ")
            return f"{day_text(day)}{blank}{clock}"
        case NumberType():
            return _MONEY_WORDS.sub("", text).replace("，", ",").strip()
        case TextType() if field.kind == "email":
            return text.removeprefix("mailto:").replace(" ", "")
        case _:
            return _TICKS.get(text, text) if field.kind == "yesno" else text


def day_text(text: str) -> str:
    """A day with its full year, if it is written in one of the ways that leave no doubt."""
    if text.isascii() and text.isdigit() and len(text) == 5 and int(text) in _SERIALS:
        return (_FIRST_DAY + timedelta(days=int(text))).isoformat()
    if found := _COMPACT_DAY.fullmatch(text):
        return f"{found[1]}{found[2]}-{found[3]}-{found[4]}"
    if found := _SHORT_YEAR.fullmatch(text):
        return f"20{found[1]}-{found[3]}-{found[5]}"
    return text
