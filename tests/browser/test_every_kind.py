"""An app that no template has seen, with every kind of field and three hundred of them, is whole and usable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dsl.kinds import KINDS
from engine.commands import Create
from engine.store.lists import Query
from engine.testing import acting, engine_for
from tests.browser.company import Company
from tests.browser.conftest import Site, serve
from tests.browser.test_stories import _paper, _picture
from tests.every_kind import app_with_every_kind

pytestmark = pytest.mark.browser


@pytest.fixture
def strange(tmp_path: Path, browser: Browser) -> Iterator[Site]:
    engine = engine_for(app_with_every_kind(), tmp_path)
    for login in ("sales", "manager"):
        engine.set_language(acting(engine, login).actor, "zh")
    shelf = engine.execute(Create("shelf", {"name": "三号货架"}), acting(engine, "sales"))
    yield from serve(Company(engine, shelf.id or 0, 0, 0), browser)
    engine.close()


def _field(page: Page, kind: str) -> Locator:
    return page.locator(f"#f-f_{kind}-field")


def _pick(page: Page, kind: str, text: str) -> None:
    _field(page, kind).get_by_role("combobox").fill(text)
    page.get_by_role("option", name=text).first.click()


TYPED = {
    "text": "样件", "long": "第一行\n第二行", "email": "a@b.cn", "url": "https://b.cn", "phone": "0575-1234",
    "number": "1,234.5", "integer": "12", "percent": "8", "money": "5万", "date": "明天",
    "time": "2026-11-21 16:20", "duration": "1h 30min",
    "rich": "说明",
}  # fmt: skip


def _fill_all(page: Page, folder: Path) -> None:
    for kind, text in TYPED.items():
        _field(page, kind).locator("input.input, textarea").first.fill(text)
    _field(page, "yesno").get_by_role("switch").check()
    _field(page, "choice").locator("select").select_option(label="绿")
    _field(page, "choices").get_by_role("checkbox", name="大").check()
    page.locator("#f-tags-field").get_by_role("checkbox", name="热").check()
    _pick(page, "person", "Manager")
    _pick(page, "department", "South")
    _pick(page, "ref", "三号货架")
    page.locator('[name="f_table.0.name"]').fill("轴")
    page.locator('[name="f_table.0.count"]').fill("3")
    for kind, file in (
        ("file", _paper(folder, "图纸.pdf")),
        ("files", _paper(folder, "附件.pdf")),
        ("image", _picture(folder)),
    ):
        _field(page, kind).locator("input[type=file]").set_input_files(file)
        expect(_field(page, kind).locator("input[type=hidden]")).to_have_count(1)
    place = _field(page, "place")
    place.locator("[data-part=name]").fill("30.05,120.58 客户工厂")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_every_kind_is_filled_in_refused_corrected_and_saved(
    strange: Site, axe_faults: Callable[[Page], list[str]], tmp_path: Path, phone: bool
) -> None:
    page = strange.open("/e/thing/new", phone=phone)
    _fill_all(page, tmp_path)
    _field(page, "email").locator("input").fill("kein Brief")
    page.locator(".save-bar .primary").click()
    expect(page.locator("#f-f_email-error")).to_be_visible()
    expect(page.locator("#faults")).to_contain_text("email")
    expect(_field(page, "long").locator("textarea")).to_have_value("第一行\n第二行")
    expect(_field(page, "ref").get_by_role("combobox")).to_have_value("三号货架")
    expect(_field(page, "image").locator("input[type=hidden]")).to_have_count(1)
    expect(page.locator("#c-total")).to_have_text("3")
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    _field(page, "email").locator("input").fill("a@b.cn")
    page.locator(".save-bar .primary").click()
    page.wait_for_url("**said=created")
    for text in (
        "样件",
        "0575-1234",
        "1,234.5",
        "8%",
        "¥50,000",
        "2026-11-22",
        "2026-11-21 16:20",
        "绿",
        "客户工厂",
        "轴",
    ):
        expect(page.locator("#main")).to_contain_text(text)
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    engine = strange.company.engine
    [thing] = engine.page(acting(engine, "sales"), Query("thing", None, ("-id",), 1)).items
    assert thing.values["f_place"] == {"lat": 30.05, "lng": 120.58, "name": "客户工厂"}
    assert thing.values["f_duration"] == 5400
    assert thing.values["f_choices"] == ("large",)
    assert thing.values["tags"] == ("hot",)


def test_what_was_saved_reads_the_same_in_the_form_and_saves_unchanged(strange: Site, tmp_path: Path) -> None:
    page = strange.open("/e/thing/new")
    _fill_all(page, tmp_path)
    page.locator(".save-bar .primary").click()
    page.wait_for_url("**said=created")
    engine = strange.company.engine
    [before] = engine.page(acting(engine, "sales"), Query("thing", None, ("-id",), 1)).items
    page.goto(f"{strange.address}/e/thing/{before.id}/edit")
    page.locator(".save-bar .primary").click()
    page.wait_for_url("**said=saved")
    after = engine.find(acting(engine, "sales"), "thing", before.id)
    assert after is not None
    unlike = {k for k, value in before.values.items() if after.values[k] != value and not k.startswith("changed_")}
    assert unlike == set()


def test_three_hundred_fields_have_a_list_a_page_a_form_and_a_dialog_that_asks_little(strange: Site) -> None:
    page = strange.open("/e/thing/new")
    assert page.locator(".field").count() >= 300
    page.locator("#f-f_text").fill("只填一项")
    page.locator(".save-bar .primary").click()
    page.wait_for_url("**said=created")
    page.goto(f"{strange.address}/e/thing")
    expect(page.locator("#main")).to_contain_text("只填一项")
    page.goto(f"{strange.address}/e/part/new?thing=1")
    thing = page.get_by_role("combobox", name="物件", exact=True)
    thing.fill("新物件")
    page.get_by_role("option", name="新建物件「新物件」").click()
    expect(page.locator("#dialog .field:visible")).to_have_count(1)


def test_the_kinds_of_the_test_are_the_kinds_of_the_language() -> None:
    text = app_with_every_kind()
    assert [kind for kind in KINDS if f"f_{kind}:" not in text and kind not in ("code", "tags")] == []
