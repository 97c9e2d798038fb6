"""The language guide runs: every YAML block loads, and reports exactly the problems that its comments announce."""

from __future__ import annotations

import pytest

from dsl.load import load_text
from tests.docs.pages import Block, blocks


@pytest.mark.parametrize("block", list(blocks()), ids=str)
def test_a_block_of_a_language_page_loads_as_it_says(block: Block) -> None:
    checked = load_text(block.text, block.page, block.files)
    found = {(problem.span.line, problem.code) for problem in checked.problems}
    assert found == block.announced, [(p.code, str(p.span), dict(p.values)) for p in checked.problems]
    has_errors = any(problem.severity == "error" for problem in checked.problems)
    assert (checked.value is None) == has_errors


def test_the_pages_hold_blocks() -> None:
    assert len({block.page for block in blocks()}) >= 5
