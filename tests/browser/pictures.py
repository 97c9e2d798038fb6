"""Takes the pictures of `docs/screens.md`: `python -m tests.browser.pictures [NAME …]`.

A sample company on a clock that stands still is served from a temporary folder; each picture is a real screen of it,
with few colours so that the file is small.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from waitress.server import create_server

from engine.runtime import Engine
from engine.sample import load_sample
from engine.testing import actor
from tests.browser.company import APP
from tests.browser.conftest import CHROMIUM, FLAGS, PHONE, WIDE
from web.create_site import create_site

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
SEED = 20_260
COLOURS = 96


@dataclass(frozen=True)
class Picture:
    """One screen: its address, who looks, on what. prepare: what is pressed before the picture is taken."""

    name: str
    address: str
    login: str = "manager"
    phone: bool = False
    scheme: str = "light"
    prepare: Callable[[Page], None] | None = None


def _open_first_deal(page: Page) -> None:
    page.locator("#lane-contacted .kard a.lead").first.click()
    page.wait_for_load_state("networkidle")


def _open_gate(page: Page) -> None:
    _open_first_deal(page)
    page.locator("#checklist .body > .button").first.click()
    page.locator("#dialog form[data-gate]").wait_for()


def _open_first_row(page: Page) -> None:
    page.locator(".list-wide tbody .lead a").first.click()
    page.wait_for_load_state("networkidle")


def _search(page: Page) -> None:
    page.locator("#search, #q").first.press_sequentially("shao", delay=30)
    page.wait_for_timeout(700)


BOARD = "/e/opportunity/board"
PICTURES = (
    Picture("gallery", "/gallery"),
    Picture("home", "/"),
    Picture("list", "/e/customer"),
    Picture("list-dark", "/e/opportunity", scheme="dark"),
    Picture("board", BOARD, "director"),
    Picture("board-lanes", f"{BOARD}?lanes=owner.unit", "director"),
    Picture("charts", "/e/opportunity/charts", "director"),
    Picture("record", "/e/customer", prepare=_open_first_row),
    Picture("deal", BOARD, prepare=_open_first_deal),
    Picture("gate-dialog", BOARD, prepare=_open_gate),
    Picture("search", "/e/customer", prepare=_search),
    Picture("board-phone", BOARD, "director", phone=True),
    Picture("home-phone", "/", phone=True),
    Picture("list-phone", "/e/customer", phone=True),
    Picture("visit-phone", "/e/visit/new", phone=True),
)


def main(names: list[str]) -> int:
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.start(APP, "sqlite", Path(folder))
        load_sample(engine, SEED)
        server = create_server(create_site(engine), host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
                for picture in wanted:
                    _take(browser, engine, f"http://127.0.0.1:{server.effective_port}", picture)
                browser.close()
        finally:
            server.close()
            engine.close()
    return 0


def _take(browser: Browser, engine: Engine, address: str, picture: Picture) -> None:
    context = browser.new_context(
        viewport=PHONE if picture.phone else WIDE,  # type: ignore[arg-type]
        is_mobile=picture.phone,
        has_touch=picture.phone,
        color_scheme=picture.scheme,  # type: ignore[arg-type]
        locale="zh-CN",
        service_workers="block",
    )
    token = engine.open_session(actor(engine, picture.login).id, "pictures")
    context.add_cookies([{"name": "sluice", "value": token, "url": address}])
    page = context.new_page()
    page.goto(address + picture.address)
    page.wait_for_load_state("networkidle")
    if picture.prepare is not None:
        picture.prepare(page)
    page.wait_for_timeout(400)
    taken = Image.open(BytesIO(page.screenshot()))
    file = FOLDER / f"{picture.name}.png"
    taken.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    sys.stdout.write(f"{file.name} {file.stat().st_size // 1024} KB\n")
    context.close()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
