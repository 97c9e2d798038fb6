"""docs/rows.md says what is true, and nobody names a row that does not exist."""

from __future__ import annotations

from tests.docs import rows


def test_every_row_that_is_named_exists() -> None:
    asked = set(rows.requirements())
    assert set(rows.places_in_apps()) - asked == set()
    assert set(rows.tests_by_row()) - asked == set()


def test_there_are_235_rows_and_35_for_shops() -> None:
    asked = rows.requirements()
    assert sum(row.startswith("S") for row in asked) == 235
    assert sum(row.startswith("R") for row in asked) == 35


def test_the_page_of_rows_is_current() -> None:
    """Run `python -m tests.docs.rows` when this fails."""
    assert rows.PAGE.read_text(encoding="utf-8") == rows.page()
