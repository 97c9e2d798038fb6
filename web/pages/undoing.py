"""撤销: the toast's and the bulk dialog's way to take back what was just done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WsgiResponse

from engine.undo import MOST_EVENTS
from engine.verdict import Outcome
from web.pages.frame import is_fragment, page
from web.pages.login import safe_next
from web.pages.reasons import reason_of
from web.session import current_context, current_engine
from web.url_parts import id_in

__all__ = ["MOST_EVENTS", "blueprint", "joined_events", "undo_note", "undo_offer"]

blueprint = Blueprint("undoing", __name__)


def undo_note(text: str, event_ids: Iterable[int]) -> Mapping[str, object]:
    """The detail of `sluice:toast`: the sentence, and the events that its 撤销 takes back."""
    return {"text": text, "undo": joined_events("", event_ids)}


def undo_offer(text: str, event_ids: tuple[int, ...]) -> Mapping[str, object]:
    """The same where the way back may be barred (a flow without a step back): offered only if it would be allowed."""
    outcomes = current_engine().undo(current_context(), event_ids, dry=True)
    is_open = all(isinstance(one, Outcome) and one.verdict.allowed for one in outcomes)
    return undo_note(text, event_ids if is_open else ())


def joined_events(so_far: str, event_ids: Iterable[int]) -> str:
    """Ids of events as short text, runs as `120-169`; those of one writer mostly follow each other."""
    parts = [part for part in so_far.split(",") if part]
    for one in event_ids:
        first, _, last = parts[-1].partition("-") if parts else ("", "", "")
        if parts and one == int(last or first) + 1:
            parts[-1] = f"{first}-{one}"
        else:
            parts.append(str(one))
    return ",".join(parts)


def events_in(text: str) -> list[int]:
    """The ids in such a text, as far as undo goes; what is no id is left out."""
    found: list[int] = []
    for part in text.split(",")[:MOST_EVENTS]:
        first, _, last = part.partition("-")
        low, high = id_in(first), id_in(last or first)
        if low is not None and high is not None:
            found += range(low, min(high, low + MOST_EVENTS) + 1)
    return found[:MOST_EVENTS]


@blueprint.post("/undo")
def undo() -> WsgiResponse:
    """`events` as `joined_events` writes them, `back` the page to return to."""
    back = safe_next(request.form.get("back", ""))
    outcomes = current_engine().undo(current_context(), events_in(request.form.get("events", "")))
    reasons = [reason for reason in map(reason_of, outcomes) if reason]
    if reasons:
        done = len(outcomes) - len(reasons)
        return page("undo_refused.html", 422, reasons=list(dict.fromkeys(reasons)), done=done, back=back)
    address = back + ("&" if "?" in back else "?") + "said=undone"
    if is_fragment():
        return Response("", headers={"HX-Redirect": address})
    return redirect(address, 303)
