"""One entry of the catalog of problem codes."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.app import Text


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """What a problem code says and teaches.

    title: the mistake in a few words. message: the sentence at the place, `help`: what to write instead; both are
    `str.format` templates over `Problem.values` (a value that is a `Text` is said in the reader's language first).
    why: the reason for the rule. bad / good: an example that has the mistake and one that does not, as YAML or, for
    the codes F…, as a formula.
    """

    code: str
    title: Text
    message: Text
    help: Text
    why: Text
    bad: str
    good: str


def in_both(zh: str, en: str) -> Text:
    """A sentence in Chinese and English."""
    return Text((("zh", zh), ("en", en)))
