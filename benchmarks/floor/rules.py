"""The floor's reading of JSON, its validations and its stage rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

GRADES = frozenset({"A", "B", "C"})
INDUSTRIES = frozenset({"auto", "machine", "consumer", "energy", "medical"})
SOURCES = frozenset({"expo", "website", "referral", "phone"})
MOVES = {"lead": {"qualified", "lost"}, "qualified": {"proposal", "lost"}, "proposal": {"won", "lost"}, "won": {"lost"}}
REQUIRED = ("name", "industry", "grade")
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{5,20}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://[^\s]+")


class Wrong(Exception):
    """What is wrong with a value, or with the request. errors: field → sentence."""

    def __init__(self, status: int, **errors: str) -> None:
        super().__init__(errors)
        self.status, self.errors = status, errors


Reader = Callable[[Any], Any]


def _text(most: int, pattern: re.Pattern[str] | None = None) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            raise ValueError(f"text of at most {most} characters")
        text = value.strip()
        if text and pattern is not None and not pattern.fullmatch(text):
            raise ValueError("not in the form it should have")
        return text

    return read


def _option(options: frozenset[str]) -> Reader:
    def read(value: Any) -> str:
        if value not in options:
            raise ValueError(f"one of {', '.join(sorted(options))}")
        return str(value)

    return read


def _scaled(places: int) -> Reader:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError("a decimal number as text")  # noqa: TRY004 — reported like every other wrong value
        try:
            scaled = Decimal(value).scaleb(places)
        except InvalidOperation:
            raise ValueError("a decimal number as text") from None
        if scaled != scaled.to_integral_value() or not 0 <= scaled < 10**15:
            raise ValueError(f"a number from 0 with at most {places} decimals")
        return int(scaled)

    return read


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError("a date such as 2026-01-31")  # noqa: TRY004
    return date.fromisoformat(value)


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004
    return value


def _person(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("the id of a person")  # noqa: TRY004
    return value


READERS: Mapping[str, Reader] = {
    "name": _text(500),
    "short_name": _text(500),
    "tax_no": _text(500),
    "industry": _option(INDUSTRIES),
    "grade": _option(GRADES),
    "source": _option(SOURCES),
    "city": _text(500),
    "address": _text(500),
    "phone": _text(40, _PHONE),
    "email": _text(200, _EMAIL),
    "website": _text(500, _URL),
    "owner": _person,
    "amount": _scaled(2),
    "cost": _scaled(2),
    "quantity": _scaled(0),
    "margin": _scaled(4),
    "close_on": _day,
    "contacted_on": _day,
    "is_urgent": _yes_no,
    "notes": _text(20_000),
}
PLACES = {"amount": 2, "cost": 2, "quantity": 0, "margin": 4}


def read_values(body: Mapping[str, Any]) -> dict[str, Any]:
    """Column → value of what was sent. Raises Wrong with a sentence for each field that cannot be read."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, raw in body.items():
        reader = READERS.get(key)
        if reader is None:
            errors[key] = "there is no such field"
            continue
        try:
            values["owner_id" if key == "owner" else key] = None if raw is None else reader(raw)
        except ValueError as error:
            errors[key] = str(error)
    if errors:
        raise Wrong(422, **errors)
    return values


def check(row: Mapping[str, Any]) -> None:
    """Required fields and validations of a whole record."""
    errors = {key: "is required" for key in REQUIRED if not row.get(key)}
    if row.get("tax_no") and len(row["tax_no"]) != 18:
        errors["tax_no"] = "A registration number has 18 characters"
    if row.get("close_on") and row.get("contacted_on") and row["close_on"] < row["contacted_on"]:
        errors["close_on"] = "The close cannot be before the contact"
    if errors:
        raise Wrong(422, **errors)


def check_move(row: Mapping[str, Any], target: str) -> None:
    """Whether the record, as it would be, may go to this stage."""
    if target not in MOVES.get(row["stage"], ()):
        raise Wrong(422, stage=f"there is no way from {row['stage']} to {target}")
    if target != "qualified":
        return
    errors = {key: "is wanted here" for key in ("phone", "amount", "close_on") if not row.get(key)}
    if row.get("amount") is not None and not (row["amount"] > 0 and (row["cost"] or 0) <= row["amount"]):
        errors["amount"] = "The amount must cover the cost"
    if errors:
        raise Wrong(422, **errors)


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record as the API gives it. row: the columns of deal, with owner_name and the names of who made and changed."""
    body: dict[str, Any] = {"id": row["id"], "version": row["version"]}
    for key in READERS:
        if key == "owner":
            body[key] = {"id": row["owner_id"], "title": row["owner_name"]}
        elif key in PLACES:
            body[key] = decimal_text(row[key], PLACES[key])
        elif key in ("close_on", "contacted_on"):
            body[key] = row[key].isoformat() if row[key] else None
        else:
            body[key] = row[key]
    body["stage"] = row["stage"]
    body["stage_since"] = row["stage_since"].isoformat()
    for mark in ("created", "changed"):
        body[f"{mark}_at"] = row[f"{mark}_at"].isoformat()
        body[f"{mark}_by"] = {"id": row[f"{mark}_by"], "title": row[f"{mark}_name"]}
    return body


def decimal_text(value: int | None, places: int) -> str | None:
    """1234 with 2 places → "12.34"."""
    if value is None or not places:
        return None if value is None else str(value)
    whole, part = divmod(value, 10**places)
    return f"{whole}.{part:0{places}}"
