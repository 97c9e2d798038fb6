"""Requests as the API reads them: bounded JSON without double keys, and the members that are not fields."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flask import g, request

from engine.verdict import Finding
from web.api.sentences import say
from web.responses import input_finding
from web.session import current_language
from web.url_parts import MOST_ID

DEPTH = 32
META = frozenset({"version", "dry"})
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")


class Unreadable(Exception):
    """The request itself is malformed. status: 400, 413, 415 …; findings: what is wrong and where."""

    def __init__(self, status: int, *findings: Finding) -> None:
        super().__init__("unreadable request")
        self.status, self.findings = status, findings


def unreadable(rule: str, said: str, status: int = 400) -> Unreadable:
    return Unreadable(status, input_finding(rule, said))


def json_object(*, may_be_empty: bool = False) -> dict[str, object]:
    """The body as an object. Raises Unreadable for anything else."""
    raw = request.get_data(cache=False)
    if not raw and may_be_empty:
        return {}
    if request.mimetype != "application/json":
        raise unreadable("request.content_type", say("json_wanted", current_language()), 415)
    body = _parsed(raw)
    if not isinstance(body, dict):
        raise unreadable("request.body", say("body_object", current_language()))
    return body


def _parsed(raw: bytes) -> object:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise unreadable("request.body", say("body_utf8", current_language(), at=error.start)) from None
    if text.count("[") + text.count("{") > DEPTH and _depth(text) > DEPTH:
        raise unreadable("request.body", say("body_deep", current_language(), most=DEPTH))
    try:
        body: object = json.loads(
            text,
            object_pairs_hook=_clean_object if "\\u" in text else _without_doubles,
            parse_float=ExactFloat,
            parse_constant=_refuse,
        )
    except json.JSONDecodeError as error:
        raise unreadable(
            "request.body", say("body_json", current_language(), line=error.lineno, column=error.colno, why=error.msg)
        ) from None
    except ValueError:  # more digits than Python converts
        raise unreadable("request.body", say("body_number", current_language())) from None
    return body


class ExactFloat(float):
    """A JSON number with a point, which still knows its digits: repr gives what was written, not what a float holds."""

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside strings, without recursion."""
    deepest = depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        if mark.group() in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif mark.group() in ("]", "}"):
            depth -= 1
    return deepest


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    body = dict(pairs)
    if len(body) < len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise unreadable("request.body", say("body_double", current_language(), key=double))
    return body


def _clean_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The same, and without halves of characters, which only an escape can bring into text that was UTF-8."""
    body = _without_doubles(pairs)
    for key, value in pairs:
        if not _is_clean(key) or (isinstance(value, str) and not _is_clean(value)):
            raise unreadable("request.body", say("body_surrogate", current_language()))
    return body


def _is_clean(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(name: str) -> object:
    raise unreadable("request.body", say("body_constant", current_language(), name=name))


# --- members that are not fields -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """How a write is wanted: only judged (dry), at which version, under which idempotency key."""

    dry: bool
    version: int | None
    key: str | None


def take_wish(body: dict[str, object], fields: Mapping[str, object]) -> Wish:
    """Take `dry` and `version` out of the body unless the entity has fields of these names; see also the query string.

    The version may come as `If-Match: "3"`, `?version=3` or `"version": 3`, and must not contradict itself.
    """
    dry = yes_no(request.args.get("dry"), "request.query.dry")
    versions = {v for v in (_if_match(), _query_version()) if v is not None}
    if "dry" not in fields and "dry" in body:
        dry = _boolean(body.pop("dry")) or dry
    if "version" not in fields and "version" in body:
        given = body.pop("version")
        if given is not None:
            versions.add(whole_number(given, "request.body.version"))
    if len(versions) > 1:
        raise unreadable("request.version", say("two_versions", current_language()))
    return Wish(dry, versions.pop() if versions else None, idempotency_key())


def refuse_others(body: Mapping[str, object], known: frozenset[str]) -> None:
    """Raises Unreadable for the first member that is not known here."""
    for key in sorted(set(body) - known):
        raise unreadable(f"request.body.{key}", say("unknown_member", current_language(), key=key), 422)


def idempotency_key() -> str | None:
    key = g.get("signed_id") or request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.match(key):
        raise unreadable("request.idempotency_key", say("key_wanted", current_language()))
    return key


def whole_number(value: object, rule: str) -> int:
    """A JSON integer between 1 and MOST_ID; 3.0 is one. Raises Unreadable."""
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_ID:
        raise unreadable(rule, say("number_wanted", current_language()))
    return number


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise unreadable("request.body.dry", say("yes_no_wanted", current_language()))
    return value


def yes_no(text: str | None, rule: str) -> bool:
    """`true` or `false` of the query string, as /openapi.json says; not given is no. Raises Unreadable."""
    if text not in ("true", "false", None):
        raise unreadable(rule, say("yes_no_wanted", current_language()))
    return text == "true"


def _if_match() -> int | None:
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    found = re.fullmatch(r'\s*"(\d{1,15})"\s*', header)
    if found is None:
        raise unreadable("request.if_match", say("if_match", current_language()))
    return whole_number(int(found.group(1)), "request.if_match")


def _query_version() -> int | None:
    text = request.args.get("version")
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise unreadable("request.query.version", say("number_wanted", current_language()))
    return whole_number(int(text), "request.query.version")
