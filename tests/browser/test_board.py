"""The board: with the mouse, a finger and the keyboard; folded columns, swim lanes, more cards than fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.commands import Command, Create, Update
from engine.testing import acting, actor, virtual_clock
from tests.browser.conftest import Site, both_widths
from tests.browser.touch import drag_with_a_finger, press

pytestmark = pytest.mark.browser
BOARD = "/e/opportunity/board"


def _kard(page: Page, deal: int) -> Locator:
    return page.locator(f'.kard[data-id="{deal}"]')


def _lane(page: Page, key: str) -> Locator:
    return page.locator(f"#lane-{key}")


def _ready_deal(site: Site) -> int:
    """A deal in the first stage that lacks nothing for the second."""
    return _do(
        site,
        Create(
            "opportunity",
            {"customer": site.company.customer, "name": "备齐的线索", "amount": 1_000_000, "next_step": "回访",
             "next_step_on": virtual_clock(site.company.engine).at.date()},
        ),
    )  # fmt: skip


def _do(site: Site, command: Command, login: str = "sales") -> int:
    outcome = site.company.engine.execute(command, acting(site.company.engine, login))
    assert outcome.verdict.allowed, [finding.said for finding in outcome.verdict.missing]
    assert outcome.id is not None
    return outcome.id


# --- moving ----------------------------------------------------------------------------------------------------------


def test_a_finger_drags_a_card_to_another_stage_on_the_phone(site: Site) -> None:
    deal = _ready_deal(site)
    page = site.open(BOARD, phone=True)
    drag_with_a_finger(page, _kard(page, deal), page.locator('.stage-picker a[data-column="contacted"]'))
    expect(_lane(page, "contacted").locator(f'.kard[data-id="{deal}"]')).to_have_count(1)
    assert site.company.stage_of(deal) == "contacted"


def test_a_finger_meets_the_gate_and_gets_the_card_back(site: Site) -> None:
    deal = site.company.fresh_deal
    page = site.open(BOARD, phone=True)
    drag_with_a_finger(page, _kard(page, deal), page.locator('.stage-picker a[data-column="contacted"]'))
    expect(page.locator("#dialog")).to_be_visible()
    page.locator("#dialog [data-close]").first.tap()
    expect(_lane(page, "lead").locator(f'.kard[data-id="{deal}"]')).to_be_visible()
    assert site.company.stage_of(deal) == "lead"


def test_a_finger_that_scrolls_moves_no_card(site: Site) -> None:
    deal = _ready_deal(site)
    page = site.open(BOARD, phone=True)
    drag_with_a_finger(page, _kard(page, deal), page.locator('.stage-picker a[data-column="contacted"]'), hold=0)
    page.wait_for_timeout(300)
    assert site.company.stage_of(deal) == "lead"


def test_the_keyboard_walks_along_the_cards_and_pushes_one_on(site: Site) -> None:
    deal = _ready_deal(site)
    page = site.open(BOARD)
    first = _lane(page, "lead").locator(".kard a.lead").first
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(_lane(page, "contacted").locator(".kard a.lead").first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    _kard(page, deal).locator("a.lead").focus()
    page.keyboard.press("Shift+ArrowRight")
    moved = _lane(page, "contacted").locator(f'.kard[data-id="{deal}"]')
    expect(moved).to_be_visible()
    expect(moved.locator("a.lead")).to_be_focused()
    assert site.company.stage_of(deal) == "contacted"


def test_m_opens_the_menu_of_the_card_in_focus(site: Site) -> None:
    page = site.open(BOARD)
    kard = _kard(page, site.company.fresh_deal)
    kard.locator("a.lead").focus()
    page.keyboard.press("m")
    expect(kard.get_by_role("button", name="初步沟通")).to_be_focused()


# --- what stands in it -----------------------------------------------------------------------------------------------


def test_the_head_of_a_column_counts_sums_and_weighs(site: Site) -> None:
    page = site.open(BOARD, "director")
    lead = _lane(page, "lead")
    kards = lead.locator(".kard").count()
    expect(lead.locator("header .count")).to_have_text(str(kards))
    expect(lead.locator(".sum").first).to_have_attribute("title", "¥700,000")
    expect(lead.locator(".weighted")).to_have_attribute("title", "¥35,000")


def test_ended_columns_are_folded_and_stay_as_one_left_them(site: Site) -> None:
    page = site.open(BOARD)
    expect(_lane(page, "lost")).to_have_class(re.compile("folded"))
    _lane(page, "lost").get_by_role("button", name="收起或展开「输单」").click()
    expect(_lane(page, "lost")).not_to_have_class(re.compile("folded"))
    lead = _lane(page, "lead")
    lead.hover()
    lead.get_by_role("button", name="收起或展开「线索获取」").click()
    page.reload()
    expect(_lane(page, "lost")).not_to_have_class(re.compile("folded"))
    expect(_lane(page, "lead")).to_have_class(re.compile("folded"))


def test_more_cards_than_fit_come_page_by_page(site: Site) -> None:
    for at in range(33):
        _do(site, Create("opportunity", {"customer": site.company.customer, "name": f"第 {at} 单"}))
    page = site.open(BOARD)
    lead = _lane(page, "lead")
    expect(lead.locator(".kard")).to_have_count(30)
    lead.get_by_role("button", name=re.compile("再显示一些")).click()
    total = int(lead.locator("header .count").inner_text())
    expect(lead.locator(".kard")).to_have_count(total)
    expect(lead.get_by_role("button", name=re.compile("再显示一些"))).to_have_count(0)
    ids = [kard.get_attribute("data-id") for kard in lead.locator(".kard").all()]
    assert len(set(ids)) == total > 30


def test_an_overdue_card_says_by_how_much(site: Site) -> None:
    engine = site.company.engine
    deal = site.company.fresh_deal
    virtual_clock(engine).wait(timedelta(days=5))
    page = site.open(BOARD)
    expect(_kard(page, deal).locator(".late")).to_have_text("超期 3 天")
    expect(_kard(page, deal)).to_have_class(re.compile("red"))


def test_a_card_does_not_say_its_customer_twice(site: Site) -> None:
    named = _do(site, Create("opportunity", {"customer": site.company.customer, "name": "绍兴恒泰 新产线"}))
    page = site.open(BOARD)
    expect(_kard(page, named)).not_to_contain_text("绍兴恒泰五金")
    expect(_kard(page, site.company.fresh_deal)).to_contain_text("绍兴恒泰五金")


def test_all_nine_stages_are_in_view_on_a_laptop(site: Site) -> None:
    page = site.open(BOARD)
    assert (
        page.evaluate("(() => { const b = document.querySelector('.board'); return b.scrollWidth - b.clientWidth })()")
        <= 0
    )
    widths = page.evaluate("[...document.querySelectorAll('.lane:not(.folded):not(.slim)')].map(l => l.offsetWidth)")
    assert min(widths) >= 130


def test_cards_of_a_narrow_column_have_one_height(site: Site) -> None:
    customer = site.company.customer
    for name, amount in (
        ("短", None),
        ("绍兴恒泰五金 一个名字特别特别长的项目", 101_600_000),
        ("没有金额的项目", None),
    ):
        _do(site, Create("opportunity", {"customer": customer, "name": name, "amount": amount}))
    virtual_clock(site.company.engine).wait(timedelta(days=4))
    page = site.open(BOARD)
    heights = page.evaluate("[...document.querySelectorAll('.lane:not(.folded) .kard')].map(k => k.offsetHeight)")
    assert len(heights) > 10
    assert max(heights) - min(heights) <= 2  # pixels: less than an eye sees, much less than a line


@both_widths
def test_a_deal_is_added_in_its_column_and_stands_there(site: Site, phone: bool) -> None:
    page = site.open(BOARD, phone=phone)
    press(_lane(page, "lead").locator(".quick-add"))
    dialog = page.locator("#dialog")
    dialog.get_by_role("combobox", name="客户", exact=True).fill("恒泰")
    press(page.get_by_role("option", name=re.compile("绍兴恒泰五金")))
    dialog.get_by_label("商机名称").fill("")
    press(dialog.get_by_role("button", name="保存", exact=True))
    expect(dialog.get_by_role("alert")).to_contain_text("商机名称")
    dialog.get_by_label("商机名称").fill("展会线索")
    press(dialog.get_by_role("button", name="保存", exact=True))
    expect(dialog).not_to_be_visible()
    kard = _lane(page, "lead").locator(".kard", has_text="展会线索")
    expect(kard).to_be_visible()
    made = int(kard.get_attribute("data-id") or 0)
    record = site.company.engine.find(acting(site.company.engine, "sales"), "opportunity", made)
    assert record is not None
    assert record.values["customer"] == site.company.customer


# --- swim lanes ------------------------------------------------------------------------------------------------------


@both_widths
def test_swim_lanes_split_the_board_and_a_card_moves_within_its_own(site: Site, phone: bool) -> None:
    deal = _ready_deal(site)
    page = site.open(BOARD, "director", phone=phone)
    page.get_by_label("泳道", exact=True).select_option(label="负责人")
    page.wait_for_url(re.compile("lanes=owner"))
    swims = page.locator("section.swim")
    expect(swims).to_have_count(2)
    expect(swims.first.get_by_role("heading").first).to_contain_text("王建国")
    expect(swims.nth(1).locator(".kard")).to_have_count(1)
    mine = swims.first.locator('.lane[data-key="lead"]').locator(f'.kard[data-id="{deal}"]')
    if phone:
        mine.get_by_label("移动「备齐的线索」").tap()
        mine.get_by_role("button", name="初步沟通").tap()
    else:
        mine.locator("a.lead").focus()
        page.keyboard.press("Shift+ArrowRight")
    moved = swims.first.locator('.lane[data-key="contacted"]').locator(f'.kard[data-id="{deal}"]')
    expect(moved).to_be_visible()
    assert site.company.stage_of(deal) == "contacted"


@both_widths
def test_a_swim_lane_leads_to_the_list_of_the_same_records(shared_site: Site, phone: bool) -> None:
    page = shared_site.open(f"{BOARD}?lanes=owner.unit", "director", phone=phone)
    head = page.locator("section.swim h2").first
    count = int(head.locator(".count").inner_text())
    going = page.locator("section.swim").first.locator(".lane:not(.folded) .kard").count()
    assert count == going
    press(head.get_by_role("link"))
    page.wait_for_url(re.compile("/e/opportunity.*filter=owner"))
    expect(page.locator("[data-rows] [data-id]:visible")).to_have_count(count)


def test_a_lane_of_another_person_takes_no_card(site: Site) -> None:
    page = site.open(f"{BOARD}?lanes=owner", "director")
    page.set_viewport_size({"width": 1440, "height": 2400})
    kard = _kard(page, site.company.fresh_deal)
    cells = page.locator("section.swim").nth(1).locator('.lane[data-key="lead"] .cards')
    start, end = kard.bounding_box(), cells.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + start["height"], steps=4)
    page.mouse.move(end["x"] + 40, end["y"] + 20, steps=12)
    page.wait_for_timeout(80)
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("泳道之间不能拖动")
    assert site.company.stage_of(site.company.fresh_deal) == "lead"


# --- the phone, and axe ----------------------------------------------------------------------------------------------


def test_the_phone_shows_one_column_at_a_time_and_marks_its_name(site: Site) -> None:
    page = site.open(BOARD, phone=True)
    assert page.evaluate("document.querySelector('.lane').offsetWidth") >= 360
    page.locator('.stage-picker a[data-column="qualified"]').tap()
    expect(page.locator('.stage-picker a[data-column="qualified"]')).to_have_attribute("aria-current", "true")
    expect(_lane(page, "qualified")).to_be_in_viewport(ratio=0.3)


@both_widths
def test_a_split_board_is_sound(site: Site, axe_faults: Callable[[Page], list[str]], phone: bool) -> None:
    _do(
        site,
        Update("opportunity", site.company.fresh_deal, None, {"owner": actor(site.company.engine, "sales2").id}),
        "director",
    )
    page = site.open(f"{BOARD}?lanes=owner", "director", phone=phone)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert axe_faults(page) == []
