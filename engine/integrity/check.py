"""The data check: does everything that was written agree with everything else that was written?

It reads one snapshot and writes nothing, so it runs while people work. It is the judge of the fault tests: what a crash
leaves behind must pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from engine.installed import Installed
from engine.integrity.beside import check_imports, check_jobs, check_mentions, check_views, check_ways_in
from engine.integrity.contents import check_files, check_keys, check_notes
from engine.integrity.derivations import check_computed, check_search, check_weeks
from engine.integrity.histories import check_histories
from engine.integrity.inconsistency import Inconsistency
from engine.integrity.look import Look, look_at
from engine.integrity.numbering import check_numbers
from engine.integrity.rows import check_rows
from engine.integrity.structure import check_people, check_structure
from engine.runtime import Engine

Check = Callable[[Look], Iterator[Inconsistency]]

CHECKS: Final[tuple[Check, ...]] = (
    check_structure,
    check_people,
    check_rows,
    check_histories,
    check_computed,
    check_weeks,
    check_numbers,
    check_search,
    check_files,
    check_notes,
    check_keys,
    check_mentions,
    check_imports,
    check_views,
    check_ways_in,
    check_jobs,
)
"""In this order: later ones leave out rows that `check_rows` found unreadable."""

MOST = 1_000
"""Inconsistencies named by one check; a damaged table need not be told row by row."""


def check_data(engine: Engine) -> list[Inconsistency]:
    """All that does not agree in the engine's data; empty if nothing is lost, doubled or out of step."""
    return list(inconsistencies(engine.installed))


def inconsistencies(installed: Installed) -> Iterator[Inconsistency]:
    """The same, one by one as they are found."""
    with installed.database.snapshot() as conn:
        yield from found_by(look_at(installed, conn))


def found_by(look: Look) -> Iterator[Inconsistency]:
    for check in CHECKS:
        found = list(islice(check(look), MOST))
        yield from found
        if any(each.sort in ("database", "table", "column") for each in found):
            return  # what is left cannot be read
