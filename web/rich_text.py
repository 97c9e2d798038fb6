"""`rich` fields: text with Markdown's marks, kept as typed, shown as headings, lists, quotes, links and emphasis.

What comes out is safe by the way it is made: no HTML of the author passes, no image is fetched, and a link leads to the
web, a mail or a phone only. Nothing has to be cleaned afterwards.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


class _Quiet(RendererHTML):
    """Headings are set as strong paragraphs: the outline of the page is the page's own, whatever people write."""

    def heading_open(self, tokens: list[Token], index: int, *_more: Any) -> str:
        return f'<p class="head {tokens[index].tag}">'

    def heading_close(self, *_all: Any) -> str:
        return "</p>\n"

    def th_open(self, *_all: Any) -> str:
        return "<th>"  # without its alignment, which would be a style in the page

    def td_open(self, *_all: Any) -> str:
        return "<td>"

    def link_open(self, tokens: list[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        token.attrSet("target", "_blank")
        token.attrSet("rel", "noreferrer")
        return self.renderToken(tokens, index, options, env)


class _Markdown(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True}, renderer_cls=_Quiet)
        self.enable(["strikethrough", "table"]).disable(["image", "html_block", "html_inline"])

    def validateLink(self, url: str) -> bool:  # noqa: N802  the library's name
        try:
            return urlsplit(url.strip()).scheme.lower() in _SCHEMES
        except ValueError:  # an address that is none
            return False


_MARKDOWN = _Markdown()


@lru_cache(maxsize=256)
def rich(text: str) -> Markup:
    """The text as HTML that may stand in any page."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704  made here from escaped text, see above


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """The text without its marks, in one line: for a cell of a list."""
    lines = ["".join(map(_words, t.children or ())) for t in _MARKDOWN.parse(text) if t.type == "inline"]
    return " ".join(line for line in lines if line)


def _words(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content
