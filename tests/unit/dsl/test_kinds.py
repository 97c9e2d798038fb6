"""Kinds of fields: what people and machines may write, and that nothing is lost on the way there and back."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.app import App, Field
from dsl.kinds import KINDS, Complaint, is_empty, json_value, read_value, text_value
from dsl.load import load_text

_APP = """
app: kinds
languages: [zh, en]
currency: CNY
timezone: Asia/Shanghai
roles: {boss: {label: 主管 | Boss}}
choices:
  grade: {a: 甲级 | First, b: 乙级 | Second, old: {label: 旧 | Old, retired: true}}
  place: {north: {label: 北 | North, options: {bj: 北京 | Beijing}}, south: 南 | South}
entities:
  child: {label: 子 | Child, part_of: thing, fields: {x: {label: 值 | X, type: text}}}
  thing:
    label: 物 | Thing
    code: T<####>
    tags: {hot: 热 | Hot, cold: 冷 | Cold}
    fields:
      text: text required
      long: long
      email: email
      url: url
      phone: phone
      rich: rich
      weight: number.3
      count: integer
      margin: percent
      amount: {type: money, min: 0, max: 100万}
      ok: yesno
      day: date
      at: time
      length: duration
      grade: choice grade
      places: choices place
      person: person
      department: department
      other: ref thing
      rows: table child
      file: file
      files: files
      image: image
      place: place
    access: {everyone: all}
