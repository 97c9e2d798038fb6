"""Many records in one transaction: written one after the other, recomputed once, and each judged on its own.

A refused command must leave no trace in what the others are judged on. So a batch with refusals is rolled back and the
rest of it written anew; whoever was refused is then judged once more alone, over what the rest has written. The answer
is the same as if the accepted commands had come first, one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from dsl.app import Entity
from dsl.formula.env import Env
from dsl.formula.tree import Read
from engine.commands import Create, Update
from engine.context import Context
from engine.errors import EngineError, StoreBusy
from engine.installed import Installed
from engine.people import permissions
from engine.people.moment import env_of
from engine.people.sight import SYSTEM_SIGHT
from engine.store.connection import Connection
from engine.store.driver import DuplicateValue
from engine.verdict import Finding
from engine.writing import document_numbers, memory, uniqueness
from engine.writing.commands import judge_changed, judge_new, write_changed, write_new
from engine.writing.glances import Glances
from engine.writing.new_together import write_all_new
from engine.writing.work import Work

Commands = Mapping[int, Create | Update]
"""By their places in the batch."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one command: its record, unless findings or an error speak against it.

    is_changed: False for an update that found everything as it wanted it.
    """

    id: int | None = None
    is_changed: bool = False
    findings: tuple[Finding, ...] = ()
    error: EngineError | None = None

    @property
    def is_refused(self) -> bool:
        return self.error is not None or any(finding.blocks for finding in self.findings)


class _UndoneError(Exception):
    """Leaves a savepoint with everything in it undone."""


def write_together(
    installed: Installed,
    conn: Connection,
    commands: Sequence[Create | Update],
    context: Context,
    *,
    is_rehearsal: bool = False,
) -> list[Done]:
    """What became of each command, in their order. Everything that was accepted is written on the connection.

    is_rehearsal: the records only, as all of it will be undone: what is kept of them beside refuses nothing.
    """
    env = env_of(conn, context, installed.app)
    left = dict(enumerate(commands))
    done: dict[int, Done] = {}
    while left:
        tried = _try(installed, conn, left, context, env, is_rehearsal=is_rehearsal)
        refused = [place for place, each in tried.items() if each.is_refused]
        if not refused:
            done.update(tried)
            break
        for place in refused:
            done[place] = tried[place]
            del left[place]
    for place in sorted(set(range(len(commands))) - left.keys()):
        alone = _try(installed, conn, {place: commands[place]}, context, env, is_rehearsal=is_rehearsal)
        done[place] = alone[place]
    return [done[place] for place in range(len(commands))]


def _try(
    installed: Installed,
    conn: Connection,
    commands: Commands,
    context: Context,
    env: Env,
    *,
    is_rehearsal: bool,
    is_one_by_one: bool = False,
) -> dict[int, Done]:
    """What becomes of these commands together. They stay written only if none is refused.

    Where the database itself refuses a value, the answer is about that one command alone; to find it, all are written
    anew one by one.
    """
    works = _works(installed, conn, commands, context, env)
    done: dict[int, Done] = {}
    at: tuple[int, ...] = ()
    try:
        with suppress(_UndoneError), conn.savepoint():
            written: dict[int, tuple[int, bool]] = {}
            for at in _steps(commands, is_one_by_one=is_one_by_one):
                for place, answer in zip(at, _write(works, commands, at), strict=True):
                    if isinstance(answer, EngineError):
                        done[place] = Done(error=answer)
                    else:
                        written[place] = answer
            _recompute(installed, conn, list(works.values()), env)
            _read_together(installed, conn, [works[place] for place in written], env, is_to_be_judged=True)
            for place, (record_id, was_editable) in written.items():
                done[place] = _judge(works[place], commands[place], record_id, was_editable)
            if any(each.is_refused for each in done.values()):
                raise _UndoneError
            if not is_rehearsal:
                _remember(installed, conn, [works[place] for place in sorted(written)], env)
    except DuplicateValue as duplicate:
        if len(at) > 1:
            return _try(installed, conn, commands, context, env, is_rehearsal=is_rehearsal, is_one_by_one=True)
        finding = uniqueness.refusal_of(works[at[0]], duplicate)
        if finding is None:
            raise
        return {at[0]: Done(findings=(finding,))}
    return done


def _works(installed: Installed, conn: Connection, commands: Commands, context: Context, env: Env) -> dict[int, Work]:
    """A work for each command. What was asked for one of them is known to all."""
    glances = Glances()
    return {place: Work(installed, conn, context, env, glances=glances, is_terse=True) for place in commands}


def _steps(commands: Commands, *, is_one_by_one: bool) -> Iterator[tuple[int, ...]]:
    """Places of the commands that are written in one go, in their order: new records of one kind that come together."""
    for entity, places in groupby(commands, lambda place: _kind(commands[place])):
        if entity and not is_one_by_one:
            yield tuple(places)
        else:
            yield from ((place,) for place in places)


def _kind(command: Create | Update) -> str:
    return command.entity if isinstance(command, Create) else ""


def _write(
    works: Mapping[int, Work], commands: Commands, at: tuple[int, ...]
) -> Sequence[tuple[int, bool] | EngineError]:
    """(the record's id, whether it was the actor's to edit before) or why it cannot be written, of each."""
    if len(at) > 1:
        creates = [(works[place], command) for place in at if isinstance(command := commands[place], Create)]
        return [each if isinstance(each, EngineError) else (each, False) for each in write_all_new(creates)]
    work, command = works[at[0]], commands[at[0]]
    try:
        if isinstance(command, Create):
            return [(write_new(work, command), False)]
        return [(command.id, write_changed(work, command))]
    except StoreBusy:
        raise
    except EngineError as error:
        return [error]


def _recompute(installed: Installed, conn: Connection, works: Sequence[Work], env: Env) -> None:
    """One recomputation for all that was touched: it is set-based, and the sets may as well be large.

    What it changed elsewhere is remembered by the last work, once for all of them.
    """
    touched: defaultdict[str, set[int]] = defaultdict(set)
    for work in works:
        for entity, ids in work.touched.items():
            touched[entity].update(ids)
    for entity, ids in installed.derived.recompute(conn, touched, env).items():
        works[-1].recomputed[entity].update(ids)


def _judge(work: Work, command: Create | Update, record_id: int, was_editable: bool) -> Done:
    if isinstance(command, Create):
        judge_new(work, command, record_id)
    else:
        judge_changed(work, command, was_editable=was_editable)
    return Done(record_id, bool(work.deeds), tuple(work.findings))


def _read_together(
    installed: Installed, conn: Connection, works: Sequence[Work], env: Env, *, is_to_be_judged: bool
) -> None:
    """All records that are about to be judged or remembered, a query for each kind; with what they are judged on."""
    wanted: defaultdict[str, dict[int, Work]] = defaultdict(dict)
    for work in works:
        for image in work.images:
            wanted[image.entity.key][image.id] = work
    for key, work_of in wanted.items():
        records = installed.records.find_many(conn, SYSTEM_SIGHT, key, work_of.keys(), env)
        if not is_to_be_judged:
            for record in records:
                work_of[int(record["id"])].have_read(key, record)
            continue
        reads = _judged_on(works[0], installed.app.entity(key))
        for record, row in zip(records, installed.related.nested_many(conn, key, records, reads, env), strict=True):
            work_of[int(record["id"])].have_read(key, record, reads, row)


def _judged_on(work: Work, entity: Entity) -> frozenset[Read]:
    """What the required fields, the validations and the rights of the acting person read of a record and around it."""
    governs_itself = permissions.governing(work.app, entity) is entity
    rights = permissions.conditions(work.app, work.actor, entity) if governs_itself else ()
    return work.installed.foresight.standing_reads(entity).union(*(formula.reads for formula in rights))


def _remember(installed: Installed, conn: Connection, works: Sequence[Work], env: Env) -> None:
    """Numbers in the order of the commands, then events, visits and search words."""
    for work in works:
        document_numbers.number_all(work)
    if any(work.numberless for work in works):
        _read_together(installed, conn, works, env, is_to_be_judged=False)
    memory.remember_all(works)
