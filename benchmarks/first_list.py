"""How soon the first list can be used on a phone: `python -m benchmarks.first_list`.

Chromium as a slow phone (4 Mbit/s, 4 times slower processor, 390 px, nothing cached) opens a list of a sample company
and a blank page of the same site. Usable is when the page's own scripts have run (the end of DOMContentLoaded, which
waits for modules); the figure is the list's time, and what it takes more than the blank page.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from waitress.server import create_server

from engine.runtime import Engine
from engine.sample import load_sample
from engine.testing import actor
from web.assets.build import build
from web.create_site import create_site

APP = Path(__file__).resolve().parents[1] / "apps" / "sales_crm.yaml"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
NETWORK = {"offline": False, "latency": 20, "downloadThroughput": 500_000, "uploadThroughput": 500_000}
"""4 Mbit/s in bytes a second."""
SLOWER = 4
RUNS = 5
BLANK, LISTS = "/offline", ("/e/customer", "/e/opportunity", "/", "/e/opportunity/board")
_USABLE = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
_BYTES = "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize || 0), 0)"


def usable_after(browser: Browser, address: str, token: str) -> tuple[float, int]:
    """Milliseconds until the page can be used, and the bytes that came, with an empty cache."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, service_workers="block"
    )
    context.add_cookies([{"name": "sluice", "value": token, "url": address}])
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", NETWORK)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    taken, size = float(page.evaluate(_USABLE)), int(page.evaluate(_BYTES))
    context.close()
    return taken, size


def main() -> int:
    build()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.start(APP, "sqlite", Path(folder))
        load_sample(engine, 20_260)
        server = create_server(create_site(engine), host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        site = f"http://127.0.0.1:{server.effective_port}"
        token = engine.open_session(actor(engine, "sales").id, "benchmark")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                blank = _median(browser, site + BLANK, token)[0]
                sys.stdout.write(f"{BLANK:28}{blank:7.0f} ms\n")
                for address in LISTS:
                    taken, size = _median(browser, site + address, token)
                    more = f"{taken - blank:6.0f} ms more than a blank page"
                    sys.stdout.write(f"{address:28}{taken:7.0f} ms {more}, {size / 1024:.0f} KB\n")
                browser.close()
        finally:
            server.close()
            engine.close()
    return 0


def _median(browser: Browser, address: str, token: str) -> tuple[float, int]:
    found = [usable_after(browser, address, token) for _ in range(RUNS)]
    return statistics.median(taken for taken, _ in found), found[-1][1]


if __name__ == "__main__":
    raise SystemExit(main())
