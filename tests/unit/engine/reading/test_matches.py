"""Which characters of a text match what was searched for, and how well."""

from __future__ import annotations

import pytest

from engine.reading.matches import BEGINNING, SCATTERED, SOUND, WHOLE, WITHIN, WITHIN_SOUND, match_of


@pytest.mark.parametrize(
    ("text", "wanted", "marked", "rank"),
    [
        ("水闸", "水闸", "水闸", WHOLE),
        ("绍兴恒泰五金", "绍兴", "绍兴", BEGINNING),
        ("绍兴恒泰五金", "恒泰", "恒泰", WITHIN),
        ("0575-8800 1234", "88001234", "88001234", WITHIN),
        ("ＡＢＣ 12", "bc1", "ＢＣ1", WITHIN),
        ("绍兴恒泰五金", "htwj", "恒泰五金", SOUND),
        ("绍兴恒泰五金", "hengt", "恒泰", SOUND),
        ("正泰恒泰", "heng", "恒", SOUND),
        ("正泰", "heng", "正", WITHIN_SOUND),
        ("A水闸B", "aszb", "A水闸B", SOUND),
        ("上海汽车集团", "上汽", "上汽", SCATTERED),
    ],
)
def test_the_characters_that_match_are_named(text: str, wanted: str, marked: str, rank: int) -> None:
    found = match_of(text, wanted, by_sound=True)
    assert found is not None
    assert ("".join(text[place] for place in found.marked), found.rank) == (marked, rank)


@pytest.mark.parametrize("wanted", ["", "  ", "-", "汽上", "shangqiche", "xyz"])
def test_what_is_not_there_matches_nothing(wanted: str) -> None:
    assert match_of("上海汽车集团", wanted, by_sound=True) is None


def test_only_names_are_found_by_their_sound() -> None:
    assert match_of("恒泰", "ht") is None
    assert match_of("恒x泰", "恒泰") is None
