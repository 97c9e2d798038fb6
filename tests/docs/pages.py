"""The YAML blocks of the language pages: each with the head that it leaves out, and the problems it announces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = ROOT / "docs" / "language"

_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^(\w+\.csv) [^\n]*\n\n```csv\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A CSV file: its name begins the sentence before its text."""
_ANNOUNCED = re.compile(r"#\s*(?:error|warning): \[(\w+)\]")

HEAD = "app: page\nlanguage: 1\nlanguages: [zh, en]\n"
ROLES = "roles: {sales: {label: 销售 | Sales, sees: own}}\n"


@dataclass(frozen=True, slots=True)
class Block:
    """text: a complete app. files: the CSV files that the page shows, by name. announced: (line in text, code)
    of every problem that the page promises.
    """

    page: str
    line: int
    text: str
    files: Mapping[str, str]
    announced: frozenset[tuple[int, str]]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> Iterator[Block]:
    for page in sorted(LANGUAGE.glob("*.md")):
        written = page.read_text(encoding="utf-8")
        files = dict(_FILE.findall(written))
        for found in _BLOCK.finditer(written):
            line = written.count("\n", 0, found.start()) + 1
            yield _block(page.name, line, found[1], files)


def _block(page: str, line: int, written: str, files: Mapping[str, str]) -> Block:
    head = "" if re.search(r"^app:", written, re.MULTILINE) else HEAD
    head += "" if re.search(r"^roles:", written, re.MULTILINE) else ROLES
    text = head + written
    announced = {
        (number, code) for number, each in enumerate(text.splitlines(), 1) for code in _ANNOUNCED.findall(each)
    }
    return Block(page, line, text, files, frozenset(announced))
