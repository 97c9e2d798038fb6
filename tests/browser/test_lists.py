"""Lists as people work in them: find, group, keep a view, edit in place, change many, take it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.commands import Create, Update
from engine.people.saved_views import ViewShape
from engine.testing import acting
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def _rows(page: Page) -> Locator:
    return page.locator("table[data-rows] tbody tr[data-id]:visible")


def _cell(page: Page, row: int, field: str) -> Locator:
    return _rows(page).nth(row).locator(f"td[data-cell={field}]")


def _menu(page: Page, name: str) -> None:
    page.locator(".list-tools").get_by_label("更多").click()
    page.get_by_role("button", name=name).click()


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


def test_groups_open_with_counts_and_sums_and_close(site: Site) -> None:
    page = site.open("/e/opportunity")
    page.locator(".list-tools summary", has_text="分组").click()
    page.locator(".list-tools").get_by_role("link", name="阶段", exact=True).click()
    page.wait_for_url("**group=stage**")
    heads = page.locator("tbody.group")
    expect(heads).to_have_count(3)
    expect(heads.nth(1)).to_contain_text("初步沟通")
    expect(heads.nth(1)).to_contain_text("¥4,625,000")
    expect(_rows(page)).to_have_count(11)
    heads.nth(0).get_by_role("button").click()
    expect(_rows(page)).to_have_count(9)
    page.goto(f"{site.address}/e/opportunity?group=close_on:month&totals=1")
    expect(page.locator("tbody.group").first).to_contain_text("2026 年 12 月")
    expect(page.locator("tfoot")).to_contain_text("合计 11 条")
    expect(page.locator("tfoot")).to_contain_text("¥9,925,000")


def test_columns_are_chosen_and_ordered_by_keyboard(site: Site) -> None:
    page = site.open("/e/opportunity?col=name&col=amount")
    page.get_by_role("button", name="列", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("预计成交日", exact=True).check()
    up = dialog.get_by_role("button", name="上移 预计金额")
    up.focus()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="应用", exact=True).click()
    page.wait_for_url("**col=close_on**")
    expect(page.locator("table[data-rows] thead th")).to_have_text(["预计金额", "商机名称", "预计成交日"])


def test_a_view_is_saved_shared_opened_first_renamed_and_deleted(site: Site) -> None:
    page = site.open("/e/opportunity?filter=amount > 50万&group=stage&col=name&col=amount&col=stage")
    page.get_by_role("button", name="存为视图").first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.locator(".error")).to_contain_text("起个名字")
    dialog.get_by_label("视图名称").fill("大单")
    dialog.get_by_label(re.compile("共用")).check()
    dialog.get_by_label("打开列表时先用这个视图").check()
    dialog.get_by_role("button", name="保存").click()
    page.wait_for_url("**view=saved-**")
    expect(page.locator("#toasts")).to_contain_text("视图已保存")
    page.goto(f"{site.address}/e/opportunity")
    expect(page.locator(".tabs [aria-current]")).to_have_text("大单")
    expect(page.locator(".chip.made")).to_have_text(["预计金额 大于 ¥500,000"])
    expect(page.locator("tbody.group").first).to_be_visible()
    colleague = site.open("/e/opportunity", "manager")
    colleague.get_by_role("link", name="大单").click()
    expect(colleague.locator(".chip.made")).to_have_text(["预计金额 大于 ¥500,000"])
    _menu(page, "视图改名、共用或删除")
    dialog.get_by_label("视图名称").fill("五十万以上")
    dialog.get_by_role("button", name="保存").click()
    expect(page.locator(".tabs [aria-current]")).to_have_text("五十万以上")
    _menu(page, "视图改名、共用或删除")
    page.once("dialog", lambda asked: asked.accept())
    dialog.get_by_role("button", name="删除视图").click()
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


# --- in place --------------------------------------------------------------------------------------------------------


def test_a_cell_is_edited_in_place_what_follows_from_it_too_and_taken_back(site: Site) -> None:
    page = site.open("/e/opportunity?sort=code&col=code&col=name&col=amount&col=weighted")
    before = _rows(page).first.inner_text()
    _cell(page, 0, "amount").dblclick()
    box = page.locator("#cell")
    box.get_by_label("预计金额").fill("100万")
    page.keyboard.press("Enter")
    expect(_cell(page, 0, "amount")).to_contain_text("¥1,000,000")
    assert _rows(page).first.inner_text() != before
    expect(box).not_to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("已修改")
    page.locator("#toasts").get_by_role("button", name="撤销").click()
    page.wait_for_url("**said=undone**")
    assert _rows(page).first.inner_text() == before


def test_cells_are_walked_and_edited_by_keyboard_alone(site: Site) -> None:
    page = site.open("/e/opportunity?sort=code&col=code&col=name&col=amount&col=next_step")
    _cell(page, 0, "name").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    name = page.locator("#cell input[name=name]")
    expect(name).to_be_focused()
    name.fill("改了又不要")
    page.keyboard.press("Escape")
    expect(_cell(page, 1, "name")).to_be_focused()
    expect(_cell(page, 1, "name")).not_to_contain_text("改了又不要")
    page.keyboard.press("F2")
    expect(name).to_be_focused()
    name.fill("新名字")
    page.keyboard.press("Tab")
    expect(page.locator("#cell input[name=amount]")).to_be_focused()
    expect(_cell(page, 1, "name")).to_contain_text("新名字")


def test_a_refused_value_is_told_at_the_cell_with_the_reason(site: Site) -> None:
    page = site.open("/e/opportunity?sort=code&col=name&col=amount")
    _cell(page, 0, "name").dblclick()
    page.locator("#cell input[name=name]").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#cell .error")).to_contain_text("名称")
    page.keyboard.press("Escape")
    expect(page.locator("#cell")).not_to_be_visible()


def test_what_somebody_saved_in_between_is_shown_at_the_cell(site: Site) -> None:
    engine, deal = site.company.engine, site.company.fresh_deal
    page = site.open('/e/opportunity?filter=name = "新线索"&col=name&col=next_step')
    _cell(page, 0, "next_step").dblclick()
    page.locator("#cell input").last.wait_for()
    engine.execute(Update("opportunity", deal, None, {"next_step": "经理写的"}), acting(engine, "manager"))
    page.locator("#cell [name=next_step]").fill("我写的")
    page.keyboard.press("Enter")
    expect(page.locator("#cell .error")).to_contain_text("有人刚刚改过")
    expect(page.locator("#cell [name=next_step]")).to_have_value("经理写的")


def test_computed_cells_do_not_open(site: Site) -> None:
    page = site.open("/e/opportunity?col=name&col=weighted&col=days_in_stage&col=stage")
    assert page.locator("table[data-rows] tr[data-id]").first.locator("td[data-cell]").count() == 1


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


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
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
    if phone:
        _menu(page, "选择多条")
        page.locator(".cards-list .pickrow").first.check()
    else:
        page.get_by_label("选中本页全部").check()
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


def test_those_that_may_not_move_are_listed_with_reasons_and_links(site: Site) -> None:
    page = site.open('/e/opportunity?filter=stage = "lead" or stage = "contacted"&sort=code')
    page.get_by_label("选中本页全部").check()
    page.get_by_role("button", name="修改…").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("改成的阶段").select_option(label="需求确认")
    dialog.get_by_role("button", name=re.compile("^修改 ")).click()
    expect(dialog.locator(".refused li").first).to_be_visible()
    expect(dialog.locator(".bulk-done")).to_contain_text("条没有修改")
    expect(dialog.locator(".refused a").first).to_have_attribute("href", re.compile(r"/e/opportunity/\d+"))
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


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_cell_and_the_bulk_dialog_are_sound(
    shared_site: Site, axe_faults: Callable[[Page], list[str]], scheme: str
) -> None:
    page = shared_site.open("/e/opportunity?sort=code", scheme=scheme)
    _cell(page, 0, "amount").dblclick()
    expect(page.locator("#cell")).to_be_visible()
    assert axe_faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_label("选中本页全部").check()
    assert axe_faults(page) == []
    page.get_by_role("button", name="修改…").click()
    expect(page.locator("#dialog")).to_be_visible()
    assert axe_faults(page) == []
    page.context.close()
