"""With one thumb, at 390 px: a card is changed where it stands, lists are taken out, menus are sheets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.commands import Update
from engine.testing import acting
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def _card(page: Page, title: str) -> Locator:
    return page.locator(".cards-list > li[data-id]", has=page.locator(".lead", has_text=title))


def test_a_card_is_changed_where_it_stands_and_taken_back(site: Site, axe_faults: Callable[[Page], list[str]]) -> None:
    page = site.open("/e/opportunity?col=name&col=stage&col=amount", phone=True)
    card = _card(page, "新线索")
    card.get_by_role("button", name="修改「新线索」").tap()
    dialog = page.locator("#dialog")
    expect(dialog.locator(".field")).to_have_count(4)
    assert axe_faults(page) == []
    dialog.get_by_label("预计金额").fill("45万")
    dialog.get_by_label("下一步", exact=True).fill("约见采购总监")
    dialog.get_by_role("button", name="保存").tap()
    expect(dialog).not_to_be_visible()
    expect(card).to_contain_text("¥450,000")
    expect(card).to_contain_text("约见采购总监")
    expect(card.get_by_role("button", name="修改「新线索」")).to_be_visible()
    page.locator("#toasts").get_by_role("button", name="撤销").tap()
    page.wait_for_url("**said=undone**")
    expect(_card(page, "新线索")).to_contain_text("¥300,000")


def test_a_value_that_cannot_be_kept_is_told_at_its_field_over_the_card(site: Site) -> None:
    page = site.open("/e/opportunity?col=name&col=amount", phone=True)
    _card(page, "新线索").get_by_role("button", name="修改「新线索」").tap()
    dialog = page.locator("#dialog")
    dialog.get_by_label("商机名称").fill("")
    dialog.get_by_label("预计金额").fill("很多")
    dialog.get_by_role("button", name="保存").tap()
    expect(dialog.locator("#card-amount-error")).to_be_visible()
    expect(dialog.get_by_label("预计金额")).to_have_value("很多")
    dialog.get_by_label("预计金额").fill("1")
    dialog.get_by_role("button", name="保存").tap()
    expect(dialog.locator("#card-name-error")).to_contain_text("商机名称")


def test_what_somebody_saved_in_between_is_shown_over_the_card(site: Site) -> None:
    engine, deal = site.company.engine, site.company.fresh_deal
    page = site.open("/e/opportunity?col=name&col=next_step", phone=True)
    _card(page, "新线索").get_by_role("button", name="修改「新线索」").tap()
    dialog = page.locator("#dialog")
    dialog.get_by_label("下一步", exact=True).fill("我写的")
    engine.execute(Update("opportunity", deal, None, {"next_step": "经理写的"}), acting(engine, "manager"))
    dialog.get_by_role("button", name="保存").tap()
    expect(dialog.get_by_role("alert")).to_contain_text("有人刚刚改过")
    expect(dialog.get_by_label("下一步", exact=True)).to_have_value("经理写的")


def test_who_may_only_look_at_a_record_gets_no_form_over_its_card(site: Site) -> None:
    page = site.open("/e/region", "sales", phone=True)
    expect(page.locator(".edit-card")).to_have_count(0)
    answer = page.request.get(
        f"{site.address}/e/opportunity/{site.company.fresh_deal}/card", headers={"HX-Request": "true"}
    )
    assert "data-close" in answer.text()
    other = site.open("/e/opportunity", "sales2", phone=True)
    hers = other.request.get(f"{site.address}/e/opportunity/{site.company.fresh_deal}/card")
    assert hers.status == 404


def test_the_menu_of_a_list_is_a_sheet_that_leads_to_board_and_charts(
    site: Site, axe_faults: Callable[[Page], list[str]]
) -> None:
    page = site.open("/e/opportunity", phone=True)
    page.locator(".list-tools").get_by_label("更多").tap()
    sheet = page.locator(".list-tools details[open] .pop")
    box = sheet.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["width"]), round(box["y"] + box["height"])) == (0, 390, 844)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe_faults(page) == []
    sheet.get_by_role("link", name="图表").tap()
    page.wait_for_url("**/charts")


def test_a_customers_card_says_how_he_is_before_what_he_is(site: Site) -> None:
    page = site.open("/e/customer", phone=True)
    line = _card(page, "绍兴恒泰五金").locator(".line").last
    health = line.locator("> span").first
    expect(health.locator(".meter")).to_be_visible()
    expect(health).to_have_text("50")


def test_figures_on_a_card_say_what_they_are(site: Site) -> None:
    fields = site.company.engine.app.entities["opportunity"].fields
    bare = next(key for key, field in fields.items() if field.kind == "integer" and key != "days_in_stage")
    page = site.open(f"/e/opportunity?col=name&col={bare}", phone=True)
    label = fields[bare].label.say("zh")
    told = page.locator(".cards-list .line", has_text=label)
    assert told.count() > 0


def test_enter_on_the_phones_keyboard_goes_on_to_the_next_field_and_sends_nothing(site: Site) -> None:
    page = site.open("/e/customer/new", phone=True)
    name = page.get_by_label("客户名称")
    expect(name).to_have_attribute("enterkeyhint", "next")
    name.fill("台州新客户")
    name.press("Enter")
    expect(name).not_to_be_focused()
    assert page.evaluate("document.activeElement.closest('form[data-record-form]') !== null")
    assert page.url.endswith("/e/customer/new")
    expect(page.get_by_label("电话", exact=True)).to_have_attribute("inputmode", "tel")
    wide = site.open("/e/customer/new")
    wide.get_by_label("客户名称").fill("台州新客户")
    wide.get_by_label("客户名称").press("Enter")
    expect(wide.locator("#faults")).to_be_visible()


def test_the_home_page_of_who_has_nothing_to_switch_begins_at_once(site: Site) -> None:
    page = site.open("/", "sales2", phone=True)
    box = page.locator(".tiles").bounding_box()
    assert box is not None
    assert box["y"] < 80
