"""The deal story and its neighbours, as a person lives them."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from engine.commands import Create, Update
from engine.store.lists import Query
from engine.testing import acting
from tests.browser.company import Company
from tests.browser.conftest import Site, both_widths
from tests.browser.touch import press

pytestmark = pytest.mark.browser


def _kard(page: Page, deal: int) -> Locator:
    return page.locator(f'.kard[data-id="{deal}"]')


def _lane(page: Page, key: str) -> Locator:
    return page.locator(f"#lane-{key}")


def _drag(page: Page, deal: int, lane: str) -> None:
    """With the mouse, as people do: press, move in steps, let go."""
    kard, target = _kard(page, deal).bounding_box(), _lane(page, lane).locator(".cards").bounding_box()
    assert kard is not None
    assert target is not None
    page.mouse.move(kard["x"] + 40, kard["y"] + kard["height"] - 14)
    page.mouse.down()
    page.mouse.move(kard["x"] + 70, kard["y"] + kard["height"], steps=4)
    page.mouse.move(target["x"] + min(60, target["width"] / 2), target["y"] + 60, steps=12)
    page.wait_for_timeout(80)
    page.mouse.up()


def _picture(folder: Path) -> Path:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), "#2b78d6").save(buffer, "PNG")
    file = folder / "演示截图.png"
    file.write_bytes(buffer.getvalue())
    return file


def _paper(folder: Path, name: str) -> Path:
    file = folder / name
    file.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    return file


def _qualified_deal(company: Company) -> int:
    """A deal in 需求确认 whose customer has contacts of two decision roles."""
    engine, sales = company.engine, acting(company.engine, "sales")
    where = engine.filter(sales, "opportunity", 'stage = "qualified"').value
    record = engine.page(sales, Query("opportunity", where, ("code",), 1, None, ("customer",))).items[0]
    engine.execute(Create("contact", {"customer": record.values["customer"], "name": "周工", "role": "user"}), sales)
    return record.id


# --- the gate --------------------------------------------------------------------------------------------------------


def test_a_dragged_card_meets_the_gate_takes_the_evidence_in_the_dialog_and_moves(site: Site, tmp_path: Path) -> None:
    deal = _qualified_deal(site.company)
    page = site.open("/e/opportunity/board")
    _drag(page, deal, "quoting")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading", name=re.compile("进入「方案报价」还差"))).to_be_visible()
    dialog.get_by_label("技术参数").fill("M8×40,8.8 级,镀锌")
    dialog.get_by_label("应用场景").fill("汽车座椅骨架")
    dialog.get_by_label("预算范围").select_option(label="10–50 万")
    dialog.get_by_label("项目时间表").fill("明年一季度量产")
    dialog.get_by_label("技术人员工号").fill("T-0217")
    dialog.get_by_label("客户疑问清单").fill("交期能否提前两周")
    dialog.get_by_role("radio", name="不需要").check()
    papers = {"requirement": "需求文档.pdf", "spec": "盖章需求书.pdf"}
    for field, name in papers.items():
        dialog.locator(f'[data-name="fill.{field}"] input[type=file]').set_input_files(_paper(tmp_path, name))
        expect(dialog.locator(f'[data-name="fill.{field}"] input[type=hidden]')).to_have_count(1)
    dialog.locator('[data-name="fill.demo_shot"] input[type=file]').set_input_files(_picture(tmp_path))
    expect(dialog.locator('[data-name="fill.demo_shot"] input[type=hidden]')).to_have_count(1)
    dialog.get_by_role("button", name="推进", exact=True).click()
    expect(_lane(page, "quoting").locator(f'.kard[data-id="{deal}"]')).to_be_visible()
    expect(dialog).not_to_be_visible()
    assert site.company.stage_of(deal) == "quoting"


def test_a_card_returns_when_the_dialog_is_cancelled(site: Site) -> None:
    deal = site.company.fresh_deal
    page = site.open("/e/opportunity/board")
    _drag(page, deal, "contacted")
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(_lane(page, "lead").locator(f'.kard[data-id="{deal}"]')).to_be_visible()
    assert site.company.stage_of(deal) == "lead"


def test_a_card_dropped_where_the_flow_has_no_step_goes_back_with_a_word(site: Site) -> None:
    deal = site.company.fresh_deal
    page = site.open("/e/opportunity/board")
    _drag(page, deal, "qualified")
    expect(page.locator("#toasts")).to_contain_text("流程里没有这一步")
    expect(_lane(page, "lead").locator(f'.kard[data-id="{deal}"]')).to_be_visible()


def test_a_card_moves_by_the_keyboard_alone(site: Site) -> None:
    deal = site.company.fresh_deal
    page = site.open("/e/opportunity/board")
    _kard(page, deal).locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("下一步", exact=True).fill("约技术交流")
    dialog.get_by_label("下一步日期", exact=True).fill("明天")
    page.keyboard.press("Control+Enter")
    expect(_lane(page, "contacted").locator(f'.kard[data-id="{deal}"]')).to_be_visible()


def test_the_visit_that_a_gate_wants_is_added_from_within_the_dialog(site: Site) -> None:
    deal = site.company.talked_deal
    page = site.open(f"/e/opportunity/{deal}")
    page.locator("#checklist").get_by_role("button", name="推进到「需求确认」").click()
    dialog, second = page.locator("#dialog"), page.locator("#dialog-2")
    dialog.get_by_role("link", name="新增拜访").click()
    second.get_by_label("客户需求要点").fill("交期要提前两周")
    second.get_by_role("button", name="保存", exact=True).click()
    expect(second).not_to_be_visible()
    expect(dialog.get_by_role("heading", name="推进到「需求确认」")).to_be_visible()
    dialog.get_by_role("button", name="推进", exact=True).click()
    page.wait_for_url("**said=moved")
    assert site.company.stage_of(deal) == "qualified"


def test_the_contact_that_a_gate_wants_belongs_to_the_customer_of_the_deal(site: Site) -> None:
    engine, sales = site.company.engine, acting(site.company.engine, "sales")
    made = engine.execute(Create("customer", {"name": "台州永固紧固件", "industry": "machine"}), sales)
    values = {"customer": made.id, "name": "首单", "next_step": "约见", "next_step_on": date(2026, 12, 1)}
    deal = engine.execute(Create("opportunity", values), sales).id
    assert deal is not None
    assert deal != made.id
    page = site.open(f"/e/opportunity/{deal}")
    page.locator("#checklist").get_by_role("button", name="推进到「初步沟通」").click()
    dialog, second = page.locator("#dialog"), page.locator("#dialog-2")
    dialog.get_by_role("link", name="新增联系人").click()
    second.get_by_label("姓名").fill("张总")
    second.get_by_role("button", name="保存", exact=True).click()
    expect(second).not_to_be_visible()
    dialog.get_by_role("button", name="推进", exact=True).click()
    page.wait_for_url("**said=moved")
    assert site.company.stage_of(deal) == "contacted"


def test_a_manager_waives_an_item_with_a_reason_that_stays(site: Site) -> None:
    deal = site.company.talked_deal
    page = site.open(f"/e/opportunity/{deal}", "manager")
    page.locator("#checklist").get_by_role("button", name="推进到「需求确认」").click()
    dialog = page.locator("#dialog")
    dialog.get_by_text("放行这一项").click()
    dialog.get_by_label("放行的理由").fill("客户在展会上谈过")
    dialog.get_by_role("button", name="推进", exact=True).click()
    page.wait_for_url("**said=moved")
    expect(page.locator("#timeline")).to_contain_text("客户在展会上谈过")


def test_one_item_of_the_checklist_is_filled_in_beside_the_record(site: Site) -> None:
    page = site.open(f"/e/opportunity/{site.company.fresh_deal}")
    item = page.locator("#checklist li", has_text="下一步日期")
    item.locator("summary").click()
    item.get_by_label("下一步日期", exact=True).fill("明天")
    item.get_by_role("button", name="保存").click()
    expect(page.locator("#checklist .done-fold")).to_contain_text("下一步日期")


@both_widths
def test_why_shows_the_condition_and_its_line(shared_site: Site, phone: bool) -> None:
    page = shared_site.open(f"/e/customer/{shared_site.company.customer}", phone=phone)
    press(page.locator(".record-head").get_by_role("link", name="健康度为什么是这个值？"))
    expect(page.locator("#dialog .tree")).to_contain_text("margin > 35%")
    expect(page.locator("#dialog")).to_contain_text("应用定义第")
    assert page.evaluate(
        "document.querySelector('#dialog .body').scrollWidth <= document.querySelector('#dialog').clientWidth"
    )


# --- forms -----------------------------------------------------------------------------------------------------------


def test_a_new_visit_on_the_phone_takes_few_taps(site: Site) -> None:
    page = site.open("/", phone=True)
    taps = 0
    for target in (
        page.get_by_role("button", name="新建"),
        page.locator("#adding").get_by_role("link", name="拜访"),
        page.get_by_label("客户", exact=True),
    ):
        target.tap()
        taps += 1
    page.get_by_label("客户", exact=True).fill("恒泰")
    page.get_by_role("option", name="绍兴恒泰五金").tap()
    page.get_by_label("客户需求要点").fill("交期要提前两周")
    page.get_by_label("下次跟进时间", exact=True).fill("下周一")
    page.get_by_role("button", name="保存").tap()
    taps += 4
    page.wait_for_url("**said=created")
    assert taps <= 12
    page.goto(f"{site.address}/e/customer/{site.company.customer}")
    expect(page.locator("#timeline")).to_contain_text("交期要提前两周")


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_fields(site: Site) -> None:
    page = site.open("/e/customer/new")
    page.get_by_label("简称", exact=True).fill("恒泰")
    page.locator("summary", has_text="基本").click()
    page.get_by_label("统一社会信用代码").fill("123")
    page.get_by_role("button", name="保存").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("没有保存")
    expect(page.get_by_label("简称", exact=True)).to_have_value("恒泰")
    expect(page.get_by_label("统一社会信用代码")).to_have_value("123")
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.tagName") == "INPUT"


def test_two_people_saving_one_record_choose_field_by_field(site: Site) -> None:
    customer, engine = site.company.customer, site.company.engine
    page = site.open(f"/e/customer/{customer}/edit")
    page.get_by_label("简称", exact=True).fill("我的简称")
    page.get_by_label("地址", exact=True).fill("绍兴市越城区")
    engine.execute(
        Update("customer", customer, None, {"short_name": "别人的简称", "phone": "0575-1"}), acting(engine, "manager")
    )
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="在您编辑时被别人保存过")).to_be_visible()
    expect(page.get_by_text("我的简称")).to_be_visible()
    expect(page.get_by_role("group", name="地址")).to_have_count(0)
    page.get_by_text("别人的简称").click()
    page.get_by_role("button", name="按选择保存").click()
    page.wait_for_url("**said=saved")
    record = engine.find(acting(engine, "sales"), "customer", customer)
    assert record is not None
    assert record.values["short_name"] == "别人的简称"
    assert record.values["address"] == "绍兴市越城区"
    assert record.values["phone"] == "0575-1"


def test_unsaved_work_is_offered_back(site: Site) -> None:
    page = site.open(f"/e/customer/{site.company.customer}/edit")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("地址", exact=True).fill("还没有保存的地址")
    page.wait_for_timeout(600)
    page.goto(f"{site.address}/")
    page.goto(f"{site.address}/e/customer/{site.company.customer}/edit")
    page.get_by_role("button", name="取回").click()
    expect(page.get_by_label("地址", exact=True)).to_have_value("还没有保存的地址")


@both_widths
def test_totals_change_while_she_types_and_rows_are_added(site: Site, phone: bool) -> None:
    page = site.open(f"/e/quote/new?opportunity={site.company.talked_deal}", phone=phone)
    for name, value in (("item", "螺栓"), ("qty", "100"), ("price", "12"), ("cost", "9")):
        page.locator(f'[name="lines.0.{name}"]').fill(value)
    expect(page.locator("[id='c-lines.0.amount']")).to_have_text("¥1,200")
    expect(page.locator("#c-total")).to_have_text("¥1,200")
    if phone:
        page.get_by_role("button", name="加一行").tap()
    else:
        page.locator('[name="lines.0.cost"]').press("Enter")
    page.locator('[name="lines.1.item"]').fill("垫片")
    page.locator('[name="lines.1.qty"]').fill("50")
    page.locator('[name="lines.1.price"]').fill("2")
    page.locator('[name="lines.1.cost"]').fill("1")
    expect(page.locator("#c-total")).to_have_text("¥1,300")
    page.get_by_label("上月材料均价").fill("80")
    page.get_by_label("加工费标准").fill("5")
    expect(page.locator("#c-base_price")).to_have_text("¥113")
    press(page.get_by_role("button", name="保存"))
    page.wait_for_url("**said=created")
    expect(page.locator("#main")).to_contain_text("¥1,300")


def test_a_date_is_picked_by_the_keyboard_in_our_own_calendar(site: Site) -> None:
    page = site.open(f"/e/opportunity/new?customer={site.company.customer}")
    page.get_by_role("button", name="下一步日期：打开日历").click()
    expect(page.get_by_role("dialog", name="选择日期")).to_contain_text("2026年11月")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("下一步日期", exact=True)).to_have_value("2026-11-28")


# --- lists, language -------------------------------------------------------------------------------------------------


def test_a_filter_applies_at_once_and_is_cleared(site: Site) -> None:
    page = site.open("/e/customer")
    page.locator(".filters summary", has_text="等级").click()
    page.locator(".filters").get_by_label("A", exact=True).check()
    page.wait_for_url("**f.grade=A**")
    expect(page.locator(".list-wide tbody tr")).to_have_count(2)
    page.get_by_role("link", name="清空筛选").click()
    expect(page.locator(".list-wide tbody tr")).to_have_count(6)


def test_the_language_is_switched_and_stays(site: Site) -> None:
    page = site.open("/settings")
    page.get_by_role("radio", name="English").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.goto(f"{site.address}/e/opportunity/board")
    expect(page.get_by_role("heading", name="Pipeline")).to_be_visible()
    expect(page.get_by_role("heading", name="Qualified")).to_be_visible()


def test_the_dark_theme_is_chosen_and_stays(site: Site) -> None:
    page = site.open("/settings")
    page.get_by_role("radio", name="深色").check()
    page.get_by_role("button", name="保存").click()
    page.goto(f"{site.address}/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_keys_lead_through_the_pages(site: Site) -> None:
    page = site.open("/")
    page.keyboard.press("g")
    page.keyboard.press("1")
    page.wait_for_url("**/e/customer")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/e/customer/\d+"))
    page.keyboard.press("e")
    page.wait_for_url("**/edit")
    page.locator(".page-head h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()


def test_signing_in_and_out(site: Site) -> None:
    engine = site.company.engine
    engine.set_password(acting(engine, "sales").actor.id, "correct horse 7")
    page = site.open("/e/customer?view=high", "")
    page.get_by_label("用户名").fill("sales")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    expect(page.get_by_label("用户名")).to_have_value("sales")
    page.get_by_label("密码").fill("correct horse 7")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/e/customer?view=high")
    page.get_by_text("王建国").first.click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login")
