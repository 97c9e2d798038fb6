"""Every code teaches with examples that are true."""

import re
from pathlib import Path

import pytest

from dsl.catalog import CATALOG
from dsl.load import load_app, load_text
from dsl.problems import Problem
from dsl.render import help_text, message
from dsl.source import Span

_TEXT_SIDE = [entry for entry in CATALOG.values() if not entry.code.startswith("F") and entry.code != "Y19"]
_REPORTED = re.compile(r'"([YSMNA]\d\d)"')


_BYSTANDERS = {"A28", "A29", "A39"}
"""A table, a document or an approval that nobody needs may stand in an example of something else."""


def _codes(text: str) -> set[str]:
    """Codes found in an example; a part that does not act yet may stand in an example of something else."""
    checked = load_text(text.encode("utf-8", "surrogateescape"), "example.yaml")
    return {problem.code for problem in checked.problems}


@pytest.mark.parametrize("entry", _TEXT_SIDE, ids=lambda entry: entry.code)
def test_the_bad_example_has_exactly_its_own_mistake(entry):
    codes = _codes(entry.bad)
    assert entry.code in codes
    assert {code for code in codes - _BYSTANDERS if not code.startswith("N")} <= {entry.code}


@pytest.mark.parametrize("entry", _TEXT_SIDE, ids=lambda entry: entry.code)
def test_the_good_example_has_no_mistake(entry):
    bystanders = _BYSTANDERS - {entry.code}
    found = _codes(entry.good) - bystanders
    assert {code for code in found if not code.startswith("N") or code == entry.code} == set()


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path):
    checked = load_app(tmp_path / "nothing.yaml")
    assert [problem.code for problem in checked.problems] == ["Y19"]


@pytest.mark.parametrize("entry", _TEXT_SIDE, ids=lambda entry: entry.code)
def test_every_sentence_speaks_both_languages(entry):
    for text in (entry.title, entry.message, entry.help, entry.why):
        assert [language for language, _said in text.by_language] == ["zh", "en"]


def test_every_code_that_is_reported_is_in_the_catalog():
    root = Path(__file__).parents[3] / "dsl"
    sources = [path.read_text("utf-8") for path in root.rglob("*.py") if "formula" not in path.parts]
    reported = {code for source in sources for code in _REPORTED.findall(source)}
    assert len(reported) > 60
    assert reported - set(CATALOG) == set()


@pytest.mark.parametrize("entry", CATALOG.values(), ids=lambda entry: entry.code)
def test_every_sentence_can_be_filled(entry):
    problem = Problem(entry.code, Span("a", 1, 1, 1, 2))
    for language in ("zh", "en"):
        assert message(problem, language)
        assert help_text(problem, language)
