"""Any text is an App or problems, never an exception."""

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.load import load_text
from dsl.render import as_json, as_text

_APP = (Path(__file__).parents[3] / "apps" / "store_sales.yaml").read_text("utf-8")
_LINES = _APP.split("\n")
_TOKENS = [
    *dict.fromkeys(re.findall(r"\w+|[^\w\s]", _APP)),
    "：",
    "\t",
    "\u3000",
    "(",
    "{",
    "any",
    "= me",
    "..",
    "<",
    "|",
]


def _survives(text: bytes | str) -> None:
    checked = load_text(text, "fuzz.yaml")
    assert checked.value is not None or checked.errors
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    for language in ("zh", "en"):
        assert isinstance(as_text(checked.problems, {"fuzz.yaml": shown}, language), str)
    assert all(item["message"] and item["line"] for item in as_json(checked.problems))


@given(st.binary(max_size=400))
def test_any_bytes(data):
    _survives(data)


@given(st.text(max_size=400))
def test_any_text(text):
    _survives(text)


@given(st.lists(st.sampled_from(_TOKENS), max_size=40), st.sampled_from([" ", "\n", ": ", "\n  "]))
def test_any_words_of_the_language(tokens, between):
    _survives(between.join(tokens))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_good_app_with_a_piece_changed(data):
    number = data.draw(st.integers(0, len(_LINES) - 1))
    line = _LINES[number]
    at = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(at, len(line)))
    token = data.draw(st.one_of(st.sampled_from(_TOKENS), st.text(max_size=5)))
    changed = [*_LINES[:number], line[:at] + token + line[end:], *_LINES[number + 1 :]]
    _survives("\n".join(changed))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, len(_LINES)), st.integers(0, 8))
def test_a_good_app_with_lines_missing(start, count):
    _survives("\n".join(_LINES[:start] + _LINES[start + count :]))
