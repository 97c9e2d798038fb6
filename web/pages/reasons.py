"""Why one of many changes was refused, in one line: for a bulk change and for its undo."""

from __future__ import annotations

from engine.errors import BadInput, EngineError, NotThere, VersionConflict
from engine.verdict import Outcome
from web.words import say


def reason_of(outcome: Outcome | EngineError) -> str:
    """Why it was refused; "" if it was not."""
    match outcome:
        case BadInput():
            return "; ".join(finding.said for finding in outcome.findings)
        case VersionConflict():
            return say("有人刚刚改过这条记录")
        case NotThere():
            return say("没有这条记录，或者您无权查看")
        case EngineError():
            return str(outcome)
        case _:
            return "; ".join(finding.said for finding in outcome.verdict.missing)
