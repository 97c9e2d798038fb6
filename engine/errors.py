"""What can go wrong in the world. The web maps each leaf to one status; a test asserts the map is complete.

EngineError
├── NotThere        no such record, or not yours: the two are never told apart      404
├── Refused         a verdict that does not allow; carries it                        422
├── NotAllowed      the person may not do this at all                                403
├── VersionConflict somebody saved in between; carries both sides                    409
├── KeyReused       an idempotency key came back with another body                   422
├── BadInput        a value that cannot be read; carries findings                    422
├── FileRefused     a file that lies, is too large, or is not allowed                422
├── StoreBusy       the database did not answer in time; try again                   503
├── StoreFull       no room on the disk: reads go on, nothing was saved               507
├── StoreLocked     another process serves this data directory                       (start only)
└── NotReady        the app has errors, or the data belongs to another app           (start only)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.verdict import Finding, Verdict


class EngineError(Exception):
    """Base of all of these; the message is a sentence for people."""


class NotThere(EngineError):
    pass


class NotAllowed(EngineError):
    pass


class Refused(EngineError):
    def __init__(self, verdict: Verdict) -> None:
        super().__init__("refused")
        self.verdict = verdict


class BadInput(EngineError):
    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("bad input")
        self.findings = findings


class VersionConflict(EngineError):
    """mine: the fields this write wanted to set; theirs: the record now (stored-form values, with its version)."""

    def __init__(self, mine: Mapping[str, object], theirs: Mapping[str, object], version: int) -> None:
        super().__init__("version conflict")
        self.mine, self.theirs, self.version = mine, theirs, version


class KeyReused(EngineError):
    pass


class FileRefused(EngineError):
    pass


class StoreBusy(EngineError):
    pass


class StoreFull(EngineError):
    def __init__(self) -> None:
        super().__init__("磁盘已满,未保存 | The disk is full: nothing was saved")


class StoreLocked(EngineError):
    pass


class NotReady(EngineError):
    pass
