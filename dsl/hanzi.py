"""How Chinese text is read aloud.

The tables of the library take a third of a second and 40 MB to load, so they are loaded when the first text is read.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import Any


def syllables(text: str) -> list[str]:
    """Pinyin without tones, one a character: 水闸 → shui, zha. Other text stays as it is."""
    return [syllable for word in _words().seg(text) for syllable in _read(word)]


def spoken(text: str) -> list[tuple[int, str, bool]]:
    """(place in the text, syllable, whether it is read from one character); text between them comes as it is.

    A水闸 → (0, A, no), (1, shui, yes), (2, zha, yes).
    """
    found, place = [], 0
    for syllable in syllables(text):
        is_read = not text.startswith(syllable, place)
        found.append((place, syllable, is_read))
        place += 1 if is_read else len(syllable)
    return found


def first_letters(text: str) -> list[str]:
    """The first letter of each character's pinyin: 水闸 → s, z."""
    library = _library()
    found: list[str] = library.lazy_pinyin(text, style=library.Style.FIRST_LETTER)
    return found


@lru_cache(maxsize=16_384)
def _read(word: str) -> tuple[str, ...]:
    """The words of names come again and again: 有限, 公司, 科技."""
    return tuple(_library().lazy_pinyin(word))


@cache
def _words() -> Any:
    """What cuts text into the words that the library knows, and what is between them."""
    return import_module("pypinyin.seg.simpleseg")


@cache
def _library() -> Any:
    return import_module("pypinyin")
