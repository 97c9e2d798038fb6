"""The floor's import of a CSV: cells cleaned and read, doubles by registration number, a report of every line.

What a good engineer writes by hand for one kind of file: the heads are known, and a line is the double of another, or
of a deal that is there, if it has the same registration number. Every line is kept with its cells and its fate.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from benchmarks.floor.rules import Wrong, check, read_values
from benchmarks.floor.schema import audit, deal, import_line

HEADS = {
    "名称": "name", "简称": "short_name", "税号": "tax_no", "行业": "industry", "等级": "grade", "来源": "source",
    "城市": "city", "地址": "address", "电话": "phone", "邮箱": "email", "官网": "website", "金额": "amount",
    "成本": "cost", "数量": "quantity", "毛利率": "margin", "预计成交": "close_on", "最近联系": "contacted_on",
    "加急": "is_urgent", "备注": "notes",
}  # fmt: skip
NOTHING = frozenset({"", "-", "/", "无", "暂无", "未知", "n/a", "none"})
YES_NO = {"是": True, "否": False, "√": True, "×": False, "true": True, "false": False}
NUMBERS = frozenset({"amount", "cost", "quantity"})
DAYS = frozenset({"close_on", "contacted_on"})
BATCH = 200
_MONEY = re.compile(r"[¥￥元,，]")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")

NewRow = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(slots=True)
class LineOfFile:
    """number: as a spreadsheet counts. values: what could be read; wrong: field → why it could not."""

    number: int
    cells: Sequence[str]
    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    fate: str = ""
    deal_id: int | None = None


def read_file(sent: bytes) -> list[LineOfFile]:
    """Every line with something in it. Raises Wrong for a head that is not known."""
    rows = csv.reader(io.StringIO(sent.decode("utf-8-sig")))
    heads = [HEADS.get(head.strip(), "") for head in next(rows, [])]
    if not heads or "" in heads:
        raise Wrong(422, heads="a head that is not known")
    return [_read(number, cells, heads) for number, cells in enumerate(rows, 2) if any(map(str.strip, cells))]


def _read(number: int, cells: Sequence[str], heads: Sequence[str]) -> LineOfFile:
    line = LineOfFile(number, cells)
    try:
        said = {key: _cleaned(key, cell) for key, cell in zip(heads, cells, strict=False)}
        line.values = read_values({key: value for key, value in said.items() if value is not None})
        check(line.values)
    except Wrong as error:
        line.wrong = error.errors
    return line


def _cleaned(key: str, cell: str) -> object:
    """The cell as JSON would bring it: half width, no filler, numbers and days in the one form that is read."""
    text = " ".join(unicodedata.normalize("NFKC", cell).split())
    if text.casefold() in NOTHING:
        return None
    if key == "is_urgent":
        return YES_NO.get(text.casefold(), text)
    if key == "margin" and text.endswith("%"):
        return str(round(float(text[:-1]) / 100, 4))
    if key in NUMBERS:
        return _MONEY.sub("", text)
    if key in DAYS and (found := _DAY.fullmatch(text)):
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    return text


def bring_in(
    conn: sa.Connection, lines: Sequence[LineOfFile], new_row: NewRow, person_id: int, at: datetime
) -> Mapping[str, int]:
    """Writes what is new, and the report of all; how many lines met which fate."""
    seen: set[str] = set()
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        known = _known(conn, batch)
        for line in batch:
            number = line.values.get("tax_no", "")
            double = bool(number) and (number in seen or number in known)
            line.fate = "refused" if line.wrong else "there already" if double else "created"
            line.deal_id = known.get(number)
            seen.add(number)
        _insert(conn, [line for line in batch if line.fate == "created"], new_row, person_id, at)
        conn.execute(
            sa.insert(import_line),
            [
                {
                    "person_id": person_id, "at": at, "number": line.number, "cells": line.cells, "fate": line.fate,
                    "said": line.wrong, "deal_id": line.deal_id,
                }
                for line in batch
            ],
        )  # fmt: skip
    return Counter(line.fate for line in lines)


def _known(conn: sa.Connection, lines: Sequence[LineOfFile]) -> dict[str, int]:
    """Registration number → the deal that has it, of those on these lines."""
    numbers = [line.values["tax_no"] for line in lines if line.values.get("tax_no")]
    found = sa.select(deal.c.tax_no, deal.c.id).where(deal.c.tax_no.in_(numbers), deal.c.deleted_at.is_(None))
    return {number: deal_id for number, deal_id in conn.execute(found)}  # noqa: C416 — rows are no pairs to a checker


def _insert(conn: sa.Connection, lines: Sequence[LineOfFile], new_row: NewRow, person_id: int, at: datetime) -> None:
    if not lines:
        return
    made = conn.execute(
        sa.insert(deal).returning(deal.c.id, sort_by_parameter_order=True), [new_row(line.values) for line in lines]
    )
    kept = []
    for deal_id, line in zip(made.scalars(), lines, strict=True):
        line.deal_id = deal_id
        changes = {
            key: [None, value.isoformat() if isinstance(value, date) else value] for key, value in line.values.items()
        }
        kept.append({"deal_id": deal_id, "kind": "created", "person_id": person_id, "at": at, "changes": changes})
    conn.execute(sa.insert(audit), kept)
