"""An export on its way to the browser or a program: written to a temporary file first, so that a fault is an answer."""

from __future__ import annotations

import tempfile

from flask import Response, send_file

from engine.clock import day_of
from engine.intake.export_files import MIME, Format
from engine.intake.exports import Wish, export
from web.session import current_context, current_engine


def export_answer(wish: Wish, form: Format) -> Response:
    """The file as an attachment. Raises NotAllowed, BadInput as `engine.intake.exports.export` does."""
    engine = current_engine()
    target = tempfile.TemporaryFile()  # noqa: SIM115 — closed when it has been sent
    try:
        count = export(engine.installed, current_context(), wish, form, target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    day = day_of(engine.clock.now(), engine.app.timezone)
    name = f"{wish.name} {day}.{form}"
    response = send_file(target, mimetype=MIME[form], as_attachment=True, download_name=name, max_age=0)
    response.call_on_close(target.close)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Row-Count"] = str(count)
    return response
