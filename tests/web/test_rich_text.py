"""Rich texts: marks become shapes, and nothing that an author writes becomes more than that."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from web.rich_text import plain, rich

ALLOWED = {
    "p": {"class"}, "ul": set(), "ol": {"start"}, "li": set(), "blockquote": set(), "hr": set(), "br": set(),
    "pre": set(), "code": {"class"}, "em": set(), "strong": set(), "s": set(), "a": {"href", "title", "target", "rel"},
    "table": set(), "thead": set(), "tbody": set(), "tr": set(), "th": set(), "td": set(),
}  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def _tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Tags()
    reader.feed(str(rich(text)))
    return reader.found


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# 概况", '<p class="head h1">概况</p>'),
        ("**重点**客户", "<strong>重点</strong>客户"),
        ("- 一\n- 二", "<li>二</li>"),
        ("> 他说", "<blockquote>"),
        ("一\n二", "<br"),
        ("~~作废~~", "<s>作废</s>"),
        ("[官网](https://a.cn/?b=1&c=2)", 'href="https://a.cn/?b=1&amp;c=2" target="_blank" rel="noreferrer"'),
    ],
)
def test_marks_become_shapes(text: str, html: str) -> None:
    assert html in rich(text)


MARKS = st.sampled_from([
    "<script>", "</script>", "<img src=x onerror=alert(1)>", "[a](", "javascript:alert(1)", "JaVaScRiPt:x",
    "data:text/html,x", ")", "# ", "- ", "> ", "**", "&#106;avascript:x", "![p](http://x/y.png)", "<http://a.cn>",
    "<javascript:x>", "`", "```", "[r]: javascript:x", "[r]", "<style>", '"', "'", "[a](//[", "[a](http://[)",
    "onclick=", "vbscript:", "//evil.cn", "mailto:a@b.cn", "\n", "\t", "\x00", "| a |", "|---|"
])  # fmt: skip


@given(st.lists(MARKS | st.text(max_size=6), max_size=24).map("".join))
@example("[x](javascript:alert(1))")
@example("[x](//evil.cn)")
@example("|a|\n|-:|\n|b|")
@example("<a href='javascript:x'>y</a>")
def test_nothing_comes_out_but_known_tags_and_links_that_may_be_followed(text: str) -> None:
    for tag, attributes in _tags(text):
        assert tag in ALLOWED, (tag, text)
        assert set(attributes) <= ALLOWED[tag], (tag, attributes)
        if tag == "a":
            assert re.match(r"(https?|mailto|tel):", attributes["href"] or "", re.IGNORECASE), attributes


@given(st.lists(MARKS | st.text(max_size=6), max_size=24).map("".join))
def test_a_cell_shows_words_in_one_line(text: str) -> None:
    assert "\n" not in plain(text)


def test_a_cell_leaves_the_marks_out() -> None:
    assert plain("# 概况\n- **重点**客户\n- [官网](https://example.cn)") == "概况 重点客户 官网"
