"""A file compared with the records: upload, which column is what, and what differs. Nothing is written."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from engine.intake.comparison import PARTS, Part
from web.pages.frame import page
from web.responses import XLSX
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("comparisons", __name__)
PAGE = 50


def _labels() -> dict[Part, tuple[str, str]]:
    """(name, what it means)."""
    return {
        "differs": (say("不一致"), say("找到了同一条记录，有字段不一样。")),
        "missing": (say("只在文件里"), say("系统里没有您能看到的这条记录。")),
        "only_here": (say("只在系统里"), say("文件里没有这条记录。")),
        "asked": (say("拿不准"), say("可能和别的行或已有记录是同一个，没有比较。")),
        "refused": (say("读不了"), say("有格子读不了，没有比较。")),
        "same": (say("一致"), say("每个字段都一样。")),
        "merged": (say("文件里重复"), say("和文件里另一行是同一个，系统里没有。")),
    }


@blueprint.get("/imports/<int:run_id>/compared")
def show(run_id: int) -> WsgiResponse:
    """One part of what was found, a page at a time; without a choice the first that holds anything."""
    context, engine = current_context(), current_engine()
    with engine.imports.comparison(context, run_id) as found:
        counts = found.counts()
        fallback: Part = next((part for part in PARTS if counts[part]), "same")
        part: Part = next((each for each in PARTS if each == request.args.get("part")), fallback)
        after = id_in(request.args.get("after", "0")) or 0
        rows = found.rows(part, after, PAGE + 1)
        alone = found.only_here(after, PAGE + 1) if part == "only_here" else []
        run = found.run
    shown = [row.number for row in rows[:PAGE]] or [record.id for record in alone[:PAGE]]
    has_more = len(rows) > PAGE or len(alone) > PAGE
    wanted = engine.app.imports[run.key]
    return page(
        "import_compared.html",
        run=run,
        label=wanted.label.say(current_language()),
        parts=[(each, _labels()[each][0], counts[each]) for each in PARTS if counts[each] or each in PARTS[:3]],
        part=part,
        meaning=_labels()[part][1],
        rows=rows[:PAGE],
        alone=alone[:PAGE],
        more=url_for("comparisons.show", run_id=run_id, part=part, after=shown[-1]) if has_more else "",
    )


@blueprint.get("/imports/<int:run_id>/comparison.xlsx")
def download(run_id: int) -> Response:
    """All of it, a sheet for each part."""
    with current_engine().imports.comparison(current_context(), run_id) as found:
        content = found.as_file()
    response = Response(content, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="comparison-{run_id}.xlsx"'
    return response
