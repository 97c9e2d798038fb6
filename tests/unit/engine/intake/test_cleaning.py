"""One cell: what people type is read, what cannot be read is said with what may be meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dsl.app import App
from dsl.load import load_app
from dsl.outlets import ImportColumn
from engine.intake.cleaning import Cleaner, Fault
from engine.intake.sheets import Cell

APPS = Path(__file__).parents[4] / "apps"


@pytest.fixture(scope="module")
def app() -> App:
    found = load_app(APPS / "sales_crm.yaml").value
    assert found is not None
    return found


def read(app: App, path: str, cell: Cell, **words: str) -> object:
    entity, _, key = path.partition(".")

    def find(_entity: str, _column: ImportColumn, name: str) -> int | None:
        return {"王伟": 7}.get(name)

    column = ImportColumn(key, key, words=words)
    return Cleaner(app, app.entity(entity), "zh", find).read_once(app.entity(entity).fields[key], column, {})(cell)


@pytest.mark.parametrize(
    ("path", "cell", "value"),
    [
        ("customer.name", "　华东　轴承 ", "华东 轴承"),
        ("customer.name", "华东轴承（苏州）", "华东轴承（苏州）"),
        ("customer.tax_no", "９１330200ＡＢＣ", "91330200ABC"),
        ("customer.phone", 13812345678, "13812345678"),
        ("customer.phone", "１３８１２３４５６７８", "13812345678"),
        ("customer.email", "Ａ＠b.CN", "A@b.cn"),
        ("customer.industry", "汽车配件", "auto"),
        ("customer.grade", "Ａ", "A"),
        ("customer.margin", "35%", 3500),
        ("customer.owner", "王伟", 7),
        ("customer.drawings_shared", "√", True),
        ("customer.tags", "潜在、大客户", ("key", "prospect")),
        ("visit.day", 45_800, date(2025, 5, 23)),
        ("visit.day", "2026.3.5", date(2026, 3, 5)),
        ("visit.day", "2026年3月5日", date(2026, 3, 5)),
        ("visit.day", "20260305", date(2026, 3, 5)),
        ("visit.day", "26/3/5", date(2026, 3, 5)),
        ("visit.day", "2026-03-05 00:00:00", date(2026, 3, 5)),
        ("visit.expected_amount", "￥1,200.50元", 120_050),
        ("visit.expected_amount", "50万", 50_000_000),
        ("visit.expected_amount", "约1.2万元", 1_200_000),
        ("visit.expected_amount", 1234.5000000000002, 123_450),
    ],
)
def test_what_people_type_is_read(app: App, path: str, cell: Cell, value: object) -> None:
    assert read(app, path, cell) == value


@pytest.mark.parametrize("cell", ["暂无", "待跟进", " 无 ", "-", "——", "？", "N/A", "", None])
def test_filler_and_lone_marks_are_nothing(app: App, cell: Cell) -> None:
    """S4-23 as it comes in from files."""
    assert read(app, "customer.phone", cell) is None


def test_a_word_of_the_import_means_an_option_however_it_is_written(app: App) -> None:
    assert read(app, "customer.industry", "３Ｃ 电子", **{"3c电子": "consumer"}) == "consumer"


def test_an_unknown_option_is_refused_with_the_near_ones(app: App) -> None:
    found = read(app, "customer.industry", "汽车配套")
    assert isinstance(found, Fault)
    assert "汽车配套" in found.said
    assert "是不是“汽车配件”" in found.said


@pytest.mark.parametrize("cell", ["3月5日", "2026-13-01", "1e308", 1e308, "NaN", 3, "昨天"])
def test_what_is_no_day_is_not_guessed(app: App, cell: Cell) -> None:
    assert isinstance(read(app, "visit.day", cell), Fault)


def test_an_unknown_colleague_is_named(app: App) -> None:
    found = read(app, "customer.owner", "王五")
    assert isinstance(found, Fault)
    assert "王五" in found.said


def test_a_column_of_many_rows_is_read_as_its_cells_one_by_one(app: App) -> None:
    """What equals one another in Python (True, 1, 1.0) may mean different things in a cell."""
    entity = app.entity("customer")
    cleaner = Cleaner(app, entity, "zh", lambda _entity, _column, _name: None)
    field, column = entity.fields["phone"], ImportColumn("phone", "phone")
    cells: list[Cell] = [1, True, 1.0, "1", None, "１", 1, True, "暂无"]
    reader, read_once = cleaner.reader(field, column, {}), cleaner.read_once(field, column, {})
    assert [repr(reader(cell)) for cell in cells] == [repr(read_once(cell)) for cell in cells]
