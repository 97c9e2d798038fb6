"""Lists as people work in them: find, group, keep a view, take it out, change many, take it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from python_calamine import CalamineWorkbook

from engine.commands import Create
from engine.people.saved_views import ViewShape
from engine.testing import acting
from tests.browser.conftest import Site, both_widths
from tests.browser.touch import press

pytestmark = pytest.mark.browser


def _rows(page: Page) -> Locator:
    return page.locator("table[data-rows] tbody tr[data-id]:visible")


def _shown(page: Page) -> Locator:
    """The records of the list: rows of its table, cards at the phone."""
    return page.locator("[data-rows] [data-id]:visible")


def _menu(page: Page, name: str) -> None:
    press(page.locator(".list-tools").get_by_label("更多"))
    press(page.locator(".list-tools").get_by_role("button", name=name))


def _choose(page: Page, phone: bool, *, whole: bool = True) -> None:
    """Choose the page's records (the first alone, at the phone, unless whole)."""
    if not phone:
        page.get_by_label("选中本页全部").check()
        return
    _menu(page, "选择多条")
    for box in page.locator(".cards-list .pickrow").all()[: None if whole else 1]:
        press(box)


# --- filter ----------------------------------------------------------------------------------------------------------


def test_a_filter_is_built_from_labels_shows_its_formula_and_stays_in_the_address(site: Site) -> None:
    page = site.open("/e/opportunity")
    page.get_by_role("button", name="筛选", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("字段").select_option(label="阶段")
    dialog.get_by_role("checkbox", name="初步沟通").check()
    dialog.get_by_role("button", name="加条件").click()
    dialog.get_by_label("字段").nth(1).select_option(label="预计金额")
    dialog.get_by_label("怎样比较").nth(1).select_option(label="介于")
    amounts = dialog.get_by_role("textbox", name=re.compile("预计金额"))
    amounts.nth(0).fill("40万")
    amounts.nth(1).fill("80万")
    dialog.get_by_role("button", name="应用", exact=True).click()
    page.wait_for_url("**filter=**")
    expect(page.locator(".chip.made")).to_have_text(["阶段 为 初步沟通", "预计金额 介于 ¥400,000 到 ¥800,000"])
    shown = _rows(page).count()
    assert 0 < shown < 11
    page.reload()
    expect(_rows(page)).to_have_count(shown)
    page.locator(".chip.made button").first.click()
    dialog.get_by_text("背后的公式").click()
    expect(dialog.locator(".behind code")).to_have_text('stage = "contacted" and amount between 400000 and 800000')
    page.keyboard.press("Escape")
    page.get_by_role("link", name="去掉条件：阶段 为 初步沟通").click()
    expect(page.locator(".chip.made")).to_have_count(1)


def test_what_is_typed_while_the_filter_is_drawn_anew_stays(site: Site) -> None:
    page = site.open("/e/opportunity")
    page.get_by_role("button", name="筛选", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("字段").select_option(label="预计金额")
    amounts = dialog.get_by_role("textbox", name=re.compile("预计金额"))
    expect(amounts).to_have_count(1)
    held: list[Route] = []
    page.route("**/filter?**", lambda route: held.append(route))  # noqa: PLW0108 - it is marked by playwright
    dialog.get_by_label("怎样比较").select_option(label="介于")
    page.wait_for_timeout(100)
    amounts.first.fill("40万")
    for route in held:
        route.continue_()
    expect(amounts).to_have_count(2)
    assert held
    expect(amounts.first).to_have_value("40万")


def test_groups_of_conditions_and_words_for_dates(site: Site) -> None:
    page = site.open("/e/opportunity")
    page.get_by_role("button", name="筛选", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("字段").select_option(label="下一步日期")
    dialog.get_by_label("怎样比较").select_option(label="今后几天")
    dialog.get_by_role("button", name="加一组条件").click()
    dialog.locator(".cond-group").get_by_label("字段").select_option(label="负责人")
    expect(dialog.locator(".cond-group").get_by_label("怎样比较")).to_have_value("is_me")
    dialog.get_by_role("button", name="组内加条件").click()
    dialog.locator(".cond-group").get_by_label("字段").nth(1).select_option(value="customer.grade")
    dialog.locator(".cond-group .pick input").first.check()
    dialog.get_by_role("button", name="应用", exact=True).click()
    page.wait_for_url("**filter=**")
    expect(page.locator(".chip.made")).to_have_count(2)
    expect(page.locator(".chip.made").nth(1)).to_contain_text("负责人 是我 或 客户 › 等级 为")


def test_a_formula_with_a_mistake_says_where_it_is(site: Site) -> None:
    page = site.open('/e/opportunity?filter=amount > 10万 and stage != "lost"')
    page.locator(".chip.made button").first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_text("背后的公式").click()
    dialog.get_by_role("button", name="按公式修改").click()
    dialog.get_by_label("公式", exact=True).fill("amuont > 5")
    dialog.get_by_role("button", name="应用", exact=True).click()
    expect(dialog.locator("#filter-mistake mark")).to_have_text("amuont")
    expect(dialog.locator("#filter-mistake")).to_contain_text("amount")
    dialog.get_by_label("公式", exact=True).fill("amount * 2 > 100万")
    dialog.get_by_role("button", name="应用", exact=True).click()
    page.wait_for_url("**filter=**")
    expect(page.locator(".chip.made")).to_have_text(["amount * 2 > 100万"])


def test_a_value_that_cannot_be_read_is_told_at_its_condition(site: Site) -> None:
    page = site.open("/e/opportunity")
    page.get_by_role("button", name="筛选", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("字段").select_option(label="预计金额")
    dialog.get_by_role("textbox").fill("很多")
    page.keyboard.press("Enter")
    expect(dialog.locator(".cond .error")).to_be_visible()
    expect(dialog.get_by_role("textbox")).to_have_value("很多")


# --- how it is shown -------------------------------------------------------------------------------------------------


@both_widths
def test_groups_open_with_counts_and_sums_and_close(site: Site, phone: bool) -> None:
    page = site.open("/e/opportunity", phone=phone)
    press(page.locator(".list-tools").get_by_label("分组"))
    press(page.locator(".list-tools").get_by_role("link", name="阶段", exact=True))
    page.wait_for_url("**group=stage**")
    heads = page.locator(".group-cards > summary" if phone else "tbody.group")
    expect(heads).to_have_count(3)
    expect(heads.nth(1)).to_contain_text("初步沟通")
    expect(heads.nth(1)).to_contain_text("5")
    expect(heads.nth(1)).to_contain_text("¥4,625,000")
    expect(_shown(page)).to_have_count(11)
    press(heads.nth(0) if phone else heads.nth(0).get_by_role("button"))
    expect(_shown(page)).to_have_count(9)
    page.goto(f"{site.address}/e/opportunity?group=close_on:month&totals=1")
    expect(heads.first).to_contain_text("2026 年 12 月")
    sums = page.locator(".list-sums" if phone else "tfoot")
    expect(sums).to_contain_text("合计 11 条")
    expect(sums).to_contain_text("¥9,925,000")


@both_widths
def test_columns_are_chosen_and_ordered_without_dragging(site: Site, phone: bool) -> None:
    page = site.open("/e/opportunity?col=name&col=amount", phone=phone)
    if phone:
        _menu(page, "列")
    else:
        page.get_by_role("button", name="列", exact=True).click()
    dialog = page.locator("#dialog")
    press(dialog.get_by_label("预计成交日", exact=True))
    up = dialog.get_by_role("button", name="上移 预计金额")
    if phone:
        up.tap()
    else:
        up.focus()
        page.keyboard.press("Enter")
    press(dialog.get_by_role("button", name="应用", exact=True))
    page.wait_for_url("**col=close_on**")
    if phone:
        card = page.locator(".cards-list > li", has_text="紧固件年度框架").first
        expect(card.locator(".line").last).to_contain_text(re.compile("¥1,150,000.*2026-12-16", re.DOTALL))
    else:
        expect(page.locator("table[data-rows] thead th")).to_have_text(["预计金额", "商机名称", "预计成交日"])


@both_widths
def test_a_view_is_saved_shared_opened_first_renamed_and_deleted(site: Site, phone: bool) -> None:
    page = site.open("/e/opportunity?filter=amount > 50万&group=stage&col=name&col=amount&col=stage", phone=phone)
    if phone:
        _menu(page, "存为视图")
    else:
        page.get_by_role("button", name="存为视图").first.click()
    dialog = page.locator("#dialog")
    press(dialog.get_by_role("button", name="保存"))
    expect(dialog.locator(".error")).to_contain_text("起个名字")
    dialog.get_by_label("视图名称").fill("大单")
    press(dialog.get_by_label(re.compile("共用")))
    press(dialog.get_by_label("打开列表时先用这个视图"))
    press(dialog.get_by_role("button", name="保存"))
    page.wait_for_url("**view=saved-**")
    expect(page.locator("#toasts")).to_contain_text("视图已保存")
    page.goto(f"{site.address}/e/opportunity")
    expect(page.locator(".tabs [aria-current]")).to_have_text("大单")
    expect(page.locator(".chip.made")).to_have_text(["预计金额 大于 ¥500,000"])
    expect(page.locator(".group-cards" if phone else "tbody.group").first).to_be_visible()
    colleague = site.open("/e/opportunity", "manager", phone=phone)
    press(colleague.get_by_role("link", name="大单"))
    expect(colleague.locator(".chip.made")).to_have_text(["预计金额 大于 ¥500,000"])
    _menu(page, "视图改名、共用或删除")
    dialog.get_by_label("视图名称").fill("五十万以上")
    press(dialog.get_by_role("button", name="保存"))
    expect(page.locator(".tabs [aria-current]")).to_have_text("五十万以上")
    _menu(page, "视图改名、共用或删除")
    page.once("dialog", lambda asked: asked.accept())
    press(dialog.get_by_role("button", name="删除视图"))
    expect(page.locator(".tabs [aria-current]")).to_have_text("全部商机")
    expect(page.locator(".tabs")).not_to_contain_text("五十万以上")


def test_a_view_over_fields_that_are_gone_opens_with_a_note(site: Site) -> None:
    shape = ViewShape(("name", "vanished"), "vanished > 3", ("-vanished",), "vanished")
    engine = site.company.engine
    view = engine.saved_views.save(acting(engine, "sales"), "opportunity", "旧视图", shape)
    page = site.open(f"/e/opportunity?view={view.key}")
    expect(page.locator(".notice")).to_have_count(2)
    expect(page.locator(".notice").first).to_contain_text("已不存在或您无权查看")
    expect(page.locator("table[data-rows] thead th")).to_have_text(["商机名称"])
    expect(_rows(page)).to_have_count(11)


@both_widths
def test_what_goes_to_excel_is_what_she_sees(site: Site, phone: bool, tmp_path: Path) -> None:
    columns = "&".join(f"col={key}" for key in ("code", "name", "amount", "close_on", "stage"))
    shown = f'filter=stage != "lead" and amount > 45万&sort=-amount&q=架&{columns}'
    page = site.open(f"/e/opportunity?{shown}", "director", phone=phone)
    with page.expect_download() as taken:
        if phone:
            _menu(page, "导出 Excel")
        else:
            page.locator(".page-head").get_by_text("导出").click()
            page.locator(".page-head").get_by_role("button", name="Excel").click()
    taken.value.save_as(tmp_path / "list.xlsx")
    heads, *rows = CalamineWorkbook.from_path(tmp_path / "list.xlsx").get_sheet_by_index(0).to_python()
    assert heads == ["编号", "商机名称", "预计金额", "预计成交日", "阶段"]
    assert rows
    if phone:
        assert [row[1] for row in rows] == page.locator(".cards-list .lead").all_inner_texts()
        return
    assert page.locator("table[data-rows] thead th").all_inner_texts() == heads
    for row, line in zip(rows, _rows(page).all(), strict=True):
        code, name, amount, day, stage = (text.strip() for text in line.locator("td:not(.tick)").all_inner_texts())
        assert (row[0], row[1], row[4]) == (code, name, stage)
        assert f"¥{row[2]:,.0f}" == amount
        assert f"{row[3]:%Y-%m-%d}" == day


# --- many ------------------------------------------------------------------------------------------------------------


def test_all_that_match_are_changed_and_taken_back(site: Site) -> None:
    page = site.open('/e/opportunity?filter=stage = "contacted"&col=name&col=next_step')
    page.get_by_label("选中本页全部").check()
    page.get_by_role("button", name="选中符合条件的全部").click()
    expect(page.locator(".bulk")).to_contain_text("全部 5 条")
    page.get_by_role("button", name="修改…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("改什么").select_option(label="下一步")
    dialog.get_by_label("下一步", exact=True).fill("统一回访")
    dialog.get_by_role("button", name="修改 5 条").click()
    expect(dialog).to_contain_text("已修改 5 条")
    expect(page.locator("body[data-busy]")).to_have_count(0)
    dialog.get_by_role("button", name="撤销").click()
    page.wait_for_url("**said=undone**")
    expect(page.locator("table[data-rows]")).not_to_contain_text("统一回访")


@both_widths
def test_more_than_a_page_is_changed_in_steps_and_taken_back(
    site: Site, monkeypatch: pytest.MonkeyPatch, phone: bool
) -> None:
    monkeypatch.setattr("web.pages.bulk.STEP_SECONDS", 0.05)
    engine, sales, steps = site.company.engine, acting(site.company.engine, "sales"), []
    for at in range(55):
        values = {"customer": site.company.customer, "name": f"批量 {at:02}", "next_step": f"第 {at} 步"}
        engine.execute(Create("opportunity", values), sales)
    page = site.open('/e/opportunity?filter=starts_with(name, "批量")&col=name&col=next_step', phone=phone)
    page.on("response", lambda answer: steps.append(answer.url) if "/bulk" in answer.url else None)
    _choose(page, phone, whole=False)
    page.get_by_role("button", name="选中符合条件的全部").click()
    expect(page.locator(".bulk")).to_contain_text("全部 55 条")
    page.get_by_role("button", name="修改…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("改什么").select_option(label="下一步")
    dialog.get_by_label("下一步", exact=True).fill("统一回访")
    dialog.get_by_role("button", name="修改 55 条").click()
    expect(dialog).to_contain_text("已修改 55 条", timeout=60_000)
    assert len(steps) > 4
    where = engine.filter(sales, "opportunity", 'next_step = "统一回访"').value
    assert engine.totals(sales, "opportunity", where, "")[0].count == 55
    dialog.get_by_role("button", name="撤销").click()
    page.wait_for_url("**said=undone**")
    assert [total.count for total in engine.totals(sales, "opportunity", where, "")] in ([], [0])


@both_widths
def test_those_that_may_not_move_are_listed_with_reasons_and_links(site: Site, phone: bool) -> None:
    page = site.open('/e/opportunity?filter=stage = "lead" or stage = "contacted"&sort=code', phone=phone)
    _choose(page, phone)
    press(page.get_by_role("button", name="修改…"))
    dialog = page.locator("#dialog")
    dialog.get_by_label("改成的阶段").select_option(label="需求确认")
    press(dialog.get_by_role("button", name=re.compile("^修改 ")))
    expect(dialog.locator(".refused li").first).to_be_visible()
    expect(dialog.locator(".bulk-done")).to_contain_text("条没有修改")
    expect(dialog.locator(".refused a").first).to_have_attribute("href", re.compile(r"/e/opportunity/\d+"))
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert site.company.stage_of(site.company.fresh_deal) == "lead"


def test_deleted_records_come_back_by_undo(site: Site) -> None:
    engine = site.company.engine
    for name in ("华东", "华南"):
        engine.execute(Create("region", {"name": name}), acting(engine, "admin"))
    page = site.open("/e/region", "admin")
    count = _rows(page).count()
    _rows(page).first.locator(".pickrow").check()
    page.get_by_role("button", name="修改…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("改什么").select_option(label="删除这些记录")
    dialog.get_by_role("button", name="删除 1 条").click()
    expect(dialog).to_contain_text("已修改 1 条")
    dialog.get_by_role("button", name="撤销").click()
    page.wait_for_url("**said=undone**")
    expect(_rows(page)).to_have_count(count)


# --- the phone -------------------------------------------------------------------------------------------------------


def test_on_the_phone_filters_open_as_a_sheet_and_cards_are_chosen(site: Site) -> None:
    page = site.open("/e/opportunity?group=stage", phone=True)
    cards = page.locator(".cards-list li[data-id]:visible")
    expect(cards.first).to_be_visible()
    _menu(page, "选择多条")
    cards.first.locator(".pickrow").check()
    expect(page.locator(".bulk")).to_be_visible()
    page.get_by_role("button", name="取消选择").click()
    page.get_by_role("button", name="筛选", exact=True).click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("字段")).to_be_visible()
    box = dialog.bounding_box()
    assert box is not None
    assert round(box["width"]) == 390
    dialog.get_by_label("字段").select_option(label="负责人")
    dialog.get_by_role("button", name="应用", exact=True).click()
    page.wait_for_url("**filter=owner**")
    expect(page.locator(".chip.made")).to_have_text(["负责人 是我"])


STATES = {
    "grouped": ("/e/opportunity?group=stage&totals=1&filter=amount > 1", ""),
    "filter": ('/e/opportunity?filter=amount > 1 and (stage = "lead" or customer.grade = "A")', ".chip.made button"),
    "formula": ("/e/opportunity?filter=amount >", ".chip.made button"),
    "columns": ("/e/opportunity", ".list-tools button[data-dialog*=columns]"),
    "view": ("/e/opportunity?group=stage", ".list-tools button[data-dialog*=view]"),
}


@both_widths
@pytest.mark.parametrize("name", list(STATES))
def test_a_state_of_the_list_is_sound(
    shared_site: Site, axe_faults: Callable[[Page], list[str]], name: str, phone: bool
) -> None:
    address, opener = STATES[name]
    page = shared_site.open(address, phone=phone)
    if opener:
        page.locator(opener).first.evaluate("button => button.click()")
        expect(page.locator("#dialog")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert axe_faults(page) == []
    page.context.close()
