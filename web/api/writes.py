"""The API's writes: each is one command (or, in bulk, a list of them), judged by engine.execute."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

from dsl.app import Entity
from engine.commands import Command, Create, Delete, Move, Update
from engine.errors import BadInput, EngineError, VersionConflict
from engine.verdict import Finding, Outcome
from web.api.blueprint import api
from web.api.body import Wish, json_object, refuse_others, take_wish, unreadable, whole_number
from web.api.sentences import say
from web.api.values import entity_named, field_json, readable, record_json, values_json, wanted
from web.responses import finding_json, json_answer, problem_body, problem_response, status_of
from web.session import current_context, current_engine, current_language

BULK_LIMIT = 200
MOVE_MEMBERS = frozenset({"to", "fill", "waive", "answer"})


# --- one record ------------------------------------------------------------------------------------------------------


@api.post("/<entity:entity>")
def create(entity: str) -> Response:
    shape = entity_named(entity)
    body = json_object()
    wish = take_wish(body, shape.fields)
    asked = wanted(shape, body)
    return _answer(shape, Create(shape.key, asked.values, asked.children), wish, created=True)


@api.patch("/<entity:entity>/<int:record_id>")
def update(entity: str, record_id: int) -> Response:
    shape = entity_named(entity)
    body = json_object()
    wish = take_wish(body, shape.fields)
    asked = wanted(shape, body)
    return _answer(shape, Update(shape.key, record_id, _version(wish), asked.values, asked.children), wish)


@api.delete("/<entity:entity>/<int:record_id>")
def delete(entity: str, record_id: int) -> Response:
    shape = entity_named(entity)
    body = json_object(may_be_empty=True)
    wish = take_wish(body, {})
    refuse_others(body, frozenset())
    return _answer(shape, Delete(shape.key, record_id, _version(wish)), wish)


@api.post("/<entity:entity>/<int:record_id>/move")
def move(entity: str, record_id: int) -> Response:
    shape = entity_named(entity)
    body = json_object()
    wish = take_wish(body, {})
    return _answer(shape, _move(shape, record_id, wish.version, body), wish)


def _version(wish: Wish) -> int:
    if wish.version is None:
        raise unreadable("request.version", say("version_wanted", current_language()), 428)
    return wish.version


def _move(shape: Entity, record_id: int, version: int | None, body: Mapping[str, object]) -> Move:
    refuse_others(body, MOVE_MEMBERS)
    to, answer = body.get("to"), body.get("answer", "")
    if not isinstance(to, str) or not to:
        raise unreadable("request.body.to", say("stage_wanted", current_language()), 422)
    if not isinstance(answer, str):
        raise unreadable("request.body.answer", say("text_wanted", current_language(), key="answer"), 422)
    fill, waive = _object(body, "fill"), _object(body, "waive")
    reasons = {rule: reason for rule, reason in waive.items() if isinstance(reason, str)}
    if len(reasons) < len(waive):
        raise unreadable("request.body.waive", say("text_wanted", current_language(), key="waive"), 422)
    return Move(shape.key, record_id, to, version, wanted(shape, fill).values, reasons, answer)


def _object(body: Mapping[str, object], key: str) -> dict[str, object]:
    value = body.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise unreadable(f"request.body.{key}", say("object_wanted", current_language(), key=key), 422)
    return value


# --- many ------------------------------------------------------------------------------------------------------------


@api.post("/<entity:entity>/bulk")
def bulk(entity: str) -> Response:
    """{commands: [{op: create | update | delete | move, …}], dry}: each judged and answered on its own, in order."""
    shape = entity_named(entity)
    body = json_object()
    wish = take_wish(body, {})
    refuse_others(body, frozenset({"commands"}))
    asked = body.get("commands")
    if not isinstance(asked, list) or not 1 <= len(asked) <= BULK_LIMIT:
        raise unreadable("request.body.commands", say("commands_wanted", current_language(), most=BULK_LIMIT), 422)
    read = [_read_command(shape, part) for part in asked]
    commands = [command for command in read if not isinstance(command, BadInput)]
    done = iter(current_engine().execute_many(commands, current_context(), wish.key, dry=wish.dry))
    outcomes = [part if isinstance(part, BadInput) else next(done) for part in read]
    results = [_result(shape, command, outcome) for command, outcome in zip(read, outcomes, strict=True)]
    return json_answer({"results": [{"status": status} | body for status, body in results]})


def _read_command(shape: Entity, part: object) -> Command | BadInput:
    """A command whose values cannot be read is refused alone; one that is no command at all refuses the request."""
    try:
        return _command(shape, part)
    except BadInput as error:
        return error


def _command(shape: Entity, part: object) -> Command:
    if not isinstance(part, dict):
        raise unreadable("request.body.commands", say("object_wanted", current_language(), key="commands"), 422)
    body = dict(part)
    op = body.pop("op", None)
    if op == "create":
        refuse_others(body, frozenset({"values"}))
        asked = wanted(shape, _values(body))
        return Create(shape.key, asked.values, asked.children)
    record_id = whole_number(body.pop("id", None), "request.body.id")
    version = body.pop("version", None)
    if op == "move":
        return _move(shape, record_id, _seen_version(version), body)
    if op == "update":
        refuse_others(body, frozenset({"values"}))
        asked = wanted(shape, _values(body))
        return Update(shape.key, record_id, whole_number(version, "request.body.version"), asked.values, asked.children)
    if op == "delete":
        refuse_others(body, frozenset())
        return Delete(shape.key, record_id, whole_number(version, "request.body.version"))
    raise unreadable("request.body.op", say("command_wanted", current_language()), 422)


def _values(command: Mapping[str, object]) -> dict[str, object]:
    if not isinstance(command.get("values"), dict):
        raise unreadable("request.body.values", say("object_wanted", current_language(), key="values"), 422)
    return _object(command, "values")


def _seen_version(version: object) -> int | None:
    return None if version is None else whole_number(version, "request.body.version")


# --- answers ---------------------------------------------------------------------------------------------------------


def _answer(shape: Entity, command: Command, wish: Wish, *, created: bool = False) -> Response:
    try:
        outcome = current_engine().execute(command, current_context(), dry=wish.dry, key=wish.key)
    except VersionConflict as conflict:
        return problem_response(*_conflict(shape, command, conflict))
    status, body = _outcome(shape, outcome, created=created)
    if not outcome.verdict.allowed:
        return problem_response(status, body)
    headers: dict[str, str] = {}
    if outcome.version is not None:
        headers["ETag"] = f'"{outcome.version}"'
    if created and not wish.dry:
        headers["Location"] = f"/api/v1/{shape.key}/{outcome.id}"
    if outcome.was_repeated:
        headers["Idempotency-Replayed"] = "true"
    return json_answer(body, status, headers)


def _result(
    shape: Entity, command: Command | BadInput, outcome: Outcome | EngineError
) -> tuple[int, dict[str, object]]:
    if isinstance(outcome, VersionConflict):
        return _conflict(shape, command, outcome)
    if isinstance(outcome, EngineError):
        status = status_of(outcome)
        findings = outcome.findings if isinstance(outcome, BadInput) else ()
        return status, problem_body(status, findings=findings)
    return _outcome(shape, outcome, created=isinstance(command, Create))


def _outcome(shape: Entity, outcome: Outcome, *, created: bool) -> tuple[int, dict[str, object]]:
    verdict = outcome.verdict
    if not verdict.allowed:
        return 422, problem_body(422, findings=verdict.findings)
    body = values_json(shape, outcome.id, outcome.version, outcome.values)
    body["_dry"] = outcome.is_dry
    body["_findings"] = [finding_json(finding) for finding in verdict.findings]
    return (201 if created and not outcome.is_dry else 200), body


def _conflict(shape: Entity, command: Command | BadInput, conflict: VersionConflict) -> tuple[int, dict[str, object]]:
    """Both sides: `mine` is what this write wanted to set, `theirs` the record as it stands."""
    context = current_context()
    rights = current_engine().rights(context, shape.key)
    mine = {
        key: field_json(shape.fields[key], value, "", {})
        for key, value in readable(shape, conflict.mine, rights).items()
    }
    record_id = getattr(command, "id", None)
    record = current_engine().find(context, shape.key, record_id) if isinstance(record_id, int) else None
    said = say("version_moved", current_language())
    findings = (Finding(f"{shape.key}.version", "unmet", said),)
    theirs = record_json(record) if record else {}
    extra = {"mine": mine, "theirs": theirs, "version": conflict.version}
    return 409, problem_body(409, said, findings) | extra
