"""The first page: what is due, whose it is, and that every count is that of the list behind it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.commands import Create, Update
from engine.testing import acting, actor, virtual_clock
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def _rows(page: Page) -> int:
    return page.locator(".list-wide tbody tr").count()


def _later(site: Site, days: int) -> None:
    virtual_clock(site.company.engine).wait(timedelta(days=days))


def test_what_is_overdue_is_counted_whole_and_leads_to_its_list(site: Site) -> None:
    _later(site, 12)
    page = site.open("/")
    card = page.locator("section", has=page.get_by_role("heading", name="已超期"))
    count = int(card.locator("header .count").inner_text())
    assert card.locator("li").count() == min(count, 8)
    over = [int(re.sub(r"\D", "", badge)) for badge in card.locator("li .badge").all_inner_texts()]
    assert over == sorted(over, reverse=True)
    assert over[0] > over[-1]
    way = card.get_by_role("link", name=re.compile(r"全部商机（\d+）"))
    expect(way).to_have_text(f"全部商机（{count}）")
    way.click()
    page.wait_for_load_state()
    assert _rows(page) == count > 0


def test_what_was_to_be_followed_up_by_today_is_listed_the_longest_due_first(site: Site) -> None:
    _later(site, 3)
    page = site.open("/")
    card = page.locator("section", has=page.get_by_role("heading", name="今天该跟进"))
    days = [item.locator("span.nowrap").inner_text() for item in card.locator("li").all()]
    assert days[0] == "2026-11-22"
    assert days[-1] == "今天"


def test_a_manager_with_deals_of_her_own_switches_to_her_team_and_it_stays(site: Site) -> None:
    engine = site.company.engine
    manager = actor(engine, "manager").id
    done = engine.execute(
        Update("opportunity", site.company.fresh_deal, None, {"owner": manager}), acting(engine, "manager")
    )
    assert done.verdict.allowed
    page = site.open("/", "manager")
    expect(page.locator("section", has_text="我的商机").locator("header .count")).to_have_text("1")
    page.get_by_role("link", name="团队", exact=True).click()
    expect(page.get_by_role("heading", name="进行中的商机")).to_be_visible()
    page.goto(f"{site.address}/e/customer")
    page.goto(site.address)
    team = page.locator("section", has=page.get_by_role("heading", name="进行中的商机"))
    assert int(team.locator("header .count").inner_text()) > 1


def test_who_sees_only_his_own_has_nothing_to_switch(site: Site) -> None:
    page = site.open("/", "sales2")
    expect(page.get_by_role("link", name="团队", exact=True)).to_have_count(0)


def test_the_bars_of_the_pipeline_lead_to_lists_of_as_many(site: Site) -> None:
    page = site.open("/")
    bars = [
        (int(bar.locator(".num").first.inner_text()), bar.get_attribute("href") or "")
        for bar in page.locator("section", has_text="我的商机").locator(".funnel a").all()
    ]
    assert any(count for count, _ in bars)
    for count, address in bars[:4]:
        page.goto(site.address + address)
        assert _rows(page) == count


def test_a_record_one_item_short_is_told_with_that_item(site: Site) -> None:
    engine = site.company.engine
    values = {"customer": site.company.customer, "name": "只差日期", "amount": 1_000, "next_step": "回访"}
    assert engine.execute(Create("opportunity", values), acting(engine, "sales")).verdict.allowed
    page = site.open("/")
    card = page.locator("section", has=page.get_by_role("heading", name="只差一项就能推进"))
    expect(card.locator("li", has_text="只差日期")).to_contain_text("去「初步沟通」只差：请填写「下一步日期」")
