"""Texts as they are compared: widths, blanks, case and punctuation do not matter."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_VARIANTS = str.maketrans("帐裡啟緣峯鉅〇○", "账里启缘峰巨零零")
"""Characters that people type for one another."""


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Half width, lower case, variants settled; only letters, digits and characters are left."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_VARIANTS)
    return "".join(filter(str.isalnum, plain))


def half_width(text: str) -> str:
    """Letters, digits and blanks in half width, single blanks; Chinese punctuation stays as it was written."""
    plain = "".join(unicodedata.normalize("NFKC", c) if _is_wide(c) else c for c in text)
    return " ".join(plain.replace("\u200b", "").replace("\ufeff", "").split())


def _is_wide(character: str) -> bool:
    return character.isalnum() or character.isspace() or character in "＠．－＋／"
