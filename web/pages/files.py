"""Uploads and downloads. A file is handed out only if a record in the actor's sight holds it."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Blueprint, Response, jsonify, request

from engine.errors import FileRefused, NotThere
from web.file_answers import file_answer
from web.responses import said_by
from web.session import current_context, current_engine
from web.uploads import name_of
from web.words import say

blueprint = Blueprint("files", __name__)


@blueprint.post("/files")
def upload() -> Response | tuple[Response, int]:
    """One file `file` → {id, name, size, mime}; a refusal says why in `detail`."""
    sent = request.files.get("file")
    if sent is None:
        return jsonify(detail=say("没有收到文件")), 422
    try:
        stream = cast("BinaryIO", sent.stream)
        note = current_engine().put_file(current_context(), stream, name_of(sent), sent.mimetype)
    except FileRefused as refused:
        return jsonify(detail=said_by(refused)), 422
    return jsonify(id=note.id, name=note.name, size=note.size, mime=note.mime)


@blueprint.get("/files/<int:file_id>")
def show(file_id: int) -> Response:
    opened = current_engine().open_file(current_context(), file_id)
    if opened is None:
        raise NotThere(say("没有这个文件"))
    return file_answer(*opened, in_place=True)
