"""place: a point on the map with an optional name."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TypeGuard

from dsl.app import App, Field
from dsl.formula.value_types import PlaceType
from dsl.kinds.kind import Complaint, Spec, complain

_POINT = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d{1,15})?)\s*[,， ]\s*([+-]?\d{1,3}(?:\.\d{1,15})?)(?:\s+(.*))?", re.DOTALL)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """{"lat": float, "lng": float, "name": str} or None; typed as `31.23,121.47 name` or sent as JSON."""

    key: str = "place"
    subject: str = ""
    has_scale: bool = False

    def value_type(self, spec: Spec) -> PlaceType:
        return PlaceType()

    def read(self, app: App, field: Field, raw: object) -> dict[str, object] | Complaint | None:
        if raw is None or raw == "":
            return None
        if isinstance(raw, str):
            raw = _from_text(raw)
        if not isinstance(raw, dict):
            return complain("请选择地点，或写成“纬度,经度 名称”", "Choose a place, or write “latitude,longitude name”")
        lat, lng, name = raw.get("lat"), raw.get("lng"), raw.get("name", "")
        if not (_is_number(lat, 90) and _is_number(lng, 180)):
            return complain("坐标不在地球上", "These coordinates are not on the globe")
        if not isinstance(name, str) or len(name) > _LONGEST_NAME or re.search("[\x00-\x1f\ud800-\udfff]", name):
            return complain("地点名称无效", "The name of the place is not valid")
        return {"lat": float(lat), "lng": float(lng), "name": name.strip()}

    def to_json(self, app: App, field: Field, value: object) -> object:
        return dict(value) if isinstance(value, dict) else None

    def to_text(self, app: App, field: Field, value: object, language: str) -> str:
        if not isinstance(value, dict):
            return ""
        point = f"{value.get('lat')},{value.get('lng')}"
        return f"{value.get('name')} ({point})" if value.get("name") else point

    def is_empty(self, value: object) -> bool:
        return value is None


def _from_text(raw: str) -> object:
    if len(raw) > 2_000:
        return None
    if match := _POINT.fullmatch(raw):
        lat, lng, name = match.groups()
        return {"lat": float(lat), "lng": float(lng), "name": name or ""}
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _is_number(value: object, most: int) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) <= most


KINDS = (PlaceKind(),)
