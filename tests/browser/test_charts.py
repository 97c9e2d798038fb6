"""Charts: the table beside each says the same, every figure leads to just those records, the policy is kept.

S1-48 and S0-14: dwell per stage and per region. S3-31: one click from a stage to the deals in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.testing import actor, virtual_clock
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
CHARTS = "/e/opportunity/charts"


def _links(page: Page, table: str) -> list[tuple[int, str]]:
    """(count, address) of every figure in a table that leads somewhere and is a plain number."""
    found = []
    for link in page.locator(f"#table-{table} td a").all():
        number = re.search(r"(\d+)$", link.inner_text().strip())
        if number:
            found.append((int(number[1]), link.get_attribute("href") or ""))
    return found


def _rows(page: Page) -> Locator:
    return page.locator(".list-wide tbody tr")


@pytest.mark.parametrize("login", ["sales", "manager", "director"])
def test_every_count_is_that_of_the_list_behind_it(site: Site, login: str) -> None:
    """S0-14, S1-48, S3-31."""
    virtual_clock(site.company.engine).wait(timedelta(days=12))
    page = site.open(f"{CHARTS}?by=owner.unit", login)
    asked = [*_links(page, "funnel"), *_links(page, "dwell"), *_links(page, "parts")]
    assert len(asked) >= 5
    for count, address in dict.fromkeys(asked):
        page.goto(site.address + address)
        assert _rows(page).count() == count, address


def test_the_chips_narrow_every_figure_and_its_list(site: Site) -> None:
    page = site.open(f"{CHARTS}?f.owner={_id_of(site, 'sales2')}", "director")
    [(count, address)] = [found for found in _links(page, "funnel") if found[0]]
    assert count == 1
    page.goto(site.address + address)
    expect(_rows(page)).to_have_count(1)
    expect(_rows(page)).to_contain_text("别人的线索")


def _id_of(site: Site, login: str) -> int:
    return actor(site.company.engine, login).id


def test_a_bar_is_drawn_and_a_click_on_it_leads_to_the_list(site: Site) -> None:
    page = site.open(CHARTS, "director")
    box = page.locator(".chart.funnel canvas").bounding_box()
    assert box is not None
    stage = page.locator("#table-funnel tbody tr").nth(1)
    expect(stage).to_contain_text("初步沟通")
    page.mouse.click(box["x"] + 100, box["y"] + 30 + 1.5 * (box["height"] - 56) / 8)
    page.wait_for_url(re.compile(r"/e/opportunity\?.*contacted"))


def test_what_has_ended_stands_apart_beneath_the_funnel(site: Site) -> None:
    page = site.open(CHARTS, "director")
    over = page.locator("#table-funnel tbody.ended")
    expect(over.get_by_role("rowheader")).to_have_text(["已经结束", "回款完成", "输单"])
    drawn = page.evaluate("JSON.parse(document.querySelector('.chart.funnel').dataset.chart).bars.map(bar => bar.name)")
    assert len(drawn) == 8
    assert "输单" not in drawn


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_are_drawn_in_the_colours_of_the_page(site: Site, scheme: str) -> None:
    """For who wants no motion as well: a colour on its way to another is still the one before."""
    page = site.open(CHARTS, "director", scheme=scheme)
    page.locator(".chart.funnel canvas").wait_for()
    painted = page.evaluate(
        """() => {
          const canvas = document.querySelector('.chart.funnel canvas');
          const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const counts = {};
          for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] < 255) continue;
            const colour = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
            counts[colour] = (counts[colour] ?? 0) + 1;
          }
          const probe = document.body.appendChild(document.createElement('a'));
          probe.style.cssText = 'transition: none';
          return ['accent', 'accent-soft'].map((name) => {
            probe.style.color = `var(--${name})`;
            return counts[getComputedStyle(probe).color] ?? 0;
          });
        }"""
    )
    assert min(painted) > 200


def test_charts_come_only_to_pages_that_show_one(site: Site) -> None:
    page = site.open("/e/opportunity")
    scripts = "performance.getEntriesByType('resource').filter(e => e.name.includes('chart')).length"
    assert page.evaluate(scripts) == 0
    page.goto(site.address + CHARTS)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(scripts) == 1


def test_the_table_is_copied_as_a_spreadsheet_takes_it(site: Site) -> None:
    page = site.open(CHARTS, "director")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制表格").first.click()
    expect(page.locator("#toasts")).to_contain_text("表格已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0].split("\t")[:2] == ["阶段", "现在"]


def test_scores_are_spread_over_their_bands(site: Site) -> None:
    page = site.open("/e/customer/charts", "director")
    counts = _links(page, "health")
    assert sum(count for count, _ in counts) == 6
    for count, address in counts:
        page.goto(site.address + address)
        assert _rows(page).count() == count


def test_on_paper_the_tables_stay_and_the_buttons_go(site: Site) -> None:
    page = site.open(CHARTS, "director")
    page.emulate_media(media="print")
    expect(page.locator("#table-funnel")).to_be_visible()
    expect(page.locator(".chart.funnel canvas")).to_be_visible()
    expect(page.get_by_role("button", name="复制表格").first).not_to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("address", [CHARTS, "/e/customer/charts"])
def test_charts_are_sound(site: Site, axe_faults: Callable[[Page], list[str]], address: str, phone: bool) -> None:
    page = site.open(address, "director", phone=phone)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert axe_faults(page) == []
