"""Names: which words may be keys, and the near ones for a word that is not known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from itertools import islice

MAX_NAME = 48
MAX_NAME_BYTES = 60
RESERVED = frozenset(
    {"or", "and", "not", "is", "in", "empty", "between", "where", "true", "false", "this", "me",
     "submitter"}
)  # fmt: skip
_SURE = 0.75
_MOST_CANDIDATES = 2_000
_MOST_COMPARED = 60
_LENGTHS_APART = 6
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
    short = word[:MAX_NAME].lower()
    letters = set(short)
    folded: dict[str, str] = {}
    for name in islice(candidates, _MOST_CANDIDATES):
        lower = name.lower()
        if lower == short:
            return (name,)
        if abs(len(lower) - len(short)) <= _LENGTHS_APART and 2 * len(letters & set(lower)) >= len(letters):
            folded.setdefault(lower, name)
            if len(folded) >= _MOST_COMPARED:
                break
    near = difflib.get_close_matches(short, folded, n=3, cutoff=0.6)
    return tuple(folded[name] for name in near)
