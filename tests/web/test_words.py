"""Every text of the interface has its English; the scripts' texts travel with the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from web.words import SCRIPT_TEXTS, say_in, texts_of

WEB = Path(__file__).resolve().parents[2] / "web"
CHINESE = re.compile("[\u4e00-\u9fff]")


def _texts_of_python() -> Iterator[str]:
    for path in WEB.rglob("pages/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "say_in"):
                for part in (leaf for arg in node.args for leaf in ast.walk(arg)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and CHINESE.search(part.value):
                        yield part.value


def _texts_of_templates() -> Iterator[str]:
    for path in WEB.rglob("templates/**/*.html"):
        for _quote, text in re.findall(r"""\b_\((["'])(.*?)\1""", path.read_text(encoding="utf-8")):
            yield text


def _texts_of_scripts() -> Iterator[str]:
    for path in WEB.rglob("assets/src/*.js"):
        for _quote, text in re.findall(r"""\bsay\((["'])(.*?)\1""", path.read_text(encoding="utf-8")):
            yield text


def test_every_text_of_the_interface_has_its_english() -> None:
    english = texts_of("en")
    wanted = {*_texts_of_python(), *_texts_of_templates(), *_texts_of_scripts()}
    assert sorted(wanted - set(english)) == []
    assert sorted(set(english) - wanted) == []


def test_holes_are_the_same_in_both_languages() -> None:
    for source, text in texts_of("en").items():
        assert set(re.findall(r"{\w+}", source)) == set(re.findall(r"{\w+}", text)), source


def test_the_page_brings_along_exactly_what_the_scripts_say() -> None:
    assert sorted(set(_texts_of_scripts())) == sorted(SCRIPT_TEXTS)


def test_the_source_language_needs_no_dictionary() -> None:
    assert say_in("zh", "还没有{label}", label="客户") == "还没有客户"
    assert say_in("en", "还没有{label}", label="customers") == "No customers yet"


def test_no_chinese_stands_outside_the_dictionary_in_templates() -> None:
    for path in WEB.rglob("templates/**/*.html"):
        bare = re.sub(r"""\b_\((["']).*?\1""", "", path.read_text(encoding="utf-8"))
        bare = re.sub(r"{#.*?#}", "", bare, flags=re.DOTALL)
        assert not CHINESE.search(bare), path.name
