"""Rows at the edges of every kind: empty, zero, negative, the longest, ends of months, leap days, Chinese."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from dsl.formula.scope import FIELD_LIMIT
from tests.same.rig import Rows, at

_BLANK: dict[str, Any] = {"name": "", "note": "", "ok": False}
_SCALARS: list[dict[str, Any]] = [
    {
        "name": "恒远", "note": "老客户", "n": 7, "small": 5, "qty": 2_500, "fine": 1, "amount": 123_45, "cost": 100_00,
        "rate": 800, "ok": True, "day": date(2026, 1, 31), "until": date(2026, 3, 1), "at": at("2026-11-20T16:30:00"),
        "seen": at("2026-11-20T15:59:59"), "took": 3_600, "grade": "A", "who": 2,
    },
    {
        "name": "x-Ab é-", "note": "x", "n": -7, "small": 0, "qty": 1, "fine": -1_500_000, "amount": -123_45, "cost": 0,
        "rate": -801, "day": date(2024, 2, 29), "until": date(2024, 2, 29), "at": at("2024-02-28T16:00:00"),
        "seen": at("2024-02-28T16:00:00"), "took": -90_061, "grade": "B", "who": 1,
    },
    {
        "name": "　 \t螺丝😀 ", "note": "恒", "n": 10**9 + 1, "small": 1000, "qty": 10**9, "fine": 2_345_678,
        "ok": True, "amount": 10**15 + 1, "cost": 10**12, "rate": 9_999, "day": date(2026, 9, 30),
        "until": date(2026, 10, 8), "took": 0, "grade": "C", "who": 3,
    },
    {
        "name": "a%_b", "note": "", "n": 0, "small": 1, "qty": 0, "fine": 0, "amount": 0, "cost": 1, "rate": 0,
        "day": date(2026, 11, 21), "until": date(2025, 12, 31), "at": datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
        "seen": at("2026-11-21T08:20:00"), "took": 86_400, "ok": True,
    },
    {
        "name": "'; drop", "note": "\\", "n": FIELD_LIMIT, "small": 7, "qty": 10**9, "fine": -FIELD_LIMIT,
        "amount": FIELD_LIMIT, "cost": 3, "rate": -FIELD_LIMIT, "day": date(1, 1, 1), "until": date(9999, 12, 31),
        "at": datetime(9999, 12, 31, 12, tzinfo=UTC), "seen": datetime(1, 1, 2, tzinfo=UTC), "took": FIELD_LIMIT,
    },
    {},
    {"n": 12, "small": 12, "amount": 50_005, "rate": 12_345, "fine": 500_000, "qty": 499, "day": date(2025, 12, 29)},
    {"n": -FIELD_LIMIT, "small": 3, "amount": 5, "day": date(2026, 8, 23), "grade": "A", "took": -FIELD_LIMIT},
]  # fmt: skip


def _row(key: int, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": key, **_BLANK, **values, **more}


EDGES: Rows = {
    "region": (
        {"id": 1, "name": "华东", "level": 3, "lead": 2},
        {"id": 2, "name": "", "level": None, "lead": None},
    ),
    "customer": tuple(
        _row(
            place + 1,
            values,
            pipeline="",
            region=(1, 2, None)[place % 3],
            stage=("lead", "quoting", "won", None)[place % 4],
            concerns=((), ("price",), ("delivery", "rival"))[place % 3],
            papers=((), (4, 5))[place % 2],
            photo=(None, 9)[place % 2],
            stage_since=(None, at("2026-11-01T16:00:00"), at("2026-11-21T08:00:00"))[place % 3],
        )
        for place, values in enumerate(_SCALARS)
    ),
    "visit": tuple(
        _row(10 * parent + place, values, customer=parent)
        for parent, chosen in ((1, (0, 1, 3)), (2, (5,)), (3, (2, 3, 6)), (4, (5, 5, 1)), (5, (4, 4)), (7, (7, 4, 6)))
        for place, values in enumerate(_SCALARS[index] for index in chosen)
    ),
}
