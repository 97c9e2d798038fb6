"""Forms that ask little: the first questions only, records added in place, rows from a spreadsheet, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.commands import Create
from engine.store.lists import Query
from engine.testing import acting
from tests.browser.conftest import Site, both_widths
from tests.browser.test_stories import _picture
from tests.browser.touch import press

pytestmark = pytest.mark.browser


def test_a_new_visit_with_photo_place_and_phrase_takes_twelve_taps_at_most(site: Site, tmp_path: Path) -> None:
    page = site.open("/", phone=True)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 30.05, "longitude": 120.58})
    taps = 0

    def tap(selector: str) -> None:
        nonlocal taps
        page.locator(selector).first.tap()
        taps += 1

    tap(".bottom .plus")
    tap("#adding a:has-text('拜访')")
    tap("#f-customer")
    page.keyboard.type("恒泰")
    tap("[role=option]:has-text('绍兴恒泰五金')")
    tap("#f-needs")
    page.keyboard.type("交期要提前两周")
    tap("#f-next_day-field button")
    tap(".calendar .quick button:has-text('一周后')")
    with page.expect_file_chooser() as chooser:
        tap("#f-photo-field label .button")
    chooser.value.set_files(_picture(tmp_path))
    expect(page.locator("#f-photo-field input[type=hidden]")).to_have_count(1)
    tap("#f-place-field button")
    expect(page.locator("#f-place-field [data-part=lat]")).to_have_value("30.050000")
    tap(".save-bar .primary")
    page.wait_for_url("**said=created")
    assert taps <= 12
    engine, sales = site.company.engine, acting(site.company.engine, "sales")
    [visit] = engine.page(sales, Query("visit", None, ("-id",), 1, None, ("needs", "place", "photo", "is_valid"))).items
    assert visit.values["needs"] == "交期要提前两周"
    assert visit.values["is_valid"] is True
    assert visit.values["place"] == {"lat": 30.05, "lng": 120.58, "name": ""}


def test_a_step_with_one_missing_file_takes_four_actions_at_most(site: Site, tmp_path: Path) -> None:
    engine, sales = site.company.engine, acting(site.company.engine, "sales")
    values = {"opportunity": site.company.talked_deal, "amount": 100, "delivery_on": None, "payment_terms": "half"}
    files = {}
    for name in ("license", "authorization"):
        with (tmp_path / f"{name}.pdf").open("wb") as file:
            file.write(b"%PDF-1.4\n%%EOF\n")
        with (tmp_path / f"{name}.pdf").open("rb") as file:
            files[name] = engine.put_file(sales, file, f"{name}.pdf", "application/pdf").id
    made = engine.execute(Create("contract", {**values, **files, "delivery_on": date(2026, 12, 24)}), sales)
    page = site.open(f"/e/contract/{made.id}")
    actions = 0
    page.locator("#checklist").get_by_role("button", name=re.compile("推进到")).click()
    actions += 1
    with page.expect_file_chooser() as chooser:
        page.locator("#dialog").locator("label .button").first.click()
    chooser.value.set_files(tmp_path / "license.pdf")
    actions += 2
    expect(page.locator("#dialog input[type=hidden][name='fill.agreement']")).to_have_count(1)
    page.locator("#dialog").get_by_role("button", name="推进", exact=True).click()
    actions += 1
    page.wait_for_url("**said=moved")
    assert actions <= 4


def test_a_dialog_asks_for_the_first_things_and_brings_the_rest_with_what_was_typed(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}")
    page.locator("#rows-contact").get_by_role("link", name="新增").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator(".field:visible")).to_have_count(5)
    dialog.get_by_label("姓名").fill("赵主任")
    dialog.get_by_role("button", name="更多字段").click()
    expect(dialog.get_by_label("偏好")).to_have_count(1)
    expect(dialog.get_by_label("姓名")).to_have_value("赵主任")
    dialog.get_by_label("姓名").fill("")
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("姓名")
    expect(dialog.get_by_label("偏好")).to_have_count(1)


@both_widths
def test_what_a_lookup_does_not_find_is_added_over_the_form(site: Site, phone: bool) -> None:
    page = site.open("/e/visit/new", phone=phone)
    page.get_by_label("客户需求要点").fill("想看样品")
    customer = page.get_by_role("combobox", name="客户", exact=True)
    customer.fill("温州大洋阀门")
    press(page.get_by_role("option", name="新建客户「温州大洋阀门」"))
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("客户名称")).to_have_value("温州大洋阀门")
    dialog.get_by_role("radio", name="工业设备").check()
    press(dialog.get_by_role("button", name="保存", exact=True))
    expect(dialog).not_to_be_visible()
    expect(customer).to_have_value("温州大洋阀门")
    expect(page.get_by_label("客户需求要点")).to_have_value("想看样品")
    deal = page.get_by_role("combobox", name="商机", exact=True)
    deal.fill("阀体试单")
    page.keyboard.press("ArrowDown")
    press(page.get_by_role("option", name="新建商机「阀体试单」"))
    expect(dialog.get_by_role("combobox", name="客户", exact=True)).to_have_value("温州大洋阀门")
    press(dialog.get_by_role("button", name="保存", exact=True))
    expect(dialog).not_to_be_visible()
    expect(deal).to_have_value("阀体试单")
    press(page.get_by_role("button", name="保存", exact=True))
    page.wait_for_url("**said=created")
    expect(page.locator("#main")).to_contain_text("温州大洋阀门")


@both_widths
def test_a_customer_that_may_be_there_already_is_named_while_typing(shared_site: Site, phone: bool) -> None:
    page = shared_site.open("/e/customer/new", phone=phone)
    page.get_by_label("客户名称").fill("绍兴恒泰五金有限公司")
    expect(page.locator(".like")).to_contain_text("可能已经有了")
    expect(page.locator(".like").get_by_role("link", name="绍兴恒泰五金")).to_be_in_viewport()
    page.get_by_label("客户名称").fill("从没见过的厂")
    expect(page.locator(".like")).to_have_count(0)


def test_rows_are_pasted_from_a_spreadsheet(site: Site) -> None:
    page = site.open(f"/e/quote/new?opportunity={site.company.talked_deal}")
    page.locator('[name="lines.0.item"]').focus()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "螺栓\\t100\\t12\\t9\\r\\n垫片\\t50\\t2\\t1\\r\\n");
          const how = {clipboardData: data, bubbles: true, cancelable: true};
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }"""
    )
    expect(page.locator('[name="lines.1.item"]')).to_have_value("垫片")
    expect(page.locator("#c-total")).to_have_text("¥1,300")
    page.locator('[name="lines.1.qty"]').press("ArrowUp")
    expect(page.locator('[name="lines.0.qty"]')).to_be_focused()


