"""Charts: where records stand, how long they take, how they are spread; each figure leads to the records behind it."""

from __future__ import annotations

from flask import Blueprint, Response, request

from engine.errors import NotThere
from web.pages.chart_view import PERIODS, ChartReader
from web.pages.drill import kept_filters
from web.pages.filters import chips
from web.pages.frame import entity_or_404, page
from web.pages.made_views import has_charts
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("charts", __name__)


@blueprint.get("/e/<entity>/charts")
def show(entity: str) -> Response:
    kind = entity_or_404(entity)
    if not has_charts(kind):
        raise NotThere(say("没有这个页面"))
    engine, context = current_engine(), current_context()
    with engine.figures(context) as figures:
        reader = ChartReader(kind, request.args, figures)
        made, tiles = reader.charts(), reader.tiles()
    keys = [key for key in dict.fromkeys(k for view in kind.lists[:1] for k in view.filters) if key != "stage"]
    return page(
        "charts.html",
        entity=kind,
        label=kind.label.say(current_language()),
        charts=made,
        tiles=tiles,
        periods=[(days, days == reader.days) for days in PERIODS],
        splits=reader.splits if reader.stages else (),
        split=reader.split,
        filters=chips(engine.app, kind, keys, request.args, context),
        is_filtered=bool(kept_filters(request.args)),
    )
