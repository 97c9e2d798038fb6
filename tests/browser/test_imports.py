"""A manager brings her salespeople's spreadsheets in, at a desk and on the phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

CSV = """公司名称,所属行业,座机,联络人,联系电话
苏州永盛五金有限公司,机械,0512-11112222,张三,13900000001
上海永盛五金有限公司,特种,0512-11112222,李四,13900000002
南通恒达机械有限公司,汽配,暂无,,
南通市恒达机械有限责任公司,汽车配件,,王五,13900000003
"""


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_list_is_imported_with_a_word_explained_and_a_double_settled(
    site: Site, tmp_path: Path, axe_faults: Callable[[Page], list[str]], phone: bool
) -> None:
    """S0-15 as a person does it."""
    file = tmp_path / "客户.csv"
    file.write_bytes(CSV.encode("gb18030"))
    site.company.engine.jobs.start(site.company.engine)
    page = site.open("/imports/new/customers", "director", phone=phone)
    page.locator("#files").set_input_files(file)
    page.get_by_role("button", name="上传并读取").click()
    expect(page.locator("select").first).to_have_value("客户名称")
    assert not axe_faults(page)
    page.get_by_role("button", name="清洗并预览").click()
    expect(page.get_by_text("这些词是什么意思")).to_be_visible(timeout=30_000)
    page.get_by_label("特种").select_option("machine")
    page.get_by_role("button", name="按这些意思重新预览").click()
    page.get_by_role("link", name="逐个确认").click(timeout=30_000)
    assert not axe_faults(page)
    page.get_by_role("radio", name="不是", exact=True).check()
    page.get_by_role("button", name="保存并重新预演").click()
    page.get_by_role("button", name="开始导入").click(timeout=30_000)
    expect(page).to_have_title(re.compile("导入完成"), timeout=30_000)
    expect(page.locator(".import-counts")).to_contain_text("3")
    page.goto(f"{site.address}/e/customer")
    for name in ("苏州永盛五金有限公司", "上海永盛五金有限公司", "南通恒达机械有限公司"):
        expect(page.get_by_text(name).locator("visible=true").first).to_be_visible()
