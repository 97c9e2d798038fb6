"""Names of companies as they are compared: the legal form, brackets and the words for places do not matter.

`苏州市华东轴承有限责任公司`, `华东轴承（苏州）有限公司` and `苏州华东轴承` are one; `上海华东轴承` is another,
and so is `华东轴承苏州分公司`, which keeps its own word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from engine.intake.places import PLACES, PROVINCES
from engine.intake.plain_text import folded

_FORMS = re.compile(
    r"(有限责任公司|股份有限公司|有限公司|股份公司|总公司|(?<!分)公司|有限责任|有限|股份|"
    r"coltd|companylimited|company|limited|ltd|inc|llc|gmbh|corporation)$"
)
_NOTES = frozenset({"停用", "作废", "重复", "新", "旧", "老客户", "已合作", "未合作", "注销", "重点", "待定", "原"})
_BRACKETS = re.compile(r"[(【\[〔]([^()【】\[\]〔〕]*)[)】\]〕]")
_RANK = re.compile(r"(省|市|自治区|特别行政区)")
_LONGEST_PLACE = 4
_SHORTEST_CORE = 2


@dataclass(frozen=True, slots=True)
class CompanyName:
    """core: what is left when place and form are gone; place: the town that was named (else the province), or ""."""

    core: str
    place: str
    is_branch: bool

    def may_be(self, other: CompanyName) -> bool:
        """Whether nothing speaks against one company: not two places, not a branch and its parent.

        A town and a province may be one place; which town lies where is not looked up.
        """
        places = {self.place, other.place} - {""}
        is_one_place = len(places) < 2 or bool(places & PROVINCES)
        return self.is_branch == other.is_branch and is_one_place


@lru_cache(maxsize=65_536)
def company_name(name: str) -> CompanyName:
    plain = unicodedata.normalize("NFKC", name)
    place = ""
    for found in _BRACKETS.finditer(plain):
        inside = folded(found[1])
        town = _RANK.sub("", inside)
        if town in PLACES or town in PROVINCES:
            place = town
            plain = plain.replace(found[0], "")
        elif inside in _NOTES:
            plain = plain.replace(found[0], "")
    whole = _without_form(folded(plain))
    core, leading = _without_place(whole)
    return CompanyName(core, leading if leading in PLACES or not place else place, "分公司" in whole or "分厂" in whole)


def _without_form(plain: str) -> str:
    while (shorter := _FORMS.sub("", plain)) != plain and len(shorter) >= _SHORTEST_CORE:
        plain = shorter
    return plain


def _without_place(plain: str) -> tuple[str, str]:
    """(rest, place) of a name that begins with its province, its town or both; the town is the place if it is named."""
    place, rest = "", plain
    for _ in range(2):
        found = _leading_place(rest)
        if found is None or (place in PLACES):
            break
        place, rest = found[0], rest[found[1] :]
    return rest, place


def _leading_place(text: str) -> tuple[str, int] | None:
    """(place, how many characters it takes with 省 or 市 behind it) at the beginning of the text."""
    for size in range(_LONGEST_PLACE, 1, -1):
        word = text[:size]
        if word in PLACES or word in PROVINCES:
            behind = _RANK.match(text, size)
            end = behind.end() if behind else size
            return (word, end) if len(text) - end >= _SHORTEST_CORE else None
    return None
