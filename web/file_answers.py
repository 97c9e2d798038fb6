"""Sending stored files: as attachments under their own name; pictures may be shown in place. Never as our own pages."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file

from engine.answers import FileNote

SHOWN_IN_PLACE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


def file_answer(note: FileNote, path: Path, *, in_place: bool = False) -> Response:
    """The bytes of a file. in_place: show a picture in the page instead of offering a download."""
    shown = in_place and note.mime in SHOWN_IN_PLACE
    response = send_file(
        path, mimetype=note.mime, as_attachment=not shown, download_name=note.name, etag=note.sha256, max_age=0
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
