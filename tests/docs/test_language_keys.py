"""No key without its page, and none that waits for its runtime without its warning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl.kinds import KINDS
from dsl.load import load_text
from dsl.nodes import Node
from dsl.parts import PARTS
from dsl.read import Block, Reading
from dsl.source import Span
from tests.docs import keys
from tests.docs.pages import HEAD, LANGUAGE, ROLES, blocks

_PLAIN = (
    "entities:\n  item:\n    label: 物品 | Item\n    title: name\n"
    "    fields: {name: {label: 名称 | Name, type: text required}}\n"
    "    access: {sales: {create: true, edit: true}}\n"
)
_DSL = Path(__file__).resolve().parents[2] / "dsl"
_INSTEAD = {"extends": "N04"}
_LATER = sorted(key.name for key in PARTS["app"].values() if key.is_later)


def test_the_page_of_keys_is_current() -> None:
    """Run `python -m tests.docs.keys` when this fails."""
    assert keys.PAGE.read_text(encoding="utf-8") == keys.page()


def test_every_key_is_explained_by_hand_as_well() -> None:
    written = [path.read_text(encoding="utf-8") for path in LANGUAGE.glob("*.md") if path != keys.PAGE]
    words = set(re.findall(r"\w+", "\n".join(written)))
    silent = [f"{part}.{key}" for part, known in PARTS.items() for key in known if key not in words]
    assert silent == []


@pytest.mark.parametrize("name", _LATER)
def test_a_section_that_does_not_act_yet_says_so(name: str) -> None:
    value = {"plugins": "[wecom]", "extends": "base"}.get(name, "{}")
    problems = load_text(f"{HEAD}{ROLES}{_PLAIN}{name}: {value}\n", "page.yaml").problems
    assert [problem.code for problem in problems] == [_INSTEAD.get(name, "N01")]


def test_keys_that_do_not_act_yet_inside_of_parts_are_few_and_known() -> None:
    """Each is announced on a page with its warning: N02 rules, N03 proof, N05 approvals, N01 tags by themselves."""
    later = {
        f"{part}.{key.name}" for part, known in PARTS.items() if part != "app" for key in known.values() if key.is_later
    }
    assert later == {
        "option.if", "stage.approval", "gate.opened", "gate.mail", "gate.approved", "gate.done", "rule.when", "rule.do",
    }  # fmt: skip


def test_every_key_is_asked_for_by_the_code_that_reads_it() -> None:
    """A key that the reader accepts and nothing asks for would be silently without effect."""
    rows = {"part_rows.py", "parts.py", "parts_flow.py", "parts_outlets.py"}
    sources = [path.read_text(encoding="utf-8") for path in _DSL.rglob("*.py") if path.name not in rows]
    asked = set(re.findall(r"\"([a-z_]+)\"", "\n".join(sources)))
    unread = [f"{part}.{key}" for part, known in PARTS.items() for key in known if key not in asked]
    assert unread == []


def test_every_kind_of_field_stands_in_an_example() -> None:
    apps = [load_text(block.text, block.page, block.files).value for block in blocks()]
    entities = [entity for app in apps if app is not None for entity in app.entities.values()]
    shown = {field.kind for entity in entities for field in entity.fields.values()}
    assert set(KINDS) - shown == set()


def test_every_key_stands_in_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks for a key finds a block of YAML that has it, and that block is run."""
    shown: set[str] = set()
    read = Reading.block

    def noting(self: Reading, node: Node, part: str, span: Span | None = None) -> Block:
        block = read(self, node, part, span)
        shown.update(f"{part}.{entry.key.text}" for entry in block.node.entries)
        return block

    monkeypatch.setattr(Reading, "block", noting)
    for example in blocks():
        load_text(example.text, "page.yaml", example.files)
    assert [name for part, known in PARTS.items() for key in known if (name := f"{part}.{key}") not in shown] == []
