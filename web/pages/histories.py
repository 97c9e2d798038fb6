"""What a field held before: who changed it, when, from what to what."""

from __future__ import annotations

from flask import Blueprint, Response

from dsl.app import Field
from engine.answers import FieldChange
from web.contexts import PastValue
from web.pages.frame import page
from web.pages.records import find_or_404
from web.pages.showing import label_of
from web.pages.timeline import change_texts, when_text
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("histories", __name__)


@blueprint.get("/e/<entity>/<int:record_id>/history/<field>")
def show(entity: str, record_id: int, field: str) -> Response:
    kind, record = find_or_404(entity, record_id)
    changes = current_engine().field_history(current_context(), entity, record_id, field)
    past = tuple(_past(kind.fields[field], each) for each in changes)
    label = label_of(kind, field, current_language())
    return page("history.html", title=say("{label}：以前的值", label=label), record=record, past=past)


def _past(field: Field, each: FieldChange) -> PastValue:
    before, after = change_texts(field, each.change)
    who = each.actor.name if each.actor else say("系统")
    return PastValue(who, when_text(each.at), each.at.isoformat(), before, after)
