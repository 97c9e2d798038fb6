"""Exports: what goes out is what the person may see, typed, safe to open, and it is kept who took it."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from engine.commands import ChildRow
from engine.errors import BadInput, NotAllowed
from engine.intake import export_files
from engine.intake.export_cells import Column
from engine.intake.export_files import Format, safe_text, write_file
from engine.intake.exports import Wish, declared, export, exports_of
from engine.intake.sheet_child import plain_text
from engine.runtime import Engine
from engine.store.lists import Query
from engine.store.system_tables import export_log, user_account
from engine.testing import acting, engine_for
from tests.unit.engine.conftest import Hand

SHOP = """
app: shop
label: 店 | Shop
version: 1
language: 1
languages: [zh, en]
timezone: Asia/Shanghai
currency: CNY
roles:
  sales: {label: 销售 | Sales, sees: own}
  director: {label: 总监 | Director, sees: all}
  tech: {label: 技术 | Engineer, sees: all}
choices:
  colour: {red: 红 | Red, blue: 蓝 | Blue}
entities:
  part:
    label: 零件 | Part
    code: P-<###>
    title: name
    fields:
      name: {label: 名称 | Name, type: text required}
      price: {label: 单价 | Price, type: money}
      share: {label: 占比 | Share, type: percent}
      count: {label: 数量 | Count, type: integer}
      made_on: {label: 生产日 | Made on, type: date}
      seen_at: {label: 检查 | Seen, type: time}
      colour: {label: 颜色 | Colour, type: choice colour}
      inks: {label: 油墨 | Inks, type: choices colour}
      is_new: {label: 全新 | New, type: yesno}
      owner: {label: 负责人 | Owner, type: person}
      cost: {label: 成本 | Cost, type: money}
      phone: {label: 电话 | Phone, type: text}
      twice: {label: 两倍 | Twice, type: money = price * 2}
      live_twice: {label: 眼下两倍 | Twice now, type: "money = if(made_on <= today(), twice, 0)"}
      whole: {label: 整件 | Whole, type: ref part}
      pieces: {label: 小件 | Pieces, type: table piece}
    access:
      sales: {create: true, edit: true, export: true, hide: [cost], mask: [phone]}
      director: {create: true, edit: true, export: true}
      tech: {}
  piece:
    label: 小件 | Piece
    part_of: part
    title: name
    fields: {name: {label: 名称 | Name, type: text}, size: {label: 大小 | Size, type: integer}}
exports:
  register:
    {label: 名册 | Register, of: part, by: [tech], where: price > 1, columns: {Nummer: code, Name: name, Preis: price}}
  sums:
    label: 计算 | Sums
    of: part
    columns:
      Name: name
      Unit: owner.unit
      Chief: owner.manager
      Twice: = twice
      Four times: money = live_twice * 2
      Margin: percent = (price - cost) / price
      Ink: = if(colour = "red", "R", "B")
      Colour: = colour
      New: = is_new and price > 1
      Made: = made_on + 1d
      Pieces: = count(pieces where size > 2)
      Of whole: = whole.live_twice
      Digits: = phone
  bare: {label: 光 | Bare, of: part, columns: [name, owner.name, whole.name]}
"""
SEEN = datetime.fromisoformat("2026-11-02T00:30:00")
"""In the app's zone, as a spreadsheet has it: without a zone."""
KEYS = ("code", "name", "price", "share", "count", "made_on", "seen_at", "colour", "inks", "is_new", "owner", "twice")


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    engine = engine_for(SHOP, tmp_path, database_url)
    yield engine
    engine.close()


def gear(engine: Engine, **values: object) -> int:
    known = {
        "price": 1_234_56,
        "share": 825,
        "count": 7,
        "made_on": date(2026, 11, 2),
        "colour": "red",
        "inks": ("blue", "red"),
    }
    seen = {"seen_at": datetime(2026, 11, 1, 16, 30, tzinfo=UTC), "is_new": True, "cost": 50_00, "phone": "13812345678"}
    return Hand(engine, "director").create("part", **({"name": "齿轮 Gear"} | known | seen | values))


def taken(engine: Engine, wish: Wish, form: Format, login: str = "director") -> bytes:
    target = io.BytesIO()
    export(engine.installed, acting(engine, login), wish, form, target)
    return target.getvalue()


def part_list(*fields: str, **more: object) -> Wish:
    return Wish("零件", Query("part", fields=fields or KEYS, **more))  # type: ignore[arg-type]


