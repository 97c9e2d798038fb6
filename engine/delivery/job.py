"""A job: something to do after the transaction that asked for it, at least once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from engine.runtime import Engine

QUEUE, LONG_QUEUE = "jobs", "long"
"""Most jobs take seconds and run side by side; those that take minutes wait for each other."""

NAMES: Final = frozenset({"webhook", "import", "backup"})
"""Of every kind that `engine.delivery.kinds` knows, for whoever need not load them."""

State = Literal["waiting", "running", "done", "dead", "cancelled"]

LONGEST_DELAY = timedelta(hours=6)


class JobFailed(Exception):
    """A try that came to nothing. The message is for the operator, `中文 | English`: no secrets, no personal data.

    is_final: trying again would change nothing.
    """

    def __init__(self, said: str, *, is_final: bool = False) -> None:
        super().__init__(said)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Run:
    """One try of a job.

    key: the same for every try, also after a crash. Whatever leaves the house carries it, so that the receiver can
    tell a repetition. attempt: 1 for the first.
    """

    engine: Engine
    payload: Mapping[str, Any]
    key: str
    attempt: int


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a job of this name does. It may run twice; `run` raises JobFailed to be tried again.

    tries: how often before it becomes a dead letter. first_delay: before the second try; each further one is three
    times as long, up to LONGEST_DELAY.
    """

    name: str
    run: Callable[[Run], None]
    tries: int = 8
    first_delay: timedelta = timedelta(seconds=10)

    def delay_after(self, attempt: int) -> timedelta:
        longer: int = 3 ** min(attempt - 1, 12)
        return min(self.first_delay * longer, LONGEST_DELAY)


@dataclass(frozen=True, slots=True)
class JobNote:
    """A job as the operator sees it. said: why the last try failed. due_at: when a waiting one will be tried."""

    id: str
    name: str
    key: str
    state: State
    attempt: int
    put_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None = None
    said: str = ""
