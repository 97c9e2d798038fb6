"""How catalog rows are written: a Chinese and an English sentence each, and small apps as examples."""

from __future__ import annotations

from textwrap import dedent, indent

from dsl.catalog_entry import CatalogEntry, in_both

Pair = tuple[str, str]

HEAD = "app: demo\nroles:\n  sales: {label: 销售}\n  boss: {label: 主管, sees: all}\n"
ACCESS = "    access: {everyone: all}\n"


def row(code: str, title: Pair, message: Pair, cure: Pair, why: Pair, bad: str, good: str) -> CatalogEntry:
    """One entry; each pair is (zh, en)."""
    return CatalogEntry(code, in_both(*title), in_both(*message), in_both(*cure), in_both(*why), bad, good)


def deal(body: str) -> str:
    """An app with one entity `deal` of that body."""
    return HEAD + "entities:\n  deal:\n" + indent(dedent(body).strip("\n") + "\n", "    ") + ACCESS


def top(body: str) -> str:
    """An app with an entity `deal` and this beside it."""
    return deal("fields: {name: text}") + dedent(body).strip("\n") + "\n"


def staged(body: str) -> str:
    """An app with one entity of the stages open, won and lost, and this body."""
    return deal(
        "fields: {name: text, paper: file, amount: money}\n"
        "stages: {open: {label: 进行中}, won: {label: 赢单, end: won}, lost: {label: 输单, end: lost}}\n"
        + dedent(body).strip("\n")
    )
