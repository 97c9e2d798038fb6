"""Execute: the only writer. Every door — form, API, board, import, bulk edit, rule — comes in here.

One command is one transaction: answered before? → locked and re-read → rights → written → recomputed → judged on the
image → stage and visit → number, last → event → search → result kept → commit. Refused or dry, all of it is rolled
back; so a preview is the same run, and a refused command changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from dsl.app import Entity
from dsl.app import Move as MoveRule
from engine.commands import Command, Create, Move, Update
from engine.context import Context
from engine.errors import EngineError
from engine.installed import Installed
from engine.people.moment import env_of
from engine.seat import Seat
from engine.store.connection import Connection
from engine.store.driver import DuplicateValue
from engine.verdict import Outcome, Verdict
from engine.writing import document_numbers, idempotency, memory, uniqueness
from engine.writing.commands import carry_out
from engine.writing.foresight import NeedsWrite
from engine.writing.together import Done, write_together
from engine.writing.work import Work

MOST_TRIES = 3
"""How often a command is judged anew after a unique index refused what had been free a moment before."""


def execute(
    installed: Installed,
    command: Command,
    context: Context,
    *,
    dry: bool = False,
    key: str | None = None,
    explains: bool = False,
) -> Outcome:
    """Judge the command and, unless it is refused or dry, write it. See `Engine.execute` for what it raises."""

    def attempt(conn: Connection) -> Outcome:
        work = Work(installed, conn, context, env_of(conn, context, installed.app), explains, _waivers(command))
        digest = idempotency.digest_of(command) if key else ""
        if key and (earlier := idempotency.find_result(work, key, digest)) is not None:
            return earlier
        record_id = carry_out(work, command)
        if dry or not work.verdict.allowed:
            conn.rollback_only()
            if not dry:
                installed.refusals.add(finding.rule for finding in work.verdict.findings if finding.blocks)
            return outcome_of(work, command, record_id, is_dry=dry)
        document_numbers.number_all(work)
        event_ids = memory.remember(work)
        outcome = outcome_of(work, command, record_id, event_ids=event_ids)
        if key:
            idempotency.keep_result(work, key, digest, outcome)
        return outcome

    def refused(conn: Connection, duplicate: DuplicateValue) -> Outcome:
        work = Work(installed, conn, context, env_of(conn, context, installed.app))
        finding = uniqueness.refusal_of(work, duplicate)
        if finding is None:
            raise duplicate
        return Outcome(Verdict(False, (finding,)), command.entity, None, None, {}, is_dry=dry)

    for _ in range(MOST_TRIES):
        try:
            return installed.database.run(attempt, is_keyed=key is not None)
        except DuplicateValue as error:
            # Another writer was faster than the judgement. Judged anew, the command meets what he wrote.
            duplicate = error
    with installed.database.read() as conn:
        return refused(conn, duplicate)


class Foreseen(NamedTuple):
    """A move that a record could take, and what a dry run of it would find; None where only one can tell."""

    move: MoveRule
    command: Move
    verdict: Verdict | None


def foresee(seat: Seat, entity: Entity, record: Mapping[str, Any], move: MoveRule) -> Foreseen:
    """The move judged without a write, so that no writer is kept waiting.

    record: all of it, as the seat's transaction reads it. Raises as `execute` does.
    """
    work = Work(seat.installed, seat.conn, seat.context, seat.env, imagines=True)
    command = Move(entity.key, int(record["id"]), move.target)
    work.have_read(entity.key, dict(record))
    try:
        carry_out(work, command)
    except NeedsWrite:
        return Foreseen(move, command, None)
    return Foreseen(move, command, work.verdict)


def settled(installed: Installed, foreseen: Foreseen, context: Context) -> Verdict:
    """The verdict, by a dry run where that is what it takes; after the transaction that foresaw it."""
    return foreseen.verdict or execute(installed, foreseen.command, context, dry=True).verdict


def execute_many(
    installed: Installed, commands: Sequence[Command], context: Context, key: str | None = None, *, dry: bool = False
) -> list[Outcome | EngineError]:
    """Each command on its own; the keys of the single ones are made from the list's."""
    results: list[Outcome | EngineError] = []
    for place, command in enumerate(commands):
        try:
            each = f"{key}/{place}" if key else None
            results.append(execute(installed, command, context, dry=dry, key=each))
        except EngineError as error:
            results.append(error)
    return results


def execute_batch(
    installed: Installed,
    context: Context,
    wanted: Callable[[Connection], Sequence[Create | Update]],
    note: Callable[[Connection, Sequence[Done]], None],
    *,
    dry: bool = False,
) -> None:
    """Many records in one transaction, each judged on its own (see `engine.writing.together`).

    wanted: what is to be written, read in that transaction. note: keeps what became of it there too; so whoever comes
    again after a crash finds either both or neither. Dry, only what `note` writes stays.
    """

    def attempt(conn: Connection) -> None:
        commands = wanted(conn)
        note(conn, rehearse(conn, commands) if dry else write_together(installed, conn, commands, context))

    def rehearse(conn: Connection, commands: Sequence[Create | Update]) -> list[Done]:
        done: list[Done] = []
        with suppress(_Rehearsed), conn.savepoint():
            done = write_together(installed, conn, commands, context, is_rehearsal=True)
            raise _Rehearsed
        return done

    installed.database.run(attempt, is_keyed=True)


class _Rehearsed(Exception):
    """Ends a rehearsal: its savepoint undoes what it wrote."""


def outcome_of(
    work: Work, command: Command, record_id: int | None, *, is_dry: bool = False, event_ids: tuple[int, ...] = ()
) -> Outcome:
    """What was done or, dry, would be: the record after it, without what the actor may not read; nothing if refused.

    A record that was not made has no id.
    """
    verdict = work.verdict
    record = memory.readable_image(work, command.entity, record_id) if verdict.allowed else {}
    was_made = verdict.allowed and not is_dry
    return Outcome(
        verdict=verdict,
        entity=command.entity,
        id=record_id if was_made or not isinstance(command, Create) else None,
        version=record.get("row_version") if was_made else None,
        values={key: record[key] for key in work.app.entity(command.entity).fields if key in record},
        event_ids=event_ids,
        is_dry=is_dry,
    )


def _waivers(command: Command) -> dict[str, str]:
    return dict(getattr(command, "waive", {}))