"""


def _app() -> App:
    checked = load_text(_APP, "kinds.yaml")
    assert checked.value is not None, checked.problems
    return checked.value


APP = _app()
FIELDS = APP.entity("thing").fields


def _read(key: str, raw: object) -> object:
    return read_value(APP, FIELDS[key], raw, "zh")


def test_every_kind_has_a_field_in_these_tests():
    assert {field.kind for field in FIELDS.values()} == set(KINDS)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("amount", "1,280.50", 128050),
        ("amount", "¥１，２８０", 128000),
        ("amount", "50万", 50_000_000),
        ("amount", "0.5 万", 500_000),
        ("amount", 12, 1200),
        ("amount", 12.5, 1250),
        ("amount", "", None),
        ("amount", None, None),
        ("weight", "0.125", 125),
        ("weight", "-.5", -500),
        ("count", "１２", 12),
        ("count", "1.2亿", 120_000_000),
        ("margin", "8%", 800),
        ("margin", "８．５％", 850),
        ("margin", "0.08", 800),
        ("margin", "12.0000", 120_000),
        ("ok", "是", True),
        ("ok", "否", False),
        ("ok", "", False),
        ("ok", True, True),
        ("day", "2026-11-21", date(2026, 11, 21)),
        ("day", "2026年11月2日", date(2026, 11, 2)),
        ("day", "２０２６/１/２", date(2026, 1, 2)),
        ("at", "2026-11-21 16:20", datetime(2026, 11, 21, 8, 20, tzinfo=UTC)),
        ("at", "2026-11-21T16:20:30Z", datetime(2026, 11, 21, 16, 20, 30, tzinfo=UTC)),
        ("at", "2026-11-21T16:20:30+02:00", datetime(2026, 11, 21, 14, 20, 30, tzinfo=UTC)),
        ("length", "2h 30min", 9000),
        ("length", "3天", 259_200),
        ("length", 90, 90),
        ("grade", "a", "a"),
        ("grade", "甲级", "a"),
        ("grade", "Second", "b"),
        ("grade", "", None),
        ("places", "bj、south", ("bj", "south")),
        ("places", ["south", "北京"], ("bj", "south")),
        ("tags", ["hot", "hot"], ("hot",)),
        ("person", "7", 7),
        ("other", {"id": 3, "name": "x"}, 3),
        ("files", "1, 2", (1, 2)),
        ("files", [2, 1, 2], (2, 1)),
        ("place", "31.23,121.47 外滩", {"lat": 31.23, "lng": 121.47, "name": "外滩"}),
        ("text", "  e\u0301 ", "é"),
        ("text", "两行\n文字", "两行 文字"),
        ("long", "两行\r\n文字 ", "两行\n文字"),
        ("url", "example.com", "https://example.com"),
        ("url", "example.com:8080/a?b", "https://example.com:8080/a?b"),
        ("email", "Li@Example.COM", "Li@example.com"),
        ("phone", "＋86 138 0000 1111", "+86 138 0000 1111"),
    ],
)
def test_what_people_write_is_read(key, raw, value):
    read = _read(key, raw)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("amount", "-1"),
        ("amount", "100.01万"),
        ("amount", "1.005"),
        ("amount", "nan"),
        ("amount", float("inf")),
        ("amount", "1,28"),
        ("amount", True),
        ("amount", "9" * 99),
        ("amount", "1e999"),
        ("amount", [1]),
        ("count", "1.5"),
        ("margin", "8"),
        ("margin", "8.00001%"),
        ("ok", "也许"),
        ("day", "2026-02-30"),
        ("day", "20261121"),
        ("at", "2026-11-21 25:00"),
        ("length", "soon"),
        ("grade", "z"),
        ("places", ["north"]),
        ("person", "-1"),
        ("person", "abc"),
        ("person", 2**70),
        ("files", "1,x"),
        ("place", "95,0"),
        ("place", '{"lat": NaN, "lng": 1}'),
        ("place", "[" * 5000),
        ("text", "a\x00b"),
        ("text", "\ud800"),
        ("text", "x" * 20_001),
        ("text", {"a": 1}),
        ("text", "暂无"),
        ("email", "nobody"),
        ("url", "javascript://x.y"),
        ("url", "javascript:alert(1.5)"),
        ("url", "JaVaScRiPt:alert(document.cookie)"),
        ("url", "data:text/html,x.y"),
        ("url", "https://example.com@evil.example/"),
        ("phone", "12"),
        ("rows", [1]),
    ],
)
def test_what_cannot_be_a_value_is_refused_in_both_languages(key, raw):
    complaint = _read(key, raw)
    assert isinstance(complaint, Complaint)
    assert all(complaint.said.say(language) for language in ("zh", "en"))


@pytest.mark.parametrize(
    ("key", "value", "zh", "en"),
    [
        ("amount", 128_000_000, "¥1,280,000.00", "¥1,280,000.00"),
        ("amount", -5, "-¥0.05", "-¥0.05"),
        ("weight", 1_234_500, "1,234.500", "1,234.500"),
        ("margin", 800, "8%", "8%"),
        ("margin", 855, "8.55%", "8.55%"),
        ("margin", -50, "-0.5%", "-0.5%"),
        ("margin", 100_000, "1000%", "1000%"),
        ("count", 0, "0", "0"),
        ("ok", True, "是", "Yes"),
        ("day", date(2026, 11, 21), "2026-11-21", "2026-11-21"),
        ("at", datetime(2026, 11, 21, 8, 20, tzinfo=UTC), "2026-11-21 16:20", "2026-11-21 16:20"),
        ("length", 93_600, "1天 2小时", "1d 2h"),
        ("grade", "a", "甲级", "First"),
        ("grade", "gone", "gone", "gone"),
        ("places", ("bj", "south"), "北京、南", "Beijing, South"),
        ("amount", None, "", ""),
    ],
)
def test_a_value_is_told_to_people_in_their_language(key, value, zh, en):
    assert (text_value(APP, FIELDS[key], value, "zh"), text_value(APP, FIELDS[key], value, "en")) == (zh, en)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = st.integers(-(10**18) + 1, 10**18 - 1)
_INSTANTS = st.integers(-30_000_000_000, 250_000_000_000).map(lambda seconds: _EPOCH + timedelta(seconds=seconds))
_VALUES = st.one_of(
    st.tuples(st.sampled_from(["weight", "count", "margin"]), _NUMBERS),
    st.tuples(st.just("amount"), st.integers(0, 100_000_000)),
    st.tuples(st.just("ok"), st.booleans()),
    st.tuples(st.just("day"), st.dates(date(1000, 1, 1))),
    st.tuples(st.just("at"), _INSTANTS),
    st.tuples(st.just("length"), st.integers(0, 10**11)),
    st.tuples(st.just("grade"), st.sampled_from(["a", "b", "old", None])),
    st.tuples(st.just("places"), st.sets(st.sampled_from(["bj", "south"])).map(lambda s: tuple(sorted(s)))),
    st.tuples(st.sampled_from(["person", "other", "file"]), st.one_of(st.none(), st.integers(1, 2**63 - 1))),
    st.tuples(st.just("files"), st.lists(st.integers(1, 10**9), unique=True, max_size=9).map(tuple)),
)


@given(_VALUES)
def test_json_there_and_back_is_the_same_value(pair):
    key, value = pair
    sent = json.loads(json.dumps(json_value(APP, FIELDS[key], value)))
    assert _read(key, sent) == value


_SHOWN = ("weight", "count", "margin", "amount", "ok", "day", "length", "grade", "places")


@given(_VALUES.filter(lambda pair: pair[0] in _SHOWN), st.sampled_from(["zh", "en"]))
def test_what_is_shown_can_be_typed_again(pair, language):
    key, value = pair
    assert _read(key, text_value(APP, FIELDS[key], value, language)) == value


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=6,
)


@given(st.sampled_from(sorted(FIELDS)), _JSON)
def test_any_raw_value_is_a_value_or_a_complaint(key, raw):
    field: Field = FIELDS[key]
    value = read_value(APP, field, raw, "zh")
    if not isinstance(value, Complaint):
        assert isinstance(text_value(APP, field, value, "en"), str)
        json.dumps(json_value(APP, field, value))
        assert is_empty(field, value) in (True, False)


@given(st.sampled_from(sorted(FIELDS)), st.text(alphabet="0123456789-+.,:%万亿 :/年月日hdTZe￥e", max_size=24))
def test_anything_like_a_number_or_a_day_is_a_value_or_a_complaint(key, raw):
    read_value(APP, FIELDS[key], raw, "zh")


def test_an_instant_shown_in_the_zone_of_the_app_is_read_back_to_the_minute():
    value = datetime(2026, 11, 21, 8, 20, tzinfo=UTC) + timedelta(hours=30)
    assert _read("at", text_value(APP, FIELDS["at"], value, "zh")) == value