def test_child_rows_are_cards_on_the_phone(site: Site, axe_faults: Callable[[Page], list[str]]) -> None:
    page = site.open(f"/e/quote/new?opportunity={site.company.talked_deal}", phone=True)
    page.locator('[name="lines.0.item"]').fill("螺栓")
    page.get_by_role("button", name="加一行").tap()
    box = page.locator(".lines").bounding_box()
    assert box is not None
    assert box["width"] <= 390
    assert page.evaluate("document.querySelector('.lines').scrollWidth <= document.querySelector('.lines').clientWidth")
    assert axe_faults(page) == []


@both_widths
def test_work_survives_a_lost_session_with_its_rows_and_files(site: Site, tmp_path: Path, phone: bool) -> None:
    engine = site.company.engine
    engine.set_password(acting(engine, "sales").actor.id, "correct horse 7")
    page = site.open(f"/e/quote/new?opportunity={site.company.talked_deal}", phone=phone)
    page.on("dialog", lambda dialog: dialog.accept())
    for at, item in enumerate(("螺栓", "垫片")):
        if at:
            press(page.get_by_role("button", name="加一行"))
        for name, value in (("item", item), ("qty", "10"), ("price", "2"), ("cost", "1")):
            page.locator(f'[name="lines.{at}.{name}"]').fill(value)
    page.get_by_label("上月材料均价").fill("80")
    page.get_by_label("加工费标准").fill("5")
    press(page.locator("summary", has_text="发出"))
    page.locator('[data-name="read_receipt"] input[type=file]').set_input_files(_picture(tmp_path))
    expect(page.locator('[data-name="read_receipt"] input[type=hidden]')).to_have_count(1)
    page.wait_for_timeout(600)
    page.context.clear_cookies()
    press(page.get_by_role("button", name="保存", exact=True))
    page.get_by_label("用户名").fill("sales")
    page.get_by_label("密码").fill("correct horse 7")
    press(page.get_by_role("button", name="登录"))
    press(page.get_by_role("button", name="取回"))
    expect(page.locator('[name="lines.1.item"]')).to_have_value("垫片")
    expect(page.locator('[data-name="read_receipt"] input[type=hidden]')).to_have_count(1)
    press(page.get_by_role("button", name="保存", exact=True))
    page.wait_for_url("**said=created")
    expect(page.locator("#main")).to_contain_text("垫片")


