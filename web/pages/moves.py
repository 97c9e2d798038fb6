"""One step along the stages, from the record or the board: judged, and refused with a dialog to complete."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flask import Blueprint, Response, request, url_for
from werkzeug.datastructures import MultiDict

from dsl.app import Entity
from dsl.app import Move as MoveRule
from engine.answers import Record
from engine.commands import Move, Update
from engine.errors import BadInput, VersionConflict
from engine.verdict import Finding, Outcome
from web.contexts import Check
from web.controls import Raw
from web.pages.address import address
from web.pages.boards import lanes_after
from web.pages.checks import FILL, WAIVE, Typed, checks_of, next_check, told_once
from web.pages.entry import TITLE_SUFFIX
from web.pages.frame import page
from web.pages.inputs import complaint_of, is_input, typed, value_of
from web.pages.records import find_or_404
from web.pages.undoing import undo_offer
from web.responses import refusal
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

blueprint = Blueprint("moves", __name__)


@blueprint.post("/e/<entity>/<int:record_id>/move")
def move(entity: str, record_id: int) -> Response:
    """`to`, `version`, `fill.FIELD`, `waive.RULE`, `answer`; `again` judges once more without writing."""
    kind, record = find_or_404(entity, record_id)
    form = request.form
    to = form.get("to", "")
    values, given = _filled(kind, record, form)
    rule = _rule(kind, record, to)
    if given.errors:
        return _dialog(kind, record, to, rule, (), given, 422)
    answer = form.get("answer", "").strip()
    if rule is not None and rule.ask is not None and not answer:
        outcome = _judge(kind, record, to, values, given)
        return _dialog(kind, record, to, rule, outcome.verdict.findings, given, 422)
    is_dry = "again" in form
    version = id_in(form.get("version", ""))
    if version is None:
        return refusal(400, say("不知道您看到的是哪个版本，请刷新页面后再保存"))
    command = Move(entity, record_id, to, version, values, _waived(given), answer)
    try:
        outcome = current_engine().execute(command, current_context(), dry=is_dry, explain=True)
    except BadInput as refused:
        return _dialog(kind, record, to, rule, refused.findings, given, 422)
    except VersionConflict:
        return _dialog(kind, record, to, rule, (), given, 409)
    if is_dry or not outcome.verdict.allowed:
        return _dialog(kind, record, to, rule, outcome.verdict.findings, given, 422)
    return _moved(kind, record, to, form, outcome.event_ids)


@blueprint.post("/e/<entity>/<int:record_id>/fill")
def fill(entity: str, record_id: int) -> Response:
    """One item of the checklist beside the record: the field is saved, the list is judged again."""
    kind, record = find_or_404(entity, record_id)
    values, given = _filled(kind, record, request.form)
    faults: list[str] = list(given.errors.values())
    if values and not faults:
        try:
            outcome = current_engine().execute(Update(entity, record_id, record.version, values), current_context())
            faults = [finding.said for finding in outcome.verdict.missing]
        except BadInput as refused:
            faults = [finding.said for finding in refused.findings]
    kind, record = find_or_404(entity, record_id)
    rights = current_engine().may(current_context(), entity, record)
    ahead = current_engine().next_step(current_context(), entity, record_id)
    response = page(
        "parts/checklist.html", 422 if faults else 200, entity=kind, record=record, rights=rights,
        check=next_check(kind, record, rights, ahead), faults=faults,
    )  # fmt: skip
    if not faults:
        response.headers["HX-Trigger"] = json.dumps({"sluice:toast": {"text": say("已保存")}})
    return response


def _rule(entity: Entity, record: Record, to: str) -> MoveRule | None:
    return entity.pipeline_of(str(record.values.get("pipeline") or "")).move(record.stage, to)


def _judge(entity: Entity, record: Record, to: str, values: dict[str, object], given: Typed) -> Outcome:
    command = Move(entity.key, record.id, to, None, values, _waived(given), "—")
    return current_engine().execute(command, current_context(), dry=True, explain=True)


def _waived(given: Typed) -> dict[str, str]:
    return {rule: reason for rule, reason in given.reasons.items() if reason}


def _filled(entity: Entity, record: Record, form: MultiDict[str, str]) -> tuple[dict[str, object], Typed]:
    """The values given in the dialog, and all that was typed."""
    engine, context = current_engine(), current_context()
    values: dict[str, object] = {}
    raws: dict[str, Raw] = {}
    errors: dict[str, str] = {}
    titles: dict[str, str] = {}
    files = dict(record.files)
    for key in dict.fromkeys(form.getlist("__fields")):
        field = entity.fields.get(key)
        if field is None or not is_input(entity, field):
            continue
        raw = raws[key] = typed(form, field, FILL + key)
        titles[key] = form.get(FILL + key + TITLE_SUFFIX, "")
        value = value_of(field, raw)
        complaint = complaint_of(value)
        if complaint:
            errors[key] = complaint
        elif raw and value != record.values.get(key):
            values[key] = value
        if field.kind in ("file", "image", "files"):
            for one in raw if isinstance(raw, tuple) else (str(raw),):
                file_id = id_in(one)
                opened = engine.open_file(context, file_id) if file_id else None
                if opened is not None:
                    files[opened[0].id] = opened[0]
    reasons = {name[len(WAIVE) :]: text.strip() for name, text in form.items() if name.startswith(WAIVE)}
    return values, Typed(raws, errors, reasons, titles, files)


def _dialog(
    entity: Entity,
    record: Record,
    to: str,
    rule: MoveRule | None,
    findings: tuple[Finding, ...],
    given: Typed,
    status: int,
) -> Response:
    """The gate dialog: every missing item with its field, upload or record in place."""
    language = current_language()
    stage = entity.stage(to)
    checks = told_once(checks_of(entity, record, findings, given))
    return page(
        "gate.html",
        status,
        entity=entity,
        record=record,
        to=to,
        to_label=stage.label.say(language) if stage else to,
        checks=checks,
        missing=sum(finding.blocks for finding in findings),
        met=sum(not finding.blocks for finding in findings),
        ask=rule.ask.say(language) if rule and rule.ask else "",
        answer=request.form.get("answer", ""),
        is_stale=status == 409,
        fields=_asked_fields(checks),
        kept=[(k, request.form[k]) for k in ("board", "query") if request.form.get(k)],
        action=url_for("moves.move", entity=entity.key, record_id=record.id),
        faults=list(given.errors.values()),
        tried="answer" in request.form,
    )


def _asked_fields(checks: Iterable[Check]) -> list[str]:
    found: list[str] = []
    for check in checks:
        found += [made.key for made in check.inputs]
        found += _asked_fields(check.parts)
    return found


def _moved(entity: Entity, record: Record, to: str, form: MultiDict[str, str], made: tuple[int, ...]) -> Response:
    """The board gets its two columns anew; any other page is loaded again. Either offers to take the step back.

    made: the events of the step.
    """
    stage = entity.stage(to)
    text = say("{title} → {stage}", title=record.title, stage=stage.label.say(current_language()) if stage else to)
    note = undo_offer(text, made)
    events = {"sluice:moved": {"id": record.id}, "sluice:close": {}, "sluice:toast": note}
    if form.get("board"):
        response = lanes_after(entity, form["board"], form.get("query", ""), {record.stage, to})
        response.headers["HX-Trigger"] = json.dumps(events)
        return response
    response = Response("")
    there = address("records.show", entity=entity.key, record_id=record.id, undo=note["undo"] or None, said="moved")
    response.headers["HX-Redirect"] = there
    return response
