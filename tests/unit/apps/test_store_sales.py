"""The shops app: a second app on the same engine, with nothing added to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import apps
from dsl.app import App
from dsl.load import load_app

PATH = Path(apps.__file__).parent / "store_sales.yaml"
ROOT = PATH.parents[1]


@pytest.fixture(scope="module")
def app() -> App:
    checked = load_app(PATH)
    assert checked.problems == ()
    assert checked.value is not None
    return checked.value


def _literals(folder: str) -> Iterator[tuple[str, str]]:
    for path in (ROOT / folder).rglob("*.py"):
        if "sample" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path.relative_to(ROOT).as_posix(), node.value


@pytest.mark.parametrize("folder", ["dsl", "engine", "web"])
def test_no_code_knows_the_entities_of_the_shops(app: App, folder: str) -> None:
    own = {"store", "employee", "daily_report", "check_item", "inspection", "finding", "rectification", "cash_session"}
    assert own < set(app.entities)
    unmistakable = own - {"store", "finding"}
    assert [(path, text) for path, text in _literals(folder) if text in unmistakable] == []


def test_a_shop_lives_from_preparing_to_closing(app: App) -> None:
    """R-31: a licence to open; stock, cash and people gone to close."""
    pipeline = app.entities["store"].pipelines[0]
    assert [stage.label.say("zh") for stage in pipeline.stages] == ["筹备", "营业", "停业", "关闭"]
    closed = pipeline.stage("closed")
    assert closed is not None
    assert closed.enter is not None
    assert len(closed.enter.requirements) == 3


def test_a_shop_is_scored_in_three_colours(app: App) -> None:
    """R-25."""
    bands = app.entities["store"].scores["rating"].bands
    assert [(band.key, band.low, band.high) for band in bands] == [
        ("red", 0, 79),
        ("yellow", 80, 89),
        ("green", 90, 100),
    ]


def test_a_check_in_counts_within_two_hundred_metres(app: App) -> None:
    assert app.entities["store"].fields["radius"].default == 200
