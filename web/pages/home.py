"""The first page: what needs me today, my pipeline, my numbers, what changed last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, request

from engine.answers import Record
from engine.insight.figures import Figures
from engine.verdict import Finding
from web.pages.comments import calls
from web.pages.frame import menu_entities, page, rights_of
from web.pages.home_view import DUE_SHOWN, Due, Share, due_list, staged_entities
from web.session import current_context, current_engine, current_language, current_settings
from web.words import say

blueprint = Blueprint("home", __name__)
RECENT_SHOWN = 6
PIPELINES_SHOWN = 3
JUDGED = 6
"""How many open records of each kind are judged for "one item short": each is a step imagined."""
WHOSE_COOKIE, TEAM, MINE = "whose", "team", "mine"


@blueprint.get("/")
def show() -> Response:
    """`whose`: mine or the team's; kept by the browser."""
    engine, context = current_engine(), current_context()
    wants_all = _whose() == TEAM
    with engine.figures(context) as figures:
        shares = [Share(entity, figures, wants_all=wants_all) for entity in staged_entities()]
        working = [share for share in shares if share.count]
        main = max(working, key=lambda share: (share.has_chances, bool(share.money), share.is_own), default=None)
        response = page(
            "home.html",
            called=calls(),
            whose=TEAM if wants_all else MINE,
            may_choose=any(share.owns_some for share in shares) and any(share.sees_more for share in shares),
            tiles=tuple(main.tiles()) if main else (),
            overdue=due_list(working, is_late=True),
            follow=due_list(working, is_late=False),
            pipelines=tuple(share.pipeline() for share in working[:PIPELINES_SHOWN]),
            recent=tuple(_recent(figures)),
        )
    chosen = request.args.get("whose", "")
    if chosen in (TEAM, MINE):
        response.set_cookie(
            WHOSE_COOKIE, chosen, max_age=365 * 86_400, samesite="Lax", secure=current_settings().https, httponly=True
        )
    return response


@blueprint.get("/home/short")
def short() -> Response:
    """Records that lack one item for their next step; loaded after the page, since each is judged."""
    with current_engine().figures(current_context()) as figures:
        shares = [Share(entity, figures, wants_all=_whose() == TEAM) for entity in staged_entities()]
        latest = [(share, share.open_records(JUDGED)) for share in shares]
    candidates = [(share, record) for share, records in latest for record in records]
    candidates.sort(key=lambda pair: str(pair[1].values.get("changed_at") or ""), reverse=True)
    notes = {share.entity.key: _one_short(share, records) for share, records in latest}
    found = [
        share.due(record, note) for share, record in candidates if (note := notes[share.entity.key].get(record.id))
    ]
    return page("home_short.html", short=found[:DUE_SHOWN])


def _whose() -> str:
    return request.args.get("whose") or request.cookies.get(WHOSE_COOKIE, MINE)


def _one_short(share: Share, records: Iterable[Record]) -> Mapping[int, str]:
    """By id: what alone keeps a record from its next step; none for whom it is more, or nothing."""
    ids = [record.id for record in records]
    steps = current_engine().steps_ahead(current_context(), share.entity.key, ids) if ids else {}
    notes: dict[int, str] = {}
    for record_id, (move, verdict) in steps.items():
        if said := _only_missing(verdict.missing):
            stage = share.entity.stage(move.target)
            there = stage.label.say(current_language()) if stage else move.target
            notes[record_id] = say("去「{stage}」只差：{said}", stage=there, said=said)
    return notes


def _only_missing(missing: tuple[Finding, ...]) -> str:
    """What alone is missing, in words; a choice of ways names them, several things at once are not one, and what the
    person cannot supply (a right, say) is no task of hers."""
    if len(missing) != 1 or not (missing[0].needs.kind or missing[0].parts):
        return ""
    (one,) = missing
    ways = [part.said for part in one.parts if part.blocks]
    if len(ways) > 1 and one.rule.endswith(".all_of"):
        return ""
    return say(" 或 ").join(ways) if ways else one.said


def _recent(figures: Figures) -> Iterable[Due]:
    found: list[tuple[str, Share, Record]] = []
    for entity in menu_entities()[:4]:
        if "changed_at" in entity.fields and "changed_at" not in rights_of(entity.key).hidden:
            share = Share(entity, figures, wants_all=True)
            latest = share.records(None, ("-changed_at",), 4)
            found += [(str(record.values.get("changed_at")), share, record) for record in latest]
    found.sort(key=lambda item: item[0], reverse=True)
    for _at, share, record in found[:RECENT_SHOWN]:
        yield share.due(record, "")
