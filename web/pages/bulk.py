"""Many records at once: the same command for each, judged one by one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from werkzeug.datastructures import MultiDict

from dsl.app import Entity
from engine.answers import Rights
from engine.commands import Command, Move, Update
from engine.errors import BadInput, EngineError, VersionConflict
from engine.verdict import Outcome
from web.contexts import Fault, Input, Pick
from web.pages.inputs import build_input, complaint_of, is_input, typed, value_of
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

MOST = 200
_EASY = frozenset({"text", "choice", "person", "ref", "date", "yesno", "money", "number", "integer", "percent", "tags"})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: a sentence, and a fault for each record that was refused."""

    said: str
    faults: tuple[Fault, ...] = ()


def fields_of(entity: Entity, rights: Rights) -> tuple[Input, ...]:
    """The fields that may be set on many records."""
    fields = (f for f in entity.fields.values() if is_input(entity, f) and f.kind in _EASY and not f.unique)
    allowed = (f for f in fields if rights.edit == "all" or f.key in rights.edit_fields)
    return tuple(build_input(entity, f, () if f.kind == "tags" else "", prefix="bulk") for f in allowed)


def stages_of(entity: Entity) -> tuple[Pick, ...]:
    language = current_language()
    stages = {s.key: s for p in entity.pipelines for s in p.stages}
    return tuple(Pick(key, stage.label.say(language)) for key, stage in stages.items())


def change(entity: Entity, form: MultiDict[str, str]) -> Result:
    """`id` = record ids, `what` = "stage" or a field, the field's own name = the value."""
    ids = [one for one in map(id_in, form.getlist("id")) if one is not None][:MOST]
    if not ids:
        return Result("", (Fault(say("请先勾选记录")),))
    commands = _commands(entity, form, ids)
    if isinstance(commands, str):
        return Result("", (Fault(commands),))
    outcomes = current_engine().execute_many(commands, current_context())
    titles = current_engine().titles(current_context(), [(entity.key, one) for one in ids])
    faults = [
        Fault(
            f"{titles.get((entity.key, one), f'#{one}')}:{reason}",
            url_for("records.show", entity=entity.key, record_id=one),
        )
        for one, reason in zip(ids, map(_reason, outcomes), strict=True)
        if reason
    ]
    return Result(say("已修改 {n} 条", n=len(ids) - len(faults)), tuple(faults))


def _commands(entity: Entity, form: MultiDict[str, str], ids: list[int]) -> list[Command] | str:
    what = form.get("what", "")
    if what == "stage":
        to = form.get("to", "")
        if entity.stage(to) is None:
            return say("请选择要改成的阶段")
        return [Move(entity.key, one, to) for one in ids]
    field = entity.fields.get(what)
    if field is None or not is_input(entity, field):
        return say("请选择要修改的字段")
    value = value_of(field, typed(form, field, what))
    complaint = complaint_of(value)
    if complaint:
        return complaint
    return [Update(entity.key, one, None, {what: value}) for one in ids]


def _reason(outcome: Outcome | EngineError) -> str:
    """Why it was refused; "" if it was not."""
    if isinstance(outcome, BadInput):
        return "; ".join(finding.said for finding in outcome.findings)
    if isinstance(outcome, VersionConflict):
        return say("有人刚刚改过这条记录")
    if isinstance(outcome, EngineError):
        return str(outcome)
    if outcome.verdict.allowed:
        return ""
    return "; ".join(finding.said for finding in outcome.verdict.missing)
