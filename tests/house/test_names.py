"""One verb, one meaning: names that say nothing are not used, and none shadows a module of the standard library."""

from __future__ import annotations

import ast
import re

from tests.house.code import modules, place

EMPTY_NOUNS = re.compile(r"(Manager|Helper|Helpers|Util|Utils|Base)$")
EMPTY_VERBS = re.compile(r"^_?(process|handle|do|manage)(_|$)")
SQLALCHEMYS_OWN = frozenset({"process_bind_param", "process_result_value", "process_literal_param"})
EMPTY_FILES = frozenset(
    {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "base.py", "manager.py"}
)


def test_no_class_is_a_manager_or_a_helper() -> None:
    assert not [
        f"{place(path, node.lineno)} {node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and EMPTY_NOUNS.search(node.name)
    ]


def test_no_function_processes_handles_does_or_manages() -> None:
    assert not [
        f"{place(path, node.lineno)} {node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and EMPTY_VERBS.search(node.name) and node.name not in SQLALCHEMYS_OWN
    ]


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not [place(path, 1) for path, _ in modules() if path.name in EMPTY_FILES]


def test_every_module_says_what_it_is() -> None:
    silent = [place(path, 1) for path, tree in modules() if tree.body and ast.get_docstring(tree) is None]
    assert not silent
