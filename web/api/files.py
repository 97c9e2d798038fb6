"""Uploads and downloads. A file belongs to nobody until a field of a record holds it."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, request

from engine.errors import NotThere
from web.api.blueprint import api
from web.api.body import idempotency_key, unreadable
from web.api.sentences import say
from web.api.values import file_json
from web.file_answers import file_answer
from web.responses import json_answer
from web.session import current_context, current_engine, current_language
from web.uploads import name_of


@api.post("/files")
def upload() -> Response:
    """multipart/form-data with one part `file`; → {id, name, size, mime, sha256}. Use the id in a file field."""
    key = idempotency_key()
    parts = request.files.getlist("file")
    if len(parts) != 1 or not parts[0].filename:
        raise unreadable("request.body.file", say("file_wanted", current_language()), 422)
    part = parts[0]
    note = current_engine().put_file(
        current_context(), cast("BinaryIO", part.stream), name_of(part), part.mimetype, key
    )
    return json_answer(file_json(note), 201, {"Location": f"/api/v1/files/{note.id}"})


@api.get("/files/<int:file_id>")
def download(file_id: int) -> Response:
    found = current_engine().open_file(current_context(), file_id)
    if found is None:
        raise NotThere(say("not_there", current_language()))
    return file_answer(*found)
