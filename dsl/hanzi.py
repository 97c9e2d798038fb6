"""How Chinese text is read aloud.

The tables of the library take a third of a second and 40 MB to load, so they are loaded when the first text is read.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import Any


def syllables(text: str) -> list[str]:
    """Pinyin without tones, one a character: 水闸 → shui, zha. Other text stays as it is."""
    return [syllable for part, is_chinese in parts(text) for syllable in (read(part) if is_chinese else (part,))]


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut into Chinese characters and what stands between them: A水闸 → (A, no), (水闸, yes)."""
    for place, part in enumerate(_chinese().split(text)):
        if part:
            yield part, place % 2 == 1


@lru_cache(maxsize=16_384)
def read(chinese: str) -> tuple[str, ...]:
    """The syllables of Chinese characters that stand together: names share their kinds and places, and come again."""
    return tuple(syllable for word in _words().cut(chinese) for syllable in _read_word(word))


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
def _read_word(word: str) -> tuple[str, ...]:
    """The words of names come again and again: 有限, 公司, 科技."""
    return tuple(_library().lazy_pinyin(word))


def _load(module: str) -> Any:
    """A part of the library. Its tables are many small lists that stay: the collector need not look through them."""
    found = import_module(module)
    gc.freeze()
    return found


@cache
def _chinese() -> re.Pattern[str]:
    """Runs of the characters that the library reads, whether it knows each of them or not."""
    whole: str = _load("pypinyin.constants").RE_HANS.pattern
    return re.compile(f"({whole.removeprefix('^').removesuffix('$')})")


@cache
def _words() -> Any:
    """What cuts Chinese characters into the words that the library knows."""
    return _load("pypinyin.seg.mmseg").seg


@cache
def _library() -> Any:
    return _load("pypinyin")
