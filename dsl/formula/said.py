"""Values of formula parts as people read them: 是, 空, ¥1,280,000.00, 2 天, the label of an option."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dsl.app import App, Field
from dsl.formula.decimals import decimal_text
from dsl.formula.tree import Node, Path
from dsl.formula.value_types import ChoiceType, DurationType, NumberType, ValueType
from dsl.kinds import text_value
from dsl.kinds.times import duration_text

_WORDS: dict[str, tuple[str, str]] = {"empty": ("空", "empty"), "yes": ("是", "yes"), "no": ("否", "no")}


def word(key: str, language: str) -> str:
    zh, en = _WORDS[key]
    return zh if language == "zh" else en


def field_of(app: App, node: Node) -> Field | None:
    """The field that a path ends at; None for other parts and for fields of people."""
    if not isinstance(node, Path) or node.entity not in app.entities:
        return None
    return app.entities[node.entity].fields.get(node.field)


def said(app: App, node: Node, value: object, language: str) -> str:
    """The value of a part in the words of its field, or of its type where it is computed."""
    if value is None or value in ("", ()):
        return word("empty", language)
    field = field_of(app, node)
    if field is not None and not isinstance(value, Mapping):
        return text_value(app, field, value, language)
    return said_by_type(app, node.type, value, language)


def said_by_type(app: App, value_type: ValueType, value: object, language: str) -> str:
    """A value of which only the type is known."""
    match value_type, value:
        case _, bool():
            return word("yes" if value else "no", language)
        case NumberType(unit="money", scale=scale), int():
            return _money(value, scale, app.currency)
        case NumberType(scale=scale), int():
            return _number(value, scale, 0)
        case DurationType(), int():
            return duration_text(value, language)
        case ChoiceType(name=name), str():
            return _option(app, name, value, language)
        case _, datetime():
            return value.astimezone(ZoneInfo(app.timezone)).strftime("%Y-%m-%d %H:%M")
        case _, date():
            return value.isoformat()
        case _:
            return str(value)


def _money(value: int, scale: int, currency: str) -> str:
    sign = "-" if value < 0 else ""
    symbol = {"CNY": "¥", "USD": "$", "EUR": "€"}.get(currency, f"{currency} ")
    return f"{sign}{symbol}{_number(abs(value), scale, 2)}"


def _number(value: int, scale: int, least: int) -> str:
    """With thousands separators and no needless zeros, but at least `least` decimals."""
    whole, _point, decimals = decimal_text(abs(value), scale).partition(".")
    kept = decimals.rstrip("0").ljust(min(least, scale), "0")
    return f"{'-' if value < 0 else ''}{int(whole):,}{'.' if kept else ''}{kept}"


def _option(app: App, name: str, key: str, language: str) -> str:
    """The label of an option, a stage or a role; its key where it has none."""
    if name.startswith("stage:"):
        entity = app.entities.get(name.removeprefix("stage:"))
        stage = entity.stage(key) if entity else None
        return (stage.label.say(language) if stage else "") or key
    if name == "role":
        role = app.roles.get(key)
        return (role.label.say(language) if role else "") or key
    choices = app.choices.get(name)
    option = choices.find(key) if choices else None
    return (option.label.say(language) if option else "") or key
