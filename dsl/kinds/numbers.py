"""number.s, integer, percent, money: exact decimals, stored as an int scaled by 10**scale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal

from dsl.app import App, Field
from dsl.formula.scope import FIELD_LIMIT
from dsl.formula.value_types import INTEGER, MONEY, PERCENT, NumberType
from dsl.kinds.kind import Complaint, Spec, complain, plain

_NUMBER = re.compile(r"([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,3}))?\s*([%万亿]?)")
_UNITS = {"": Decimal(1), "%": Decimal("0.01"), "万": Decimal(10**4), "亿": Decimal(10**8)}
_SYMBOLS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_EXACT = Context(prec=300)
_PLAIN_DIGITS = 12
"""Of a number that no limit concerns but the field's own."""
_ALL_SYMBOLS = "¥$€£元"


def read_number(text: str) -> tuple[Decimal, str] | None:
    """The exact value of `1,280,000.5`, `50万`, `8%`, and the unit that was written; None if it is no number."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, digits, exponent, unit = match.groups()
    value = Decimal(f"{sign}{digits.replace(',', '')}e{exponent or 0}")
    return _EXACT.multiply(value, _UNITS[unit]), unit


def _plain_units(text: str, scale: int) -> int | None:
    """`12.34` at scale 4 → 123400: the most numbers are no more than that. None for any other text."""
    whole, _, rest = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= _PLAIN_DIGITS):
        return None
    if not rest:
        return int(whole + "0" * scale)
    return int(whole + rest.ljust(scale, "0")) if len(rest) <= scale and rest.isascii() and rest.isdigit() else None


def scaled(value: Decimal, scale: int) -> int | None:
    """value · 10**scale when that is whole, else None."""
    whole = _EXACT.scaleb(value, scale)
    if abs(whole) > FIELD_LIMIT:
        return FIELD_LIMIT + 1
    return int(whole) if whole == whole.to_integral_value() else None


def decimal_text(value: int, scale: int) -> str:
    """A scaled int with all decimals of its scale: 128000, 2 → "1280.00"."""
    if not scale:
        return str(value)
    digits = str(value)
    if len(digits) <= scale or value < 0:
        digits = str(abs(value)).rjust(scale + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def grouped(value: int, scale: int) -> str:
    """The same with a comma at every third digit."""
    whole, _, rest = decimal_text(abs(value), scale).partition(".")
    return f"{'-' if value < 0 else ''}{int(whole):,}{'.' if rest else ''}{rest}"


@dataclass(frozen=True, slots=True)
class NumberKind:
    """`type_of(scale)` is fixed for all but `number`."""

    key: str
    fixed: NumberType | None = None
    subject: str = ""

    @property
    def has_scale(self) -> bool:
        return self.fixed is None

    def value_type(self, spec: Spec) -> NumberType:
        return self.fixed or NumberType(spec.scale)

    def read(self, app: App, field: Field, raw: object) -> int | Complaint | None:
        text = plain(raw)
        if text is None or isinstance(text, Complaint):
            return text
        if (plainly := _plain_units(text, scale := self._scale(field))) is not None and self.key != "percent":
            return self._within(field, plainly, scale)
        found = read_number(text.strip(_ALL_SYMBOLS + " ") if self.key == "money" else text)
        if found is None:
            return complain(f"“{text}”不是数字", f"“{text}” is not a number")
        value, unit = found
        if self.key == "percent" and not unit and abs(value) > 1 and not re.search(r"\.\d{4}$", text):
            return complain(f"请写成 {text}%（没有 % 的数字是倍数）", f"Write {text}% (without % it is a factor)")
        stored = scaled(value, scale)
        if stored is None:
            decimals = scale - 2 if self.key == "percent" else scale
            return complain(f"最多 {decimals} 位小数", f"At most {decimals} decimals")
        return self._within(field, stored, scale)

    def to_json(self, app: App, field: Field, value: object) -> object:
        return decimal_text(value, self._scale(field)) if isinstance(value, int) else None

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        if not isinstance(value, int):
            return ""
        if self.key == "percent":
            shown = decimal_text(value, 2)
            return shown.rstrip("0").rstrip(".") + "%"
        shown = grouped(value, self._scale(field))
        if self.key != "money":
            return shown
        symbol = _SYMBOLS.get(app.currency, f"{app.currency} ")
        return f"-{symbol}{shown[1:]}" if shown.startswith("-") else symbol + shown

    def is_empty(self, value: object) -> bool:
        return value is None

    def _scale(self, field: Field) -> int:
        return field.value_type.scale if isinstance(field.value_type, NumberType) else field.scale

    def _within(self, field: Field, stored: int, scale: int) -> int | Complaint:
        low = -FIELD_LIMIT if field.minimum is None else field.minimum
        high = FIELD_LIMIT if field.maximum is None else field.maximum
        if stored < low:
            least = self._shown(low, scale)
            return complain(f"不能小于 {least}", f"Must be at least {least}")
        if stored > high:
            most = self._shown(high, scale)
            return complain(f"不能大于 {most}", f"Must be at most {most}")
        return stored

    def _shown(self, value: int, scale: int) -> str:
        if self.key == "percent":
            return decimal_text(value, 2).rstrip("0").rstrip(".") + "%"
        return grouped(value, scale)


KINDS = (
    NumberKind("number"),
    NumberKind("integer", INTEGER),
    NumberKind("percent", PERCENT),
    NumberKind("money", MONEY),
)
