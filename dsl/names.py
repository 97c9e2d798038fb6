"""Names: which words may be keys, and the near ones for a word that is not known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

MAX_NAME = 48
MAX_NAME_BYTES = 60
RESERVED = frozenset({"or", "and", "not", "is", "in", "empty", "between", "where", "true", "false", "this", "me"})
_SURE = 0.75
_NAME = re.compile(r"[^\W\d_]\w*")


def is_name(word: str) -> bool:
    """May it be a key: a letter (of any script), then letters, digits and _, and short enough for a column."""
    fits = len(word) <= MAX_NAME and len(word.encode("utf-8", "surrogatepass")) <= MAX_NAME_BYTES
    return fits and _NAME.fullmatch(word) is not None and word not in RESERVED


def meant(word: str, candidates: Iterable[str]) -> str:
    """The one known name that a mistyped word most surely stands for; "" when that is not plain."""
    near = suggest(word, candidates)
    alike = near and difflib.SequenceMatcher(None, word[:MAX_NAME].lower(), near[0].lower()).ratio() >= _SURE
    return near[0] if alike else ""


def suggest(word: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Up to three known names that the word may have meant, the nearest first."""
    known = list(dict.fromkeys(candidates))[:2000]
    folded = {name.lower(): name for name in known}
    short = word[:MAX_NAME].lower()
    if short in folded:
        return (folded[short],)
    near = difflib.get_close_matches(short, folded, n=3, cutoff=0.6)
    return tuple(folded[name] for name in near)
