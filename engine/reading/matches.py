"""Where in a text the words stand that were searched for: as written, as it sounds, or as a name cut short."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from typing import NamedTuple

from dsl import hanzi


class Match(NamedTuple):
    """The characters of the text that match, and how well: 0 the whole text … 5 within a syllable."""

    marked: tuple[int, ...]
    rank: int


WHOLE, BEGINNING, WITHIN, SOUND, SCATTERED, WITHIN_SOUND = range(6)
_Letters = Sequence[tuple[str, int]]
"""Letters and digits of a text, each with the place of the character that it comes from."""


def match_of(text: str, wanted: str, *, by_sound: bool = False) -> Match | None:
    """None if the text does not hold what is wanted. by_sound: pinyin and initials count as well."""
    sought = [letter for letter, _place in _letters(wanted)]
    if not sought:
        return None
    written = _letters(text)
    places = _run_of(written, sought)
    if places:
        is_beginning = places[0] == written[0][1]
        is_whole = is_beginning and len(sought) == len(written)
        return Match(_each(places), WHOLE if is_whole else BEGINNING if is_beginning else WITHIN)
    if not by_sound:
        return None
    initials, whole = _spoken(text)
    beginnings = {at for at, (_letter, place) in enumerate(whole) if at == 0 or whole[at - 1][1] != place}
    if places := _run_of(initials, sought) or _run_of(whole, sought, beginnings):
        return Match(_each(places), SOUND)
    if places := _run_of(whole, sought):
        return Match(_each(places), WITHIN_SOUND)
    scattered = _in_order(written, sought)
    return Match(scattered, SCATTERED) if scattered and not any(letter.isascii() for letter in sought) else None


def _letters(text: str) -> _Letters:
    """As `engine.store.search.tokens` cuts it."""
    plain = ((part, place) for place, char in enumerate(text) for part in unicodedata.normalize("NFKC", char).lower())
    return [(letter, place) for letter, place in plain if letter.isalnum()]


def _spoken(text: str) -> tuple[_Letters, _Letters]:
    """The initials and the whole pinyin, each letter with the place of its character."""
    initials: list[tuple[str, int]] = []
    whole: list[tuple[str, int]] = []
    for place, syllable, is_read in hanzi.spoken(text):
        for at, letter in enumerate(syllable.lower()):
            if letter.isalnum():
                origin = place if is_read else place + at
                whole.append((letter, origin))
                if at == 0 or not is_read:
                    initials.append((letter, origin))
    return initials, whole


def _run_of(letters: _Letters, sought: Sequence[str], starts: Collection[int] | None = None) -> tuple[int, ...]:
    """The places of the first unbroken run of what is sought, at one of the starts; none if there is no such run."""
    for start in range(len(letters) - len(sought) + 1):
        if (starts is None or start in starts) and all(
            letters[start + at][0] == letter for at, letter in enumerate(sought)
        ):
            return tuple(place for _letter, place in letters[start : start + len(sought)])
    return ()


def _in_order(letters: _Letters, sought: Sequence[str]) -> tuple[int, ...]:
    """The places where the letters stand one after the other, with others between them; none if one is missing."""
    found: list[int] = []
    rest = iter(letters)
    for wanted in sought:
        place = next((place for letter, place in rest if letter == wanted), None)
        if place is None:
            return ()
        found.append(place)
    return tuple(found)


def _each(places: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(places))
