"""What a column's drawer writes is what `show` would, for every kind of field and whatever a person typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import escape

from dsl.app import App, Entity
from engine.answers import FileNote, Record
from engine.runtime import Engine
from engine.testing import actor, engine_for
from tests.every_kind import app_with_every_kind
from web.create_site import create_site
from web.pages.drawing import drawer, facts, show
from web.pages.list_rows import rows_of
from web.pages.showing import shown

HOSTILE = '</td><script>alert("x")</script>\' onload=x&amp;甲'
WORDS: dict[str, object] = {
    "text": HOSTILE, "long": f"{HOSTILE}\n第二行", "rich": f"<b>{HOSTILE}</b>", "email": f"a{HOSTILE}@example.com",
    "url": f"https://example.com/?{HOSTILE}", "phone": f"138{HOSTILE}", "number": 1_234_567, "integer": -12,
    "percent": 80_000, "money": 128_000_000, "yesno": True, "date": date(2026, 11, 22),
    "time": datetime(2026, 11, 22, 8, 20, tzinfo=UTC), "duration": 5_400, "choice": "red",
    "choices": ("large", "small"), "person": 1, "department": 1, "ref": 7, "file": 3, "files": (3, 4), "image": 4,
    "place": {"lat": 31.2, "lng": 121.4, "name": HOSTILE},
}  # fmt: skip
GIVEN: dict[str, object] = {"stage": "ready", "days_in_stage": 400, "code": f"T{HOSTILE}", "tags": ("hot", HOSTILE)}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_for(app_with_every_kind(40), tmp_path_factory.mktemp("kinds"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def site(engine: Engine) -> Flask:
    return create_site(engine)


def _record(app: App, **others: object) -> Record:
    thing = app.entity("thing")
    values = {f"f_{kind}": value for kind, value in WORDS.items()} | GIVEN | others
    assert set(values) <= set(thing.fields)
    titles = {key: HOSTILE for key in values if key in ("f_person", "f_department", "f_ref", "owner")}
    notes = {3: FileNote(3, HOSTILE, 10, "text/plain", ""), 4: FileNote(4, HOSTILE, 2_000, "image/png", "")}
    return Record("thing", 5, 1, HOSTILE, values, titles, files=notes)


def _records(app: App) -> list[Record]:
    """Full, empty, with options that are no more, with references that cannot be named or opened, and masked."""
    thing = app.entity("thing")
    full = _record(app)
    nothing = Record("thing", 6, 1, "", dict.fromkeys(thing.fields))
    odd = _record(app, f_choice=HOSTILE, f_choices=(HOSTILE,), stage=HOSTILE, f_yesno=False, f_money=99)
    shut = Record("thing", 8, 1, "甲", full.values, full.titles, closed=frozenset({"f_ref", "f_person"}))
    nameless = Record("thing", 9, 1, "甲", full.values)
    veiled = dict.fromkeys(full.values, f"••{HOSTILE}")
    masked = Record("thing", 10, 1, "甲", veiled, masked=frozenset(veiled))
    return [full, nothing, odd, shut, nameless, masked]


def _columns(thing: Entity) -> list[str]:
    return [key for key, field in thing.fields.items() if field.kind != "table"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_column_draws_every_kind_of_value_as_it_is_shown_elsewhere(
    site: Flask, engine: Engine, language: str
) -> None:
    app = engine.app
    thing = app.entity("thing")
    with site.test_request_context("/", headers={"Accept-Language": language}):
        for key in _columns(thing):
            draw = drawer(app, thing, thing.fields[key], language)
            for record in _records(app) * 2:  # the second time from what was kept
                value = shown(app, record, key, language, tells_more=False)
                assert unescape(draw(record).html) == unescape(show(value)), key
                assert draw(record).text == value.text, key
                assert draw(record).is_empty == (value.look == "empty"), key


def test_nothing_that_was_typed_becomes_markup_in_a_row(site: Flask, engine: Engine) -> None:
    thing = engine.app.entity("thing")
    with site.test_request_context("/"):
        for lead in (thing.title, "owner"):
            columns = tuple(dict.fromkeys((lead, *_columns(thing))))
            for row in rows_of(thing, _records(engine.app), columns, frozenset(columns)):
                for html in (row.tds, row.line, escape(row.pick), escape(row.title), *map(escape, row.cells)):
                    assert "<script" not in html
                    assert '"x"' not in html
                    assert "' onload" not in html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_facts_hold_each_value_as_it_is_shown_with_its_label_and_name_what_is_empty(
    site: Flask, engine: Engine, language: str
) -> None:
    app = engine.app
    thing = app.entity("thing")
    with site.test_request_context("/", headers={"Accept-Language": language}):
        for record in _records(app):
            values = [shown(app, record, key, language) for key in _columns(thing)]
            html = str(facts(values))
            filled = [value for value in values if value.look != "empty"]
            assert html.count("<dt>") == len(filled)
            for value in filled:
                assert f">{show(value, in_full=True)}" in html
                assert str(escape(value.label)) in html
                assert value.history in html
            blank = [value.label for value in values if value.look == "empty"]
            assert ("<details" in html) == bool(blank)
            assert unescape(html).count("<script>") == html.count("&lt;script&gt;")


def test_the_cells_of_a_row_open_for_editing_only_where_they_may(site: Flask, engine: Engine) -> None:
    thing = engine.app.entity("thing")
    with site.test_request_context("/"):
        [row] = rows_of(thing, [_record(engine.app)], ("f_text", "f_date", "code"), frozenset({"f_date"}))
    assert row.tds.count("<td") == 3
    assert row.tds.count("data-cell=") == 1
    assert '<td data-cell="f_date">' in row.tds


def test_what_was_made_for_one_revision_is_not_shown_by_the_next(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    text = app_with_every_kind(30)
    file.write_text(text, encoding="utf-8")
    engine = engine_for(file, tmp_path / "data")
    try:
        browser = create_site(engine).test_client()
        browser.set_cookie("sluice", engine.open_session(actor(engine, "sales").id, "test"))
        assert "Thing" in browser.get("/").text
        file.write_text(text.replace("| Thing", "| Vessel"), encoding="utf-8")
        assert engine.reload().is_ok
        after = browser.get("/").text
        assert "Vessel" in after
        assert "Thing" not in after
    finally:
        engine.close()
