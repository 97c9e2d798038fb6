"""number, integer, percent, money: grouped as people read them, and without decimals that say nothing."""

from __future__ import annotations

from decimal import Decimal

from dsl.formula.value_types import NumberType
from web.controls.control import Asked, Control, Raw, as_typed, one_text


def _grouped(asked: Asked, value: object) -> str:
    """1280000.00 → 1,280,000 and 12.50 → 12.5 in the field's scale."""
    if not isinstance(value, int):
        return ""
    scale = asked.field.value_type.scale if isinstance(asked.field.value_type, NumberType) else asked.field.scale
    text = f"{Decimal(value).scaleb(-scale):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(_asked: Asked, value: object) -> str:
    """0.08 (stored 800) → 8: the sign stands behind the input."""
    if not isinstance(value, int):
        return ""
    text = f"{Decimal(value).scaleb(-2):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_sign(_asked: Asked, raw: Raw) -> object:
    """What is typed before the sign means percent: 8 → 8%."""
    text = str(raw).strip()
    return f"{text}%" if text and text[-1] not in "%％" else text


CONTROLS = (
    Control("number", "number", one_text, _grouped, as_typed, inputmode="decimal"),
    Control("integer", "number", one_text, _grouped, as_typed, inputmode="numeric"),
    Control("money", "number", one_text, _grouped, as_typed, inputmode="decimal"),
    Control("percent", "number", one_text, _percent, _with_sign, inputmode="decimal"),
)
