"""Nothing in the repository knows where it was written, where packages come from, or what was left for later."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.code import ROOT, place, tracked_files

TEXT = frozenset({".py", ".md", ".yaml", ".toml", ".lock", ".json", ".js", ".css", ".html", ".txt", ".csv", ""})
HERE = Path(__file__).resolve()

# Written in pieces, so that these lines do not find themselves.
ADDRESSES = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "npm" + r"mirror\.com"])
)
MACHINE_PATHS = re.compile("|".join([r"(?<![\w.])/" + "work/", "/" + "root/", "/" + r"home/\w+/"]))
LEFT_FOR_LATER = re.compile("|".join(["TO" + r"DO\b", "FIX" + r"ME\b", "NotImplemented" + "Error"]))


def _lines() -> list[tuple[Path, int, str]]:
    found = []
    for path in tracked_files():
        if path.suffix in TEXT and path != HERE:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [(path, number, line) for number, line in enumerate(text.splitlines(), 1)]
    return found


def _holding(pattern: re.Pattern[str], endings: frozenset[str] = TEXT) -> list[str]:
    return [place(path, number) for path, number, line in _lines() if path.suffix in endings and pattern.search(line)]


def test_no_file_names_a_package_registry() -> None:
    assert not _holding(ADDRESSES)


def test_the_lock_files_hold_hashes_and_no_addresses() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[a-z0-9].*==.*$", text, re.MULTILINE)
        assert pins
        assert all(pin.endswith("\\") for pin in pins), f"a package without hashes in {lock.name}"


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert not _holding(MACHINE_PATHS)


def test_nothing_is_left_for_later() -> None:
    assert not _holding(LEFT_FOR_LATER, frozenset({".py", ".js", ".html"}))
