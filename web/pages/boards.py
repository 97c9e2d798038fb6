"""The board: a column for each stage (or option), cards to drag, counts and sums, swim lanes."""

from __future__ import annotations

import json
from collections.abc import Collection
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from dsl.app import BoardView, Entity
from engine.commands import Update
from engine.errors import BadInput, NotThere, VersionConflict
from web.contexts import Filter
from web.pages.board_view import BoardReader
from web.pages.filters import PREFIX, chips
from web.pages.frame import entity_or_404, page, readable_boards, rights_of
from web.pages.records import find_or_404
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("boards", __name__)
FOLDS_COOKIE = "folds."


@blueprint.get("/e/<entity>/board")
@blueprint.get("/e/<entity>/board/<view>")
def show(entity: str, view: str = "") -> Response:
    kind = entity_or_404(entity)
    board = board_of(kind, view)
    reader = BoardReader(kind, board, request.args, folds_of(board))
    pipelines = kind.pipelines if board.by == "stage" and len(kind.pipelines) > 1 else ()
    return page(
        "board.html",
        entity=kind,
        label=kind.label.say(current_language()),
        view=board,
        title=title_of(board),
        board=reader.board_shown(),
        splits=reader.splits,
        split=reader.split,
        pipelines=[(one.key, one.label.say(current_language()), one is reader.pipeline) for one in pipelines],
        filters=_chips(kind, board, request.args),
        is_filtered=any(name.startswith(PREFIX) for name in request.args),
        rights=rights_of(entity),
        view_key=board.key,
    )


@blueprint.get("/e/<entity>/board/<view>/column/<key>")
def lane(entity: str, view: str, key: str) -> Response:
    """One column, opened."""
    kind = entity_or_404(entity)
    reader = BoardReader(kind, board_of(kind, view), request.args)
    lanes = reader.lanes({key}, is_opened=True)
    if not lanes:
        raise NotThere(say("没有这一列"))
    return page("parts/lane.html", lane=lanes[0], entity=kind, view_key=view)


@blueprint.get("/e/<entity>/board/<view>/column/<key>/more")
def more(entity: str, view: str, key: str) -> Response:
    """The next cards of a column."""
    kind = entity_or_404(entity)
    reader = BoardReader(kind, board_of(kind, view), request.args)
    return page("parts/kards.html", lane=reader.more(key, request.args.get("cursor", "")), entity=kind, view_key=view)


@blueprint.post("/e/<entity>/<int:record_id>/put")
def put(entity: str, record_id: int) -> Response:
    """A card of a board of options is put in another column: the option is saved like in the form."""
    kind, record = find_or_404(entity, record_id)
    board = board_of(kind, request.form.get("board", ""))
    before, to = str(record.values.get(board.by) or ""), request.form.get("to", "")
    command = Update(entity, record_id, id_in(request.form.get("version", "")), {board.by: to})
    try:
        outcome = current_engine().execute(command, current_context())
        said = " ".join(finding.said for finding in outcome.verdict.missing)
    except BadInput as refused:
        said = " ".join(finding.said for finding in refused.findings)
    except VersionConflict:
        said = say("有人刚刚改过这条记录")
    response = lanes_after(kind, board.key, request.form.get("query", ""), {before, to})
    toast = {"text": said or say("已保存"), "bad": bool(said)}
    response.headers["HX-Trigger"] = json.dumps({"sluice:moved": {"id": record_id}, "sluice:toast": toast})
    return response


def board_of(entity: Entity, key: str) -> BoardView:
    """The board asked for, or the first one. Raises NotThere for an entity without boards."""
    boards = {board.key: board for board in readable_boards(entity)}
    if not boards or (key and key not in boards):
        raise NotThere(say("没有这个看板"))
    return boards[key] if key else next(iter(boards.values()))


def title_of(board: BoardView) -> str:
    return board.label.say(current_language()) or say("看板")


def folds_of(board: BoardView) -> dict[str, bool]:
    """Which columns this person folded (`key`) or opened (`-key`), as the browser remembers it."""
    kept = request.cookies.get(FOLDS_COOKIE + board.key, "")
    return {part.removeprefix("-"): not part.startswith("-") for part in kept.split(".") if part}


def lanes_after(entity: Entity, view: str, query: str, keys: Collection[str]) -> Response:
    """What a move has changed: its columns, or a split board as a whole. query: the address of the board."""
    args: MultiDict[str, str] = MultiDict(parse_qsl(query))
    board = board_of(entity, view)
    reader = BoardReader(entity, board, args, folds_of(board))
    shown = reader.board_shown() if reader.split else None
    lanes = () if shown else reader.lanes(keys)
    return page("board_lanes.html", lanes=lanes, board=shown, entity=entity, view_key=board.key, title=title_of(board))


def _chips(entity: Entity, board: BoardView, args: MultiDict[str, str]) -> list[Filter]:
    keys = [key for key in dict.fromkeys(k for view in entity.lists[:1] for k in view.filters) if key != board.by]
    return chips(current_engine().app, entity, keys, args, current_context())