def sheet(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "Excel takes a CSV for UTF-8 only with its mark"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_excel_file_has_real_types_and_labels_in_the_persons_language(engine: Engine) -> None:
    gear(engine)
    heads, row = sheet(taken(engine, part_list(), "xlsx"))
    assert heads[:3] == ["Number", "Name", "Price"]
    assert row == [
        "P-001", "齿轮 Gear", 1234.56, 0.0825, 7.0, date(2026, 11, 2), SEEN,
        "Red", "Blue, Red", "Yes", "Director", 2469.12,
    ]  # fmt: skip


def test_a_csv_says_the_same_in_plain_text(engine: Engine) -> None:
    gear(engine)
    _, row = lines(taken(engine, part_list(), "csv"))
    assert row == [
        "P-001", "齿轮 Gear", "1234.56", "0.0825", "7", "2026-11-02", "2026-11-02 00:30:00",
        "Red", "Blue, Red", "Yes", "Director", "2469.12",
    ]  # fmt: skip


def test_filter_sort_search_and_columns_are_those_of_the_list(engine: Engine) -> None:
    for price, name in ((3_00, "gear A"), (9_00, "gear B"), (6_00, "gear C"), (9_99, "bolt")):
        gear(engine, name=name, price=price)
    where = engine.filter(acting(engine, "director"), "part", "price > 3.5").value
    wish = part_list("price", "name", where=where, sort=("-price",), search="GEAR")
    assert lines(taken(engine, wish, "csv"))[1:] == [["9.00", "gear B"], ["6.00", "gear C"]]


def test_hidden_fields_stay_inside_and_masks_stay_on(engine: Engine) -> None:
    sales = acting(engine, "sales").actor.id
    gear(engine, owner=sales)
    gear(engine, name="another's")
    wish = part_list("name", "cost", "phone")
    assert lines(taken(engine, wish, "csv", "sales")) == [["Name", "Phone"], ["齿轮 Gear", "•••• 5678"]]
    with pytest.raises(BadInput):
        taken(engine, part_list("name", sort=("phone",)), "csv", "sales")
    assert len(lines(taken(engine, part_list("name", "phone", search="gear"), "csv", "sales"))) == 2


def test_without_the_right_to_export_nothing_goes_out_and_nothing_is_kept(engine: Engine) -> None:
    gear(engine)
    with pytest.raises(NotAllowed):
        taken(engine, part_list(), "csv", "tech")
    assert kept(engine) == []


def test_a_declared_file_has_its_own_columns_heads_condition_and_takers(engine: Engine) -> None:
    gear(engine)
    gear(engine, name="cheap", price=50)
    part = engine.app.entity("part")
    assert [each.key for each in exports_of(engine.installed, acting(engine, "director"), part)] == ["sums", "bare"]
    [register] = exports_of(engine.installed, acting(engine, "tech"), part)
    heads, *rows = sheet(taken(engine, declared(register, "en"), "xlsx", "tech"))
    assert heads == ["Nummer", "Name", "Preis"]
    assert rows == [["P-001", "齿轮 Gear", 1234.56]]


def test_a_column_may_be_a_path_or_a_formula_of_stored_and_live_values(engine: Engine) -> None:
    sales = acting(engine, "sales").actor.id
    whole = gear(engine, name="whole", price=10_00)
    with engine.database.write() as conn:
        chief = acting(engine, "manager").actor.id
        conn.execute(sa.update(user_account).where(user_account.c.id == sales).values(manager_id=chief))
    small = [ChildRow({"name": "a", "size": 1}), ChildRow({"name": "b", "size": 3}), ChildRow({"name": "c", "size": 9})]
    Hand(engine, "director").create(
        "part", {"pieces": small}, name="axle", price=200_00, cost=50_00, owner=sales, whole=whole, colour="blue",
        made_on=date(2026, 11, 2), is_new=True, phone="13812345678",
    )  # fmt: skip
    wish = declared(engine.app.exports["sums"], "en")
    heads, row, _ = lines(taken(engine, wish, "csv"))
    assert dict(zip(heads, row, strict=True)) == {
        "Name": "axle", "Unit": "South", "Chief": "Manager", "Twice": "400.00", "Four times": "800.00",
        "Margin": "0.7500", "Ink": "B", "Colour": "Blue", "New": "Yes", "Made": "2026-11-03", "Pieces": "2",
        "Of whole": "20.00", "Digits": "13812345678",
    }  # fmt: skip
    typed = dict(zip(heads, sheet(taken(engine, wish, "xlsx"))[1], strict=True))
    assert (typed["Four times"], typed["Margin"], typed["Made"]) == (800.0, 0.75, date(2026, 11, 3))
    [(_, _, _, _, what), _] = kept(engine)
    assert isinstance(what, dict)
    assert what["columns"][:5] == ["name", "= owner.unit", "= owner.manager", "= twice", "= live_twice * 2"]


def test_columns_without_heads_are_called_as_the_field_they_lead_to(engine: Engine) -> None:
    gear(engine, owner=acting(engine, "sales").actor.id)
    heads, row = lines(taken(engine, declared(engine.app.exports["bare"], "en"), "csv"))
    assert (heads[0], heads[2], row) == ("name", "名称", ["齿轮 Gear", "Sales", ""])


def test_a_column_that_is_made_from_what_is_hidden_or_masked_stays_inside(engine: Engine) -> None:
    gear(engine, owner=acting(engine, "sales").actor.id)
    heads, _ = lines(taken(engine, declared(engine.app.exports["sums"], "en"), "csv", "sales"))
    assert "Twice" in heads
    assert not {"Margin", "Digits"} & set(heads)


def test_it_is_kept_who_took_out_what_and_how_much(engine: Engine) -> None:
    gear(engine)
    where = engine.filter(acting(engine, "director"), "part", "price > 1").value
    taken(engine, part_list("name", "price", where=where, search="gear", sort=("name",)), "csv")
    [(login, entity, form, count, what)] = kept(engine)
    assert (login, entity, form, count) == (acting(engine, "director").actor.id, "part", "csv", 1)
    assert what == {"columns": ["name", "price"], "where": "price > 1", "search": "gear", "sort": ["name"]}


def kept(engine: Engine) -> list[tuple[object, ...]]:
    c = export_log.c
    with engine.database.read() as conn:
        return list(conn.rows(sa.select(c.actor_id, c.entity, c.format, c.row_count, c.what).order_by(c.id)))


# --- what spreadsheets would do with it ------------------------------------------------------------------------------

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "https://example.com", "'quoted")


