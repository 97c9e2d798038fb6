"""What a page costs the server, beside a hand-written template over the same rows, and how large it is.

    python -m benchmarks.pages [--records 20000] [--times 40]

Processor time of this process for one request, Flask's test client included on both sides; medians, in turns. Sizes are
gzipped, and an ordinary page's scripts are those that its html names and what they load by themselves.
"""

from __future__ import annotations

import argparse
import gzip
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from benchmarks.deals import company, deals
from benchmarks.floor.pages import add_pages
from benchmarks.floor.schema import connect
from benchmarks.floor.site import create_site as create_floor
from benchmarks.load import APP, TEAM, WHO, fill_floor, fill_ours
from benchmarks.servers import ROOT
from engine.runtime import Engine
from web.create_site import create_site

MS = 1_000
MOST_RATIO = 1.5
MOST_LIST, MOST_SCRIPTS = 10 * 1024, 30 * 1024
"""Bytes, gzipped."""

_SCRIPT = re.compile(r'<script[^>]+src="/static/([^"?]+)')
_IMPORT = re.compile(r'(?:from|import)\s*"\./([^"]+)"')
STATIC = ROOT / "web" / "static"
WARM = 5
"""Runs before the measured ones."""

SEEN = next(deal.id for deal in deals(1_000) if deal.owner.team == TEAM)
"""A record that the asking manager sees."""

Get = Callable[[str], bytes]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as place:
        home = Path(place)
        token = fill_floor(f"sqlite:///{home / 'floor.sqlite'}", asked.records)
        floor = create_floor(connect(f"sqlite:///{home / 'floor.sqlite'}"))
        add_pages(floor)
        fill_ours("sqlite", home, asked.records)
        engine = Engine.start(APP, "sqlite", home)
        try:
            report(
                signed_in(engine),
                partial(page_of, floor.test_client(), {"Authorization": f"Bearer {token}"}),
                asked.times,
            )
        finally:
            engine.close()


def signed_in(engine: Engine) -> Get:
    """Our site as the asking manager's browser."""
    site = create_site(engine)
    person = next(each for each in company() if each.login == WHO)
    client = site.test_client()
    client.set_cookie("sluice", engine.open_session(person.id, "benchmark"))
    return partial(page_of, client, {"Accept-Language": "zh"})


def page_of(client: FlaskClient, headers: Mapping[str, str], path: str) -> bytes:
    answer = client.get(path, headers=dict(headers))
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status} {answer.get_data(as_text=True)[:300]}")
    return answer.data


def report(ours: Get, floor: Get, times: int) -> None:
    """A line for each page that both have, then the sizes."""
    print(f"{'':20}{'by hand':>10}{'ours':>10}{'×':>7}{'goal':>6}{'by hand gz':>12}{'ours gz':>10}")
    for name, path, by_hand in (
        ("list of 50", "/e/deal", "/pages/deals"),
        ("list, two filters", "/e/deal?f.grade=A&f.industry=auto", "/pages/deals?grade=A&industry=auto"),
        ("one record", f"/e/deal/{SEEN}", f"/pages/deals/{SEEN}"),
    ):
        mine, theirs = costs(partial(ours, path), partial(floor, by_hand), times)
        sizes = "".join(f"{size:>{room},}" for size, room in ((zipped(floor(by_hand)), 12), (zipped(ours(path)), 10)))
        print(f"{name:20}{theirs * MS:>8.2f}ms{mine * MS:>8.2f}ms{mine / theirs:>7.2f}{MOST_RATIO:>6}{sizes}")
    page = ours("/e/deal")
    print(f"a list of 50, gzipped: {zipped(page):,} B, at most {MOST_LIST:,}")
    print(f"scripts of an ordinary page, gzipped: {scripts_size(page.decode()):,} B, at most {MOST_SCRIPTS:,}")


def costs(ours: Callable[[], bytes], floor: Callable[[], bytes], times: int) -> tuple[float, float]:
    """Seconds of ours and of the floor's, medians of runs in turns, after a few that warm up."""
    mine, theirs = [], []
    for _ in range(times + WARM):
        theirs.append(_cpu(floor))
        mine.append(_cpu(ours))
    return median(mine[WARM:]), median(theirs[WARM:])


def _cpu(action: Callable[[], bytes]) -> float:
    before = time.process_time()
    action()
    return time.process_time() - before


def zipped(body: bytes) -> int:
    return len(gzip.compress(body))


def scripts_size(html: str) -> int:
    """Gzipped bytes of the scripts that the page names and of those that these import at once."""
    waiting, seen = [Path(found) for found in _SCRIPT.findall(html)], set[Path]()
    total = 0
    while waiting:
        script = waiting.pop()
        if script in seen:
            continue
        seen.add(script)
        text = (STATIC / script).read_text(encoding="utf-8")
        total += zipped(text.encode())
        waiting += [script.parent / found for found in _IMPORT.findall(text)]
    return total


if __name__ == "__main__":
    main()
