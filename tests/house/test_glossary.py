"""The glossary is the law: every term complete, in its place, and there once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.house.code import ROOT


@dataclass(frozen=True)
class Term:
    word: str
    definition: str
    chinese: str


def terms() -> list[Term]:
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    return [Term(word, definition, chinese) for word, definition, chinese, _avoid in rows[2:]]


def test_every_term_has_a_definition_and_its_chinese_word() -> None:
    assert terms()
    for term in terms():
        assert term.definition, term.word
        assert re.search(r"[\u4e00-\u9fff]", term.chinese), term.word


def test_terms_are_in_order_and_each_stands_there_once() -> None:
    words = [term.word for term in terms()]
    assert words == sorted(set(words), key=str.lower)
