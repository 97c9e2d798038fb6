"""Values as screens show them: a record's field in stored form → `Shown`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from urllib.parse import quote, urlsplit

from dsl.app import App, Band, Entity, Field, Score, Stage
from dsl.formula.value_types import NumberType
from dsl.kinds import text_value
from engine.answers import FileNote, Record
from web.contexts import Badge, Link, Meter, Shown
from web.pages.address import address
from web.rich_text import plain, rich
from web.words import say_in

NUMBERS = frozenset({"number", "integer", "percent", "money", "duration"})
LONG = frozenset({"long", "rich"})
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_DIALLED = re.compile(r"[^0-9+*#,;]")
MAP = "https://uri.amap.com/marker?position={lng},{lat}&name={name}&coordinate=wgs84"
"""Opens a point in the map that people in China have; browsers tell where they are in WGS 84."""
_LEVELS = {"red": "low", "yellow": "mid", "orange": "mid", "green": "good"}


def shown(app: App, record: Record, key: str, language: str, *, tells_more: bool = True) -> Shown:
    """One field of a record; an unknown or hidden key is an empty value without a label.

    tells_more: with the addresses that say why it is so and what it was before, which a cell of a list has no room for.
    """
    entity = app.entity(record.entity)
    field = entity.fields.get(key)
    if field is None:
        return Shown(key, key, "empty")
    return _Show(app, entity, field, record, language, tells_more=tells_more).shown()


def label_of(entity: Entity, key: str, language: str) -> str:
    field = entity.fields.get(key)
    if field is None:
        return key
    return field.label.say(language) or key


def is_plain(entity: Entity, field: Field) -> bool:
    """Whether a field is shown as the text of its value and nothing else."""
    return field.kind not in _LOOKS and field.key not in entity.scores and field.key not in ("stage", "days_in_stage")


def plain_text(app: App, field: Field, value: object, language: str) -> str:
    """The value as people read it on a screen: money in whole units without its decimals."""
    text = text_value(app, field, value, language)
    return text.removesuffix(".00") if field.kind == "money" else text


def is_number(field: Field | None) -> bool:
    return field is not None and field.kind in NUMBERS


def size_text(size: int) -> str:
    """1536 → 1.5 KB."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.1f} {unit}" if unit != "B" and amount < 10 else f"{amount:.0f} {unit}"


def file_link(note: FileNote) -> Link:
    href = address("files.show", file_id=note.id)
    return Link(note.name, href, size_text(note.size), "paperclip", href if note.mime.startswith("image/") else "")


ASKED_IF_LATE = ("stage", "days_in_stage")
"""Fields that tell whether a record is late."""


def days_over(entity: Entity, values: Mapping[str, object]) -> int:
    """Whole days, rounded up, that the record is over its stage's standard dwell; 0 if it is not or there is none."""
    stage = entity.stage(str(values.get("stage") or ""))
    days = values.get("days_in_stage")
    if stage is None or stage.limit is None or stage.end or not isinstance(days, int):
        return 0
    kind = entity.fields["days_in_stage"].value_type
    scale = kind.scale if isinstance(kind, NumberType) else 0
    over = Decimal(days).scaleb(-scale) - Decimal(stage.limit) / 86_400
    return max(0, math.ceil(over))


def late_text(entity: Entity, values: Mapping[str, object], language: str) -> str:
    """ "超期 3 天", in workdays where the stage's standard is said in workdays; "" for a record that is in time."""
    over = days_over(entity, values)
    if not over:
        return ""
    stage = entity.stage(str(values.get("stage") or ""))
    if stage is not None and stage.limit_in_workdays:
        return say_in(language, "超期 {n} 个工作日", n=over)
    return say_in(language, "超期 {n} 天", n=over)


