"""Texts as they are compared: widths, blanks, case and punctuation do not matter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_VARIANTS = str.maketrans("帐裡啟緣峯鉅〇○", "账里启缘峰巨零零")
"""Characters that people type for one another."""


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Half width, lower case, variants settled; only letters, digits and characters are left."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_VARIANTS)
    return "".join(filter(str.isalnum, plain))


def says_something(text: str) -> bool:
    """Whether a letter, a digit or a character is in the text, in whatever width."""
    return any(map(str.isalnum, unicodedata.normalize("NFKC", text)))


def half_width(text: str) -> str:
    """Letters, digits and blanks in half width, single blanks; Chinese punctuation stays as it was written."""
    return " ".join((text if _IS_NARROW(text) else text.translate(_HALF_WIDTH)).split())


_IS_NARROW = re.compile("[\x00-\x7f一-鿿]*").fullmatch
"""Whether all of it is written already as `half_width` would: the most texts are."""


class _HalfWidth(dict[int, str]):
    """Character → how it is written in half width; each is worked out when it is met first."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        is_wide = character.isalnum() or character.isspace() or character in "＠．－＋／"
        self[number] = unicodedata.normalize("NFKC", character) if is_wide else character
        return self[number]


_HALF_WIDTH = _HalfWidth({0x200B: "", 0xFEFF: ""})