@both_widths
def test_the_next_visit_begins_with_the_kind_of_the_last(site: Site, phone: bool) -> None:
    engine, sales = site.company.engine, acting(site.company.engine, "sales")
    visit = {"customer": site.company.customer, "needs": "电话确认", "kind": "call"}
    engine.execute(Create("visit", visit), sales)
    page = site.open("/e/visit/new", phone=phone)
    expect(page.locator("#f-kind input:checked, #f-kind option:checked").first).to_have_value("call")
    other = site.open("/e/visit/new", "manager", phone=phone)
    expect(other.locator("#f-kind input:checked, #f-kind option:checked").first).to_have_value("visit")


@both_widths
def test_a_word_that_fills_space_is_refused_where_an_answer_is_needed(shared_site: Site, phone: bool) -> None:
    page = shared_site.open(f"/e/visit/new?customer={shared_site.company.customer}", phone=phone)
    page.get_by_label("客户需求要点").fill("暂无")
    press(page.get_by_role("button", name="保存", exact=True))
    expect(page.locator("#f-needs-error")).to_be_visible()
    press(page.locator("#faults a").first)
    expect(page.locator("#f-needs-error")).to_be_in_viewport()
    expect(page.get_by_label("客户需求要点")).to_have_value("暂无")


@both_widths
def test_a_ready_phrase_goes_in_where_she_stands(site: Site, phone: bool) -> None:
    page = site.open(f"/e/visit/new?customer={site.company.customer}", phone=phone)
    page.get_by_label("客户需求要点").fill("比价")
    if not page.get_by_label("沟通要点").is_visible():
        press(page.locator("summary", has_text="纪要"))
    notes = page.get_by_label("沟通要点")
    notes.fill("采购问价。约下周见。")
    notes.evaluate("area => area.setSelectionRange(5, 5)")
    field = page.locator("#f-notes-field")
    press(field.get_by_text("插入常用语"))
    phrase = field.get_by_role("button", name=re.compile("总拥有成本"))
    expect(phrase).to_be_in_viewport(ratio=1)
    press(phrase)
    expect(notes).to_have_value(re.compile("^采购问价。我们的总拥有成本更低.*约下周见。$"))
    expect(notes).to_be_focused()
    page.keyboard.type("先发资料，")
    press(page.get_by_role("button", name="保存", exact=True))
    page.wait_for_url("**said=created")
    expect(page.locator("#main")).to_contain_text("停线损失更小。先发资料，约下周见。")


def test_whoever_types_while_the_session_ends_is_told_and_stays_on_the_page(site: Site) -> None:
    page = site.open("/e/customer/new")
    page.context.clear_cookies()
    page.get_by_label("客户名称").fill("台州新客户")
    expect(page.locator("#toasts")).to_contain_text("登录已过期")
    expect(page.get_by_label("客户名称")).to_have_value("台州新客户")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="去登录").click()
    page.wait_for_url(re.compile("/login.next=.*customer.*new"))


def _tab_to(page: Page, text: str) -> None:
    """Presses Tab until what has the focus says the text."""
    for _ in range(90):
        if text in page.evaluate("document.activeElement?.innerText ?? ''") and page.evaluate(
            "document.activeElement !== document.body"
        ):
            return
        page.keyboard.press("Tab")
    raise AssertionError(text)


def test_a_deal_is_completed_and_moved_by_the_keyboard_alone(site: Site) -> None:
    page = site.open(f"/e/opportunity/{site.company.fresh_deal}")
    for text in ("约技术交流", "明天"):
        _tab_to(page, "填写")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        with page.expect_response("**/fill"):
            page.keyboard.type(text)
            page.keyboard.press("Control+Enter")
        page.wait_for_timeout(300)
    _tab_to(page, "推进到「初步沟通」")
    page.keyboard.press("Enter")
    page.wait_for_url("**said=moved")
    assert site.company.stage_of(site.company.fresh_deal) == "contacted"