def limit_text(stage: Stage, language: str) -> str:
    """The standard dwell: "7 天", "3 个工作日", "36 小时"; "" for none."""
    if stage.limit is None:
        return ""
    days, rest = divmod(stage.limit, 86_400)
    if rest:
        return say_in(language, "{n} 小时", n=f"{stage.limit / 3_600:g}")
    return say_in(language, "{n} 个工作日" if stage.limit_in_workdays else "{n} 天", n=days)


def days_text(seconds: int, language: str) -> str:
    """A stretch of time in days with one decimal: "5.6 天"."""
    return say_in(language, "{n} 天", n=f"{seconds / 86_400:.1f}")


class _Show:
    """One value on its way to the screen; the parts they share are gathered once."""

    def __init__(
        self, app: App, entity: Entity, field: Field, record: Record, language: str, *, tells_more: bool
    ) -> None:
        self.app, self.entity, self.field, self.record, self.language = app, entity, field, record, language
        self.value = record.values.get(field.key)
        self.tells_more = tells_more and bool(record.id)

    def shown(self) -> Shown:
        if self.field.key in self.record.masked:
            return self._as("text", text=str(self.value or ""))
        if self.field.key in self.entity.scores:
            return self._score(self.entity.scores[self.field.key])
        look = _LOOKS.get("stage" if self.field.key == "stage" else self.field.kind, _Show._plain)
        return look(self)

    def _as(self, look: str, **more: object) -> Shown:
        """A Shown of this field; an empty text makes it empty."""
        field = self.field
        is_empty = not (more.get("text") or more.get("badges") or more.get("links"))
        return Shown(
            key=field.key,
            label=label_of(self.entity, field.key, self.language),
            look="empty" if is_empty else look,
            is_number=field.kind in NUMBERS,
            is_wide=field.kind in LONG or field.kind == "files",
            why=self._why() if self.tells_more else "",
            history=self._history() if self.tells_more else "",
            **more,  # type: ignore[arg-type]
        )

    def _why(self) -> str:
        if not (self.field.is_computed or self.field.key in self.entity.scores):
            return ""
        return address("records.why", entity=self.entity.key, record_id=self.record.id, rule=self.field.key)

    def _history(self) -> str:
        field = self.field
        is_typed = not (field.is_computed or field.given or field.key in self.entity.scores) or field.kind == "tags"
        if not is_typed:
            return ""
        return address("histories.show", entity=self.entity.key, record_id=self.record.id, field=field.key)

    def _plain(self) -> Shown:
        text = plain_text(self.app, self.field, self.value, self.language)
        if self.field.key == "days_in_stage" and text:
            over = days_over(self.entity, self.record.values)
            stage = self.entity.stage(str(self.record.values.get("stage") or ""))
            in_workdays = stage is not None and stage.limit_in_workdays
            said = say_in(self.language, "{n} 个工作日" if in_workdays else "{n} 天", n=text)
            return self._as("text", text=said, is_bad=over > 0)
        return self._as("long" if self.field.kind in LONG else "text", text=text)

    def _badges(self) -> Shown:
        keys = self.value if isinstance(self.value, tuple | list) else (self.value,) if self.value else ()
        if self.field.key == "stage":
            stage = self.entity.stage(str(self.value or ""))
            if stage is None:
                return self._as("empty")
            label = stage.label.say(self.language)
            return self._as("badges", text=label, badges=(Badge(label, stage.end or "stage", stage.color),))
        return self._as("badges", badges=tuple(self._badge(str(key), "tag") for key in keys))

    def _badge(self, key: str, tone: str = "") -> Badge:
        listed = self.app.choices.get(self.field.choices)
        option = listed.find(key) if listed else None
        return Badge(option.label.say(self.language) if option else key, tone, option.color if option else "")

    def _choice(self) -> Shown:
        if not self.value:
            return self._as("empty")
        badge = self._badge(str(self.value))
        if self.field.choices.startswith("band:"):
            tone = {"red": "bad", "yellow": "warn", "green": "ok"}.get(badge.hue, "")
            return self._as("badges", text=badge.text, badges=(Badge(badge.text, tone),))
        if badge.hue:
            return self._as("badges", text=badge.text, badges=(badge,))
        return self._as("text", text=badge.text)

    def _title(self) -> str:
        return self.record.titles.get(self.field.key, "")

    def _reference(self) -> Shown:
        if not isinstance(self.value, int):
            return self._as("empty")
        title = self._title()
        if not title:
            return self._as("text", text=say_in(self.language, "（无权查看）"))
        href = address("records.show", entity=self.field.target, record_id=self.value)
        return self._as("text", text=title, href="" if self.field.key in self.record.closed else href)

    def _person(self) -> Shown:
        return self._as("person", text=self._title() if isinstance(self.value, int) else "")

    def _department(self) -> Shown:
        return self._as("text", text=self._title() if isinstance(self.value, int) else "")

    def _address(self) -> Shown:
        text = str(self.value or "")
        if self.field.kind == "url":
            safe = urlsplit(text).scheme in ("http", "https")
            short = _SCHEME.sub("", text).rstrip("/") if safe else text
            return self._as("text", text=short, href=text if safe else "", copy=text, is_outside=safe)
        href = f"mailto:{text}" if self.field.kind == "email" else f"tel:{_DIALLED.sub('', text)}"
        return self._as("text", text=text, href=href, copy=text)

    def _code(self) -> Shown:
        return self._as("text", text=str(self.value or ""), copy=str(self.value or ""))

    def _rich(self) -> Shown:
        text = str(self.value or "")
        return self._as("rich", text=plain(text) or text, html=rich(text))

    def _place(self) -> Shown:
        """The name, or the point itself, with the way to it on a map."""
        if not isinstance(self.value, Mapping):
            return self._as("empty")
        lat, lng, name = (self.value.get(part) for part in ("lat", "lng", "name"))
        href = MAP.format(lat=lat, lng=lng, name=quote(str(name or ""), safe=""))
        return self._as("text", text=str(name or f"{lat}, {lng}"), href=href, is_outside=True)

    def _files(self) -> Shown:
        ids: Iterable[object] = self.value if isinstance(self.value, tuple | list) else (self.value,)
        notes = [self.record.files[one] for one in ids if isinstance(one, int) and one in self.record.files]
        return self._as("links", links=tuple(file_link(note) for note in notes))

    def _yes(self) -> Shown:
        return self._as("yes" if self.value else "text", text=say_in(self.language, "是" if self.value else "否"))

    def _score(self, score: Score) -> Shown:
        if not isinstance(self.value, int):
            return self._as("empty")
        lows = [band.low for band in score.bands if band.low is not None]
        highs = [band.high for band in score.bands if band.high is not None]
        low, high = min(lows, default=0), max(highs, default=100)
        share = round(100 * (self.value - low) / (high - low)) if high > low else 0
        band = next((band for band in score.bands if _is_within(band, self.value)), None)
        level = _LEVELS.get(band.color, "mid") if band else "mid"
        badge = None
        if band is not None:
            badge = Badge(band.label.say(self.language), {"low": "bad", "mid": "warn", "good": "ok"}[level])
        meter = Meter(str(self.value), max(2, min(100, share)), level, badge)
        return self._as("meter", text=str(self.value), meter=meter)


_LOOKS: Mapping[str, Callable[[_Show], Shown]] = {
    "stage": _Show._badges, "tags": _Show._badges, "choices": _Show._badges, "choice": _Show._choice,
    "ref": _Show._reference, "person": _Show._person, "department": _Show._department,
    "email": _Show._address, "url": _Show._address, "phone": _Show._address, "code": _Show._code,
    "file": _Show._files, "image": _Show._files, "files": _Show._files, "yesno": _Show._yes, "place": _Show._place,
    "rich": _Show._rich,
}  # fmt: skip
"""How a field is shown, by its kind; any other is plain."""


def _is_within(band: Band, value: int) -> bool:
    return (band.low is None or value >= band.low) and (band.high is None or value <= band.high)
