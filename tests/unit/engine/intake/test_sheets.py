"""Spreadsheets are read in a child process: what is in them comes out, what is wrong with them is said."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from engine.errors import FileRefused
from engine.intake.headings import cut, head_key
from engine.intake.sheet_child import delimiter_of
from engine.intake.sheets import Sheet, read_sheets


def workbook(path: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "remove_timezone": True}) as book:
        sheet = book.add_worksheet("客户")
        for line, row in enumerate(rows):
            for at, value in enumerate(row):
                sheet.write(line, at, value)
    return path


def test_cells_of_a_workbook_keep_their_kind(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [["名称", "数", "日"], ["甲", 12, date(2026, 3, 5)], ["乙", 1.5, datetime(2026, 3, 5, 8, 30, tzinfo=UTC)]],
    )
    (sheet,) = read_sheets(path, "a.xlsx")
    assert sheet.name == "客户"
    assert sheet.rows == (("名称", "数", "日"), ("甲", 12, "2026-03-05"), ("乙", 1.5, "2026-03-05 08:30:00"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_any_encoding_with_any_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"名称{delimiter}电话\n华东轴承{delimiter}0512\n".encode(encoding))
    (sheet,) = read_sheets(path, "a.csv")
    assert sheet.rows == (("名称", "电话"), ("华东轴承", "0512"))


def test_the_delimiter_is_what_cuts_lines_alike() -> None:
    assert delimiter_of("a;b\n1,5;2,5\n3,5;4,5\n") == ";"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    with pytest.raises(FileRefused, match="炸弹"):
        read_sheets(path, "bomb.xlsx")


def test_a_sheet_of_a_million_rows_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    path = workbook(tmp_path / "long.xlsx", [["名称"]])
    changed = tmp_path / "changed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part).replace(b'ref="A1"', b'ref="A1:XFD1048576"')
            target.writestr(part, content)
    with pytest.raises(FileRefused, match="行"):
        read_sheets(changed, "long.xlsx")


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03" * 50, b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0 no workbook"])
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=r"a\.xlsx"):
        read_sheets(path, "a.xlsx")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "empty.xlsx", [])
    with pytest.raises(FileRefused, match="没有数据"):
        read_sheets(path, "empty.xlsx")


def test_heads_are_found_below_titles_and_what_is_no_data_is_passed_over() -> None:
    rows = (
        ("客户资料汇总",),
        ("更新日期:2026.11",),
        ("客户名称", "电话（必填）"),
        ("甲", "1"),
        (),
        ("客户名称", "电话（必填）"),
        ("乙", "2"),
        ("合计", 2),
        ("制表:王",),
    )
    table = cut(Sheet("", rows), {head_key("客户名称"), head_key("电话")})
    assert (table.head_line, table.heads) == (3, ("客户名称", "电话（必填）"))
    assert [(line.number, line.cells[0]) for line in table.lines] == [(4, "甲"), (7, "乙")]
    assert table.passed_over == 5
