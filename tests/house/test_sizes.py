"""Small files, short functions: one subject each."""

from __future__ import annotations

import ast

from tests.house.code import modules, place

FILE_LINES, FUNCTION_LINES = 400, 50
LISTS = frozenset({"dsl/app.py", "dsl/formula/functions.py"})
"""One declaration after another: splitting would only scatter them."""


def test_no_file_is_longer_than_it_can_be_read() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path, _ in modules()}
    long = [place(path, size) for path, size in sizes.items() if size > FILE_LINES]
    assert not [found for found in long if found.partition(":")[0] not in LISTS]


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
                if lines > FUNCTION_LINES:
                    long.append(f"{place(path, node.lineno)} {node.name}: {lines} lines")
    assert not long


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1
