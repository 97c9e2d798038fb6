"""Spreadsheets and CSVs that no honest program writes, the same ones for the same seed."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import xlsxwriter

_FORMULAS = ("=cmd|'/c calc'!A0", "=1+1", "+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")', "\t=1")
_NUMBERS = ("1e308", "-1e308", "NaN", "inf", "9" * 400, "0x1F", "1,2,3", "٣٤", "1e-400")
_DAYS = ("2026-02-30", "0000-00-00", "99999-01-01", "1900-01-00", "31/31/3131", "-1", "NaN")
_TEXTS = (
    "\u202e反",
    "\ufeff\ufeff",
    "\u0000",
    "𠮷" * 50,
    "a" * 40_000,
    "</t><script>",
    "']]>",
    "%s%n",
    "\ud7ff",
    "null",
)
_SHEET = "xl/worksheets/sheet1.xml"
_DTD = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'


@dataclass(frozen=True, slots=True)
class Hostile:
    """kind: what is wrong with it."""

    kind: str
    name: str
    content: bytes


def hostile_file(seed: int) -> Hostile:
    """The file of this seed; all kinds take turns."""
    rng = random.Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    extension = "csv" if kind.startswith("csv") else rng.choice(("xlsx", "xlsx", "xlsx", "xls", "csv", "ods"))
    return Hostile(kind, f"{seed}.{extension}", KINDS[kind](rng))


def _honest(rng: random.Random, rows: int = 5) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["客户名称", "行业", "电话"])
        for line in range(rows):
            page.write_row(line + 1, 0, [f"甲{rng.randrange(10**6)}", "机械", "0512-11112222"])
    return out.getvalue()


def _repacked(content: bytes, change: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            target.writestr(part.filename, change(part.filename, source.read(part)))
        for name, data in (more or {}).items():
            target.writestr(name, data)
    return out.getvalue()


def _in_sheet(rng: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    return _repacked(_honest(rng), lambda name, data: change(data) if name == _SHEET else data)


def _flipped(rng: random.Random) -> bytes:
    data = bytearray(_honest(rng))
    for _ in range(rng.randint(1, 30)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def _truncated(rng: random.Random) -> bytes:
    data = _honest(rng)
    return data[: rng.randrange(1, len(data))]


def _bomb(rng: random.Random) -> bytes:
    return _repacked(
        _honest(rng), lambda _, data: data, {"xl/media/a.bin": b"0" * rng.choice((70_000_000, 90_000_000))}
    )


def _large_sheet(rng: random.Random) -> bytes:
    """A sheet that unpacks to just below what is allowed: the reader itself must stop."""
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    count = rng.randint(200_000, 900_000)
    return _in_sheet(rng, lambda data: data.replace(b"</sheetData>", row * count + b"</sheetData>"))


def _far_cell(rng: random.Random) -> bytes:
    place = rng.choice((b"XFD1048576", b"A1048576", b"XFD1", b"ZZZ9999999999", b"A0", b""))
    return _in_sheet(rng, lambda data: data.replace(b'<c r="A2"', b'<c r="' + place + b'"'))


def _dimension(rng: random.Random) -> bytes:
    said = rng.choice((b"A1:XFD1048576", b"XFD1048576:A1", b"A1:A99999999999", b"garbage", b""))
    return _in_sheet(rng, lambda data: data.replace(b'ref="A1:C6"', b'ref="' + said + b'"'))


def _entities(rng: random.Random) -> bytes:
    outside = rng.choice((b'<!ENTITY x SYSTEM "file:///etc/passwd">', b'<!ENTITY x SYSTEM "http://127.0.0.1:9/x">'))
    head = _DTD.encode() + outside + b"]>"

    def change(data: bytes) -> bytes:
        return data.replace(b"<worksheet", head + b"<worksheet", 1).replace(b"<v>0</v>", b"<v>&b;&x;</v>")

    return _in_sheet(rng, change)


def _deep_xml(rng: random.Random) -> bytes:
    depth = rng.choice((1_000, 50_000, 300_000))
    return _in_sheet(rng, lambda data: data.replace(b"<sheetData>", b"<a>" * depth + b"</a>" * depth + b"<sheetData>"))


def _nested(rng: random.Random) -> bytes:
    inner = _honest(rng)
    for at in range(rng.randint(1, 6)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{at}.xlsx", inner)
        inner = out.getvalue()
    return inner


def _many_parts(rng: random.Random) -> bytes:
    extra = {f"xl/{at}.xml": b"" for at in range(rng.choice((600, 3_000)))}
    return _repacked(_honest(rng), lambda _, data: data, extra)


def _escaping_names(rng: random.Random) -> bytes:
    names = {"../../etc/passwd": b"x", "/abs": b"x", "xl/worksheets/../../../x.xml": b"x", "a\x01b": b"x"}
    return _repacked(_honest(rng), lambda _, data: data, names)


def _said_sizes(rng: random.Random) -> bytes:
    """An archive whose directory lies about the size of what is in it."""
    data = bytearray(_honest(rng))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = rng.choice((b"\x01\x00\x00\x00", b"\xff\xff\xff\x7f"))
    return bytes(data)


def _strange_cells(rng: random.Random) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        page = book.add_worksheet("x" * 31)
        page.write_row(0, 0, ["客户名称", "行业", "电话"])
        for line in range(1, 30):
            page.write_formula(line, 0, "=1/0", None, "#DIV/0!")
            page.write_string(line, 1, rng.choice(_FORMULAS))
            page.write(line, 2, rng.choice((1e308, -1e308, float("nan"), float("inf"), True, 2**63, 1e-320)))
        page.merge_range(31, 0, 40, 5, "merged")
    return out.getvalue()


def _csv_of(*words: tuple[str, ...]) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        rows = ["客户名称,行业,电话", *(",".join(rng.choice(rng.choice(words)) for _ in range(3)) for _ in range(40))]
        return "\n".join(rows).encode("utf-8", "surrogatepass")

    return make


def _csv_quotes(rng: random.Random) -> bytes:
    return b'"' * rng.randint(1, 200_000) + b"\n" + rng.choice((b",", b";", b"\t")) * rng.randint(1, 500_000)


def _csv_wide(rng: random.Random) -> bytes:
    return b"a," * rng.randint(10_000, 900_000) + b"\n"


def _csv_long(rng: random.Random) -> bytes:
    return rng.choice((b"a\n", b"\n", b"a,b\n")) * rng.choice((30_000, 1_048_576, 3_000_000))


def _csv_bytes(rng: random.Random) -> bytes:
    head = rng.choice(
        (b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    )
    return head + rng.randbytes(rng.randint(0, 20_000))


def _csv_one_cell(rng: random.Random) -> bytes:
    return b"x" * rng.choice((200_000, 5_000_000))


KINDS: Mapping[str, Callable[[random.Random], bytes]] = {
    "flipped bytes": _flipped,
    "truncated": _truncated,
    "bomb": _bomb,
    "large sheet": _large_sheet,
    "far cell": _far_cell,
    "dimension": _dimension,
    "entities": _entities,
    "deep xml": _deep_xml,
    "nested archives": _nested,
    "many parts": _many_parts,
    "escaping names": _escaping_names,
    "lying sizes": _said_sizes,
    "strange cells": _strange_cells,
    "csv formulas": _csv_of(_FORMULAS),
    "csv values": _csv_of(_NUMBERS, _DAYS, _TEXTS),
    "csv quotes": _csv_quotes,
    "csv wide": _csv_wide,
    "csv long": _csv_long,
    "csv bytes": _csv_bytes,
    "csv one cell": _csv_one_cell,
}
