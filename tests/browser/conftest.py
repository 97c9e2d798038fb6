"""A real server in a thread, and Chromium; every page must stay free of script errors and console errors."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect, sync_playwright
from playwright.sync_api import TimeoutError as WaitedTooLong
from waitress.server import create_server

from engine.testing import actor
from tests.browser.company import Company, found_company
from web.assets import manifest
from web.assets.build import MODULES, BuildFailed, build
from web.create_site import create_site

CHROMIUM = Path(os.environ.get("SLUICE_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
IS_CI = os.environ.get("CI") == "true"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
both_widths = pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
"""The same story at the desk and in one hand."""
EXPECTED = (
    "Failed to load resource",
    "TypeError: Failed to fetch",  # the network that a test took away
    "Service Worker registration blocked by Playwright",
)
AXE = MODULES / "axe-core" / "axe.min.js"

expect.set_options(timeout=15_000)


def _give_up(why: str) -> None:
    if IS_CI:
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        _give_up(f"{CHROMIUM} is not installed")
    try:
        build()
    except BuildFailed as failure:
        _give_up(str(failure))
    manifest.forget()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@dataclass
class Site:
    """A running server over one company."""

    address: str
    company: Company
    browser: Browser
    pages: list[Page] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(
        self, path: str, login: str = "sales", *, phone: bool = False, scheme: str = "light", worker: bool = False
    ) -> Page:
        """A new browser of one person, at a path."""
        context = self.browser.new_context(
            viewport=PHONE if phone else WIDE,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="zh-CN",
            reduced_motion="reduce",
            service_workers="allow" if worker else "block",
        )
        if login:
            engine = self.company.engine
            token = engine.open_session(actor(engine, login).id, "test")
            context.add_cookies([{"name": "sluice", "value": token, "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(30_000)  # a busy machine is slow, not wrong
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._note(page, message))
        page.on("response", self._note_broken)
        self.pages.append(page)
        page.goto(self.address + path)
        with suppress(WaitedTooLong):  # Chromium may miss the end of a request; a test waits for what it needs itself
            page.wait_for_load_state("networkidle", timeout=8_000)
        return page

    def _note(self, page: Page, message: ConsoleMessage) -> None:
        """Chromium reports every refused request (422, 409 …) as an error of its own: those are answers, not faults."""
        if message.type in ("error", "warning") and not any(said in message.text for said in EXPECTED):
            self.faults.append(f"{page.url}: {message.text}")

    def _note_broken(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.request.method} {response.url}: {response.status}")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    founded = found_company(tmp_path)
    yield founded
    founded.engine.close()


@pytest.fixture(scope="module")
def shared_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """For tests that only look."""
    founded = found_company(tmp_path_factory.mktemp("company"))
    yield founded
    founded.engine.close()


@pytest.fixture
def site(company: Company, browser: Browser) -> Iterator[Site]:
    yield from serve(company, browser)


@pytest.fixture(scope="module")
def shared_site(shared_company: Company, browser: Browser) -> Iterator[Site]:
    yield from serve(shared_company, browser)


def serve(company: Company, browser: Browser) -> Iterator[Site]:
    logging.getLogger("waitress").setLevel(logging.ERROR)
    server = create_server(create_site(company.engine), host="127.0.0.1", port=0, threads=6)
    is_over = threading.Event()

    def run() -> None:
        try:
            server.run()
        except OSError:  # its sockets are closed while it waits for them
            if not is_over.is_set():
                raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    site = Site(f"http://127.0.0.1:{server.effective_port}", company, browser)
    try:
        yield site
        assert site.faults == []
    finally:
        for page in site.pages:
            page.context.close()
        is_over.set()
        server.close()
        thread.join(5)


@pytest.fixture(scope="session")
def axe_faults(browser: Browser) -> Callable[[Page], list[str]]:
    """Runs axe-core over a page: one line for each violation."""
    source = AXE.read_text(encoding="utf-8")

    def run(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        return [
            f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
            for one in found
            for node in one["nodes"][:4]
        ]

    return run
