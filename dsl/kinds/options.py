"""choice, choices and tags: keys of an option list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsl.app import App, Choices, Field
from dsl.formula.value_types import ChoiceType, SetType
from dsl.kinds.kind import Complaint, Spec, complain, plain

_BETWEEN = re.compile(r"[,;、]")
_MOST = 200


def list_of(app: App, field: Field) -> Choices | None:
    """The options of a choice, choices, tags or stage field."""
    return app.choices.get(field.choices)


def _find(app: App, field: Field, word: str) -> str | None:
    """The key of an option given by its key, or by its label in any language."""
    listed = list_of(app, field)
    if listed is None:
        return None
    options = [option for option in listed.options if not option.is_group]
    for option in options:
        if option.key == word:
            return option.key
    for option in options:
        if any(text == word for _language, text in option.label.by_language):
            return option.key
    return None


def option_label(app: App, field: Field, key: str, language: str) -> str:
    listed = list_of(app, field)
    option = listed.find(key) if listed else None
    return option.label.say(language) if option else key


def _unknown(word: str) -> Complaint:
    return complain(f"没有“{word[:60]}”这个选项", f"There is no option “{word[:60]}”")


@dataclass(frozen=True, slots=True)
class ChoiceKind:
    key: str = "choice"
    subject: str = "choices"
    has_scale: bool = False

    def value_type(self, spec: Spec) -> ChoiceType:
        return ChoiceType(spec.name, spec.keys)

    def read(self, app: App, field: Field, raw: object) -> str | Complaint | None:
        text = plain(raw)
        if text is None or isinstance(text, Complaint):
            return text
        return _find(app, field, str(raw).strip()) or _find(app, field, text) or _unknown(text)

    def to_json(self, app: App, field: Field, value: object) -> object:
        return value

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        return option_label(app, field, value, language) if isinstance(value, str) and value else ""

    def is_empty(self, value: object) -> bool:
        return value is None


@dataclass(frozen=True, slots=True)
class SetKind:
    """A sorted tuple of option keys."""

    key: str
    subject: str = "choices"
    has_scale: bool = False

    def value_type(self, spec: Spec) -> SetType:
        return SetType(spec.name, spec.keys)

    def read(self, app: App, field: Field, raw: object) -> tuple[str, ...] | Complaint:
        if isinstance(raw, list | tuple):
            words = list(raw)
        else:
            text = plain(raw, 10_000)
            if text is None or isinstance(text, Complaint):
                return () if text is None else text
            whole = _find(app, field, text)
            words = [whole] if whole else [w.strip() for w in _BETWEEN.split(text) if w.strip()]
        if len(words) > _MOST:
            return complain(f"最多 {_MOST} 个选项", f"At most {_MOST} options")
        keys = set()
        for word in words:
            key = _find(app, field, word) if isinstance(word, str) else None
            if key is None:
                return _unknown(str(word))
            keys.add(key)
        return tuple(sorted(keys))

    def to_json(self, app: App, field: Field, value: object) -> object:
        return list(value) if isinstance(value, tuple | list) else []

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        if not isinstance(value, tuple | list):
            return ""
        return ("、" if language == "zh" else ", ").join(option_label(app, field, str(key), language) for key in value)

    def is_empty(self, value: object) -> bool:
        return not value


KINDS = (ChoiceKind(), SetKind("choices"), SetKind("tags", subject=""))