def test_a_text_that_looks_like_a_formula_stays_a_text(engine: Engine) -> None:
    for name in HOSTILE:
        gear(engine, name=name)
    stored = [made_name(engine, number) for number in range(1, len(HOSTILE) + 1)]
    by_number = part_list("name", sort=("code",))
    assert [row[0] for row in sheet(taken(engine, by_number, "xlsx"))[1:]] == stored
    content = zipfile.ZipFile(io.BytesIO(taken(engine, by_number, "xlsx"))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in content
    assert b"hyperlink" not in content
    written = [row[0] for row in lines(taken(engine, by_number, "csv"))[1:]]
    assert not any(text.startswith(export_files.FORMULA_STARTS) for text in written)
    assert [plain_text(text) for text in written] == stored


def made_name(engine: Engine, number: int) -> object:
    return Hand(engine, "director").values("part", number)["name"]


@pytest.mark.parametrize("start", export_files.FORMULA_STARTS)
def test_every_start_of_a_formula_is_made_harmless(start: str) -> None:
    assert safe_text(f"{start}cmd") == f"'{start}cmd"
    assert safe_text(f"cmd{start}") == f"cmd{start}"


@pytest.mark.parametrize("text", [*HOSTILE, "'=1", "''+1", "'", "''", "", "'a", "-", "''-"])
def test_what_was_made_harmless_is_read_back_as_it_was(text: str) -> None:
    assert plain_text(safe_text(text)) == text
    assert safe_text(text) == text or safe_text(text) == f"'{text}"


def columns_of(engine: Engine, *keys: str) -> tuple[Column, ...]:
    fields = engine.app.entity("part").fields
    return tuple(Column(key, fields[key]) for key in keys)


def test_a_number_longer_than_excel_holds_is_written_digit_by_digit(engine: Engine) -> None:
    target = io.BytesIO()
    rows: list[tuple[Decimal | None]] = [(Decimal("12345678901234567.89"),), (Decimal("1.50"),), (None,)]
    write_file("xlsx", "n", columns_of(engine, "price"), rows, target)
    assert [row[0] for row in sheet(target.getvalue())[1:3]] == ["12345678901234567.89", 1.5]


def test_a_full_sheet_goes_on_in_another(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "MOST_SHEET_ROWS", 3)
    target = io.BytesIO()
    assert write_file("xlsx", "a/b*c", columns_of(engine, "name"), [(str(n),) for n in range(7)], target) == 7
    book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
    assert book.sheet_names == ["a b c", "a b c 2", "a b c 3"]
    assert [row[0] for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()[1:]] == list(
        "0123456"
    )


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_memory_does_not_grow_with_the_rows(engine: Engine, tmp_path: Path, form: Format) -> None:
    def peak(count: int) -> int:
        rows = ((f"row {number}", Decimal(number)) for number in range(count))
        with (tmp_path / "out").open("wb") as target:
            tracemalloc.start()
            write_file(form, "n", columns_of(engine, "name", "price"), rows, target)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(10)
    assert peak(20_000) < peak(500) + 300_000
