"""Every refusal has one status, and none of them is a bug."""

from __future__ import annotations

from engine.errors import EngineError, StoreBusy
from web.responses import STATUS, status_of, title_of


def leaves(error: type[EngineError]) -> set[type[EngineError]]:
    below = error.__subclasses__()
    return set().union(*map(leaves, below)) if below else {error}


def test_every_engine_error_has_a_status() -> None:
    missing = {leaf.__name__ for leaf in leaves(EngineError) if not any(kind in STATUS for kind in leaf.__mro__)}
    assert not missing


def test_no_engine_error_is_a_bug() -> None:
    assert all(400 <= status <= 507 and status != 500 for status in STATUS.values())


def test_an_error_made_elsewhere_takes_the_status_of_its_family() -> None:
    class StillBusy(StoreBusy):
        pass

    assert status_of(StillBusy("later")) == 503


def test_every_status_has_a_title_in_both_languages() -> None:
    for status in {*STATUS.values(), 400, 401, 405, 413, 415, 428, 429, 500}:
        assert title_of(status, "zh") != title_of(status, "en")
