"""Edits by path: the text says the old tree with the one change, and every line that is not meant stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.edit import Refused, add, plain, remove, rename, set_value
from dsl.nodes import Mapping, Node, Scalar, Sequence
from dsl.yaml_reader import read_yaml

ROOT = Path(__file__).parents[3]
SALES = (ROOT / "apps" / "sales_crm.yaml").read_text("utf-8")
SMALL = """app: t  # head
roles: {boss: {label: 主管, sees: all}}   # one line
entities:
  deal:      # the deal
    fields:
      name:   text required      # S0-01
      amount: money              # S0-02
      # about the day
      day: date

    stages:
      - lead     # first
      - won
    list: [a, "b, c", d]
tail:
"""


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (
            lambda text: set_value(text, ("entities", "deal", "fields", "amount"), "number.2"),
            "      amount: money              # S0-02\n",
            "      amount: number.2           # S0-02\n",
        ),
        (
            lambda text: set_value(text, ("roles", "boss", "sees"), "own, team"),
            "sees: all}}   # one line",
            'sees: "own, team"}}   # one line',
        ),
        (lambda text: set_value(text, ("tail",), "a: b"), "tail:\n", 'tail: "a: b"\n'),
        (
            lambda text: set_value(text, ("entities", "deal", "list", 1), "e"),
            '[a, "b, c", d]',
            "[a, e, d]",
        ),
        (
            lambda text: rename(text, ("entities", "deal", "fields", "day"), "due"),
            "      day: date\n",
            "      due: date\n",
        ),
        (
            lambda text: add(text, ("entities", "deal", "fields"), "due", "date required"),
            "      day: date\n",
            "      day: date\n      due: date required\n",
        ),
        (lambda text: add(text, ("roles", "boss"), "also", "x"), "sees: all}}", "sees: all, also: x}}"),
        (lambda text: add(text, (), "menu", "deal"), "tail:\n", "tail:\nmenu: deal\n"),
        (
            lambda text: remove(text, ("entities", "deal", "fields", "amount")),
            "      amount: money              # S0-02\n",
            "",
        ),
        (lambda text: remove(text, ("entities", "deal", "stages", 1)), "      - won\n", ""),
        (lambda text: remove(text, ("entities", "deal", "list", 1)), '[a, "b, c", d]', "[a, d]"),
        (lambda text: remove(text, ("entities", "deal", "list", 2)), '"b, c", d]', '"b, c"]'),
        (
            lambda text: remove(text, ("roles", "boss", "label")),
            "{label: 主管, sees: all}",
            "{sees: all}",
        ),
    ],
)
def test_only_the_place_that_is_meant_changes(edit, old, new):
    assert SMALL.count(old) == 1
    assert edit(SMALL) == SMALL.replace(old, new)
    windows = SMALL.replace("\n", "\r\n")
    assert edit(windows) == windows.replace(old.replace("\n", "\r\n"), new.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "edit",
    [
        lambda: set_value(SMALL, ("entities", "deal"), "x"),
        lambda: set_value(SMALL, ("entities", "order"), "x"),
        lambda: add(SMALL, ("entities", "deal", "fields"), "name", "text"),
        lambda: rename(SMALL, ("entities", "deal", "fields", "name"), "day"),
        lambda: rename(SMALL, (), "x"),
        lambda: remove(SMALL, ("entities", "deal", "stages", 7)),
        lambda: set_value("a: [", ("a",), "x"),
        lambda: set_value(SMALL, ("app",), "a\ud800"),
        lambda: set_value(SMALL, ("app",), "a\x00"),
    ],
)
def test_what_cannot_be_done_is_refused(edit):
    with pytest.raises(Refused):
        edit()


def _tree(text: str) -> Node:
    read = read_yaml(text, "edit")
    assert read.value is not None
    return read.value


def _nodes(node: Node, path: tuple = ()):
    yield path, node
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _nodes(entry.value, (*path, entry.key.text))
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from _nodes(item, (*path, number))


PLACES = list(_nodes(_tree(SALES)))
_WORDS = st.one_of(
    st.sampled_from(
        ["text", "= a, b", "x: y", "# z", "'", '"', "", " a ", "甲 | A", "- b", "a #b", "\\", "a\nb", "{x}"]
    ),
    st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\ufeff"), max_size=12),
)


def _stretch_of_change(old: str, new: str) -> tuple[int, int]:
    """The first line that differs, and how many lines at the end are the same."""
    one, two = old.splitlines(keepends=True), new.splitlines(keepends=True)
    first = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    left = min(len(one), len(two)) - first
    same = next((n for n in range(left) if one[-1 - n] != two[-1 - n]), left)
    return first + 1, len(one) - same


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(PLACES), word=_WORDS, way=st.sampled_from(["set", "add", "rename", "remove"]))
def test_an_edit_of_the_sales_app_touches_its_own_lines_only(place, word, way):
    path, node = place
    try:
        if way == "set":
            new = set_value(SALES, path, word)
        elif way == "add":
            new = add(SALES, path, "new_" + word, word)
        elif way == "rename":
            new = rename(SALES, path, "new_" + word)
        else:
            new = remove(SALES, path)
    except (Refused, IndexError):
        if way == "set":
            assert not isinstance(node, Scalar), (path, word)
        return
    first, last = _stretch_of_change(SALES, new)
    if way != "remove" and new != SALES:
        begin = node.span.line - 1 if way == "rename" else node.span.line
        assert begin <= first
        assert last <= node.span.end_line + 1
    if way == "set":
        expected = plain(_tree(SALES))
        at = expected
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = word
        assert plain(_tree(new)) == expected


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (lambda text: remove(text, ("roles", "boss")), "roles: {}   # one line\n"),
        (
            lambda text: add(text, ("entities", "deal", "fields"), "size", {"type": "integer", "min": "0"}),
            '      size: {type: integer, min: "0"}\n',
        ),
        (
            lambda text: add(text, ("roles",), "sales", {"label": "销售, 外勤", "also": ["boss"]}),
            'roles: {boss: {label: 主管, sees: all}, sales: {label: "销售, 外勤", also: [boss]}}   # one line\n',
        ),
        (
            lambda text: remove(remove(text, ("entities", "deal", "stages", 0)), ("entities", "deal", "stages", 0)),
            "    stages: []\n",
        ),
    ],
)
def test_blocks_are_added_and_the_last_of_a_block_is_removed(edit, line):
    changed = edit(SMALL)
    assert line.replace('"0"', "0") in changed
    kept = [each for each in changed.splitlines() if each in SMALL.splitlines()]
    assert len(kept) >= len(SMALL.splitlines()) - 3
