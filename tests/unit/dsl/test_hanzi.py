"""How Chinese text is read aloud, word by word as the library reads it whole."""

from __future__ import annotations

import random

import pypinyin

from dsl import hanzi


def test_names_are_read_as_the_library_reads_them_whole() -> None:
    chance = random.Random(5)
    words = ["银行", "行长", "重庆", "长安", "有限公司", "音乐", "乐山", "朝阳", "A1", " ", "-", "é", "(华东)", "㐀"]
    for _ in range(500):
        text = "".join(
            chance.choice([chance.choice(words), chr(chance.randrange(0x4E00, 0x9FA5))])
            for _ in range(chance.randrange(1, 9))
        )
        assert hanzi.syllables(text) == pypinyin.lazy_pinyin(text), text


def test_a_character_with_several_readings_follows_its_word() -> None:
    assert hanzi.syllables("重庆银行行长") == ["chong", "qing", "yin", "hang", "hang", "zhang"]