def test_a_deal_is_completed_and_moved_by_touch_alone(site: Site) -> None:
    page = site.open(f"/e/opportunity/{site.company.fresh_deal}", phone=True)
    page.locator("#checklist [data-unfold]").tap()
    page.locator("#checklist").get_by_role("button", name="推进到「初步沟通」").tap()
    dialog = page.locator("#dialog")
    dialog.get_by_label("下一步", exact=True).tap()
    page.keyboard.type("约技术交流")
    dialog.get_by_role("button", name="下一步日期：打开日历").tap()
    dialog.get_by_role("button", name="明天", exact=True).tap()
    dialog.get_by_role("button", name="推进", exact=True).tap()
    page.wait_for_url("**said=moved")
    assert site.company.stage_of(site.company.fresh_deal) == "contacted"


# --- what is not saved yet -------------------------------------------------------------------------------------------


def _add_contact(page: Page) -> None:
    page.locator("#rows-contact").get_by_role("link", name="新增").click()
    expect(page.locator("#dialog form")).to_be_visible()


def test_what_is_typed_over_a_page_is_kept_when_the_dialog_closes_and_gone_when_it_is_cancelled(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}")
    dialog = page.locator("#dialog")
    _add_contact(page)
    dialog.get_by_label("姓名").fill("赵主任")
    page.wait_for_timeout(600)
    page.keyboard.press("Escape")
    page.reload()
    _add_contact(page)
    dialog.get_by_role("button", name="取回").click()
    expect(dialog.get_by_label("姓名")).to_have_value("赵主任")
    dialog.get_by_role("button", name="取消").click()
    _add_contact(page)
    expect(dialog.locator("[data-draft-offer]")).not_to_be_visible()


def test_what_a_dialog_saved_is_offered_to_nobody_again(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}")
    dialog = page.locator("#dialog")
    _add_contact(page)
    dialog.get_by_label("姓名").fill("赵主任")
    page.wait_for_timeout(600)
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#rows-contact")).to_contain_text("赵主任")
    page.wait_for_load_state("networkidle")
    _add_contact(page)
    page.wait_for_timeout(300)
    expect(dialog.locator("[data-draft-offer]")).not_to_be_visible()


def test_a_form_after_one_that_was_saved_begins_empty(site: Site) -> None:
    page = site.open("/e/customer/new")
    page.get_by_label("客户名称").fill("台州新客户")
    page.get_by_role("radio", name="工业设备").check()
    page.wait_for_timeout(600)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**said=created")
    page.goto(f"{site.address}/e/customer/new")
    page.wait_for_timeout(400)
    expect(page.locator("[data-draft-offer]")).not_to_be_visible()
    expect(page.get_by_label("客户名称")).to_have_value("")


def test_dialogs_of_one_kind_over_each_other_have_ids_of_their_own(
    site: Site, axe_faults: Callable[[Page], list[str]]
) -> None:
    page = site.open(f"/e/opportunity/{site.company.talked_deal}")
    page.locator("#rows-quote").get_by_role("link", name="新增").click()
    dialog, second = page.locator("#dialog"), page.locator("#dialog-2")
    dialog.get_by_role("button", name="更多字段").click()
    expect(dialog.get_by_role("button", name="更多字段")).to_have_count(0)
    page.evaluate("for (const part of document.querySelectorAll('#dialog details.card')) part.open = true")
    older = dialog.get_by_role("combobox", name="取代的报价")
    older.fill("没有的")
    page.get_by_role("option", name=re.compile("^新建报价单")).click()
    expect(second.locator("form")).to_be_visible()
    page.wait_for_load_state("networkidle")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert [one for one in set(ids) if ids.count(one) > 1] == []
    second.get_by_label("加工费标准").fill("5")
    second.get_by_label("上月材料均价").fill("80")
    second.get_by_role("button", name="更多字段").click()
    expect(second.locator("[id$='c-base_price']")).to_have_text("¥113")
    expect(dialog.locator("[id$='c-base_price']")).not_to_have_text("¥113")
    assert axe_faults(page) == []
