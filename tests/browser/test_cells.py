"""Cells of a list, changed where they stand: with the mouse, by the keyboard, refused, overtaken by somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.commands import Update
from engine.testing import acting
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def _rows(page: Page) -> Locator:
    return page.locator("table[data-rows] tbody tr[data-id]:visible")


def _cell(page: Page, row: int, field: str) -> Locator:
    return _rows(page).nth(row).locator(f"td[data-cell={field}]")


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
