"""Every function of the language: its example is true, and it is known to the guide."""

from __future__ import annotations

import ast
import string

import pytest

from dsl.formula.check import compile_for
from dsl.formula.function_row import Function
from dsl.formula.functions import FUNCTIONS
from dsl.formula.python_code import compile_formula
from tests.formula_app import APP
from tests.formula_cases import EXAMPLE, VISITED, shown


def _value(function: Function) -> str:
    checked = compile_for(APP, "deal", function.example, display=True)
    assert checked.value is not None, checked.problems
    return shown(compile_formula(checked.value, APP)(EXAMPLE, VISITED), checked.value.type).strip('"')


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.key)
def test_the_example_of_a_function_has_its_value(function: Function) -> None:
    assert _value(function) == function.value


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.key)
def test_a_function_is_described_in_both_languages(function: Function) -> None:
    assert [language for language, _said in function.says.by_language] == ["zh", "en"]
    assert function.usage.startswith(function.key)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.key)
def test_the_python_of_a_function_names_only_arguments_that_it_has(function: Function) -> None:
    names = {name for _text, name, _spec, _conversion in string.Formatter().parse(function.python) if name}
    known = {str(index) for index in range(len(function.parameters))}
    assert names <= known | {f"scale{index}" for index in known}


def test_the_list_of_functions_is_the_one_of_the_specification() -> None:
    listed = """
        round abs min max floor ceil mod sign if default days_since year month day weekday quarter week start_of end_of
        add_months date workdays add_workdays work_hours len left right mid trim lower upper contains starts_with
        ends_with before after replace pad count sum avg exists latest first join today now me submitter entered yuan
        format pinyin filled
    """
    assert set(FUNCTIONS) == set(listed.split())


WRITTEN = [function for function in FUNCTIONS.values() if function.python]


@pytest.mark.parametrize("function", WRITTEN, ids=lambda function: function.key)
def test_the_code_of_a_call_stays_whole_beside_any_operator(function: Function) -> None:
    arguments = [f"a{at}" for at in range(4)]
    code = function.python.format(*arguments, **{f"scale{at}": 2 for at in range(4)})
    negated = ast.parse(f"-{code}", mode="eval").body
    assert isinstance(negated, ast.UnaryOp), "-floor(x) is not floor(-x)"
    raised = ast.parse(f"{code} ** 2", mode="eval").body
    assert isinstance(raised, ast.BinOp)
    assert isinstance(raised.op, ast.Pow)
    assert ast.unparse(raised.left) == ast.unparse(ast.parse(code, mode="eval").body)
    compared = ast.parse(f"{code} == b", mode="eval").body
    assert isinstance(compared, ast.Compare)
    assert len(compared.ops) == 1, "one comparison, not a chain"
