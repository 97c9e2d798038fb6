"""The engine: an app, its database and a clock put together. This is all that the web sees."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dsl.app import App, Entity
from dsl.app import Move as MoveRule
from dsl.formula.env import Env
from dsl.formula.tree import Formula
from dsl.load import load_app
from dsl.problems import Checked
from engine import execute as writer
from engine.answers import (
    Entry,
    EntryKind,
    FieldChange,
    FileNote,
    Found,
    Group,
    NextStep,
    OpenRecord,
    Page,
    Preview,
    Record,
    RecordRights,
    Rights,
    Total,
)
from engine.bundle.marks import DIRECTORY
from engine.clock import Clock, SystemClock
from engine.commands import Children, Command, Values
from engine.context import Context
from engine.delivery.outbox import Jobs
from engine.delivery.outgoing import NOBODY_INSIDE, Allowed
from engine.errors import BadInput, EngineError, NotReady, NotThere
from engine.flow.sentences import say
from engine.insight.figures import Figures
from engine.installed import Installed, install, told_problems
from engine.intake.imports import Imports
from engine.people.moment import env_of
from engine.people.saved_views import SavedViews
from engine.reading import finding, lists, timeline
from engine.reading.desk import Desk, Raw
from engine.reading.files import open_file
from engine.reading.preview import preview
from engine.reading.rights import NOTHING, most_natural, moves_from, record_rights, step_ahead
from engine.reading.similar import similar
from engine.reading.why import why
from engine.store.database import Database
from engine.store.files import FileStore
from engine.store.lists import Query
from engine.talk import Talk
from engine.undo import undo
from engine.verdict import Explanation, Finding, Outcome, Verdict
from engine.writing.uploads import put_file


class Engine(Talk):
    """Everything a door needs: who acts, what may be read, what is wanted.

    Values go in and out in stored form (see `dsl.kinds`). Reading methods open their own read transaction; every write
    to a record goes through `execute`. Safe to share between threads.
    """

    def __init__(self, installed: Installed, app_path: Path | None = None, allowed: Allowed = NOBODY_INSIDE) -> None:
        super().__init__(installed)
        self.allowed = allowed
        """Addresses inside the house that webhooks may reach."""
        self.backups_dir = self.data_dir / DIRECTORY
        """Where backups are made; the operator may name another place."""
        self._app_path = app_path
        self._reloading = threading.Lock()

    @property
    def imports(self) -> Imports:
        return Imports(self.installed)

    # --- life --------------------------------------------------------------------------------------------------------

    @property
    def data_dir(self) -> Path:
        return self.installed.files.data_dir

    @classmethod
    def start(
        cls,
        app_path: Path,
        database_url: str,
        data_dir: Path,
        clock: Clock | None = None,
        allowed: Allowed = NOBODY_INSIDE,
    ) -> Engine:
        """Load and check the app, open the database, apply the app. Raises NotReady, telling why, or StoreLocked."""
        checked = load_app(app_path)
        if checked.value is None or not checked.is_ok:
            raise NotReady(told_problems(checked, app_path))
        database = Database.open(database_url, data_dir=data_dir)
        try:
            installed = install(checked.value, database, FileStore(data_dir), clock or SystemClock())
            with database.read() as conn:
                installed.files.sweep(conn)
        except BaseException:
            database.close()
            raise
        return cls(installed, app_path, allowed)

    def reload(self) -> Checked[App]:
        """Read the app's file again; when it has no errors, apply it and go on with it. Else nothing changes."""
        if self._app_path is None:
            return Checked(self.app)
        checked = load_app(self._app_path)
        if checked.value is None or not checked.is_ok:
            return checked
        with self._reloading:
            old = self.installed
            self.installed = install(checked.value, old.database, old.files, old.clock, old.jobs)
        return checked

    @property
    def jobs(self) -> Jobs:
        return self.installed.jobs

    def close(self) -> None:
        """Stops the workers of this process, if it has any, and lets go of the database."""
        self.jobs.stop()
        self.database.close()

    @property
    def saved_views(self) -> SavedViews:
        """Views of lists that people keep for themselves or for their unit."""
        return SavedViews(self.database)

    # --- reading -----------------------------------------------------------------------------------------------------

    def find(self, context: Context, entity: str, record_id: int) -> Record | None:
        """The record, or None when it is not there or not the actor's to see."""
        with self._desk(context) as desk:
            row = desk.raw(desk.entity(entity), record_id)
            return desk.show(desk.entity(entity), [row])[0] if row is not None else None

    def find_many(self, context: Context, entity: str, ids: Iterable[int]) -> Mapping[int, Record]:
        """Those of the records that are there and the actor's to see, by id."""
        with self._desk(context) as desk:
            found = desk.entity(entity)
            rows = [row for each in sorted(ids) if (row := desk.raw(found, each)) is not None]
            return {record.id: record for record in desk.show(found, rows)}

    def page(self, context: Context, query: Query) -> Page:
        """Raises BadInput for a sort or a filter over fields the actor may not read."""
        with self._desk(context) as desk:
            return lists.page(desk, query)

    def totals(
        self, context: Context, entity: str, where: Formula | None, by: str, sums: Sequence[str] = ()
    ) -> list[Total]:
        """Visible records grouped by a field, with sums of other fields."""
        with self._desk(context) as desk:
            return lists.totals(desk, entity, where, by, sums)

    @contextmanager
    def figures(self, context: Context) -> Iterator[Figures]:
        """Counts, sums, times in stages and passages over many records, all of one moment."""
        with self._desk(context) as desk:
            yield Figures(desk)

    def count(self, context: Context, entity: str, where: Formula | None) -> int:
        """How many records in sight the filter finds. Raises BadInput for a filter over what the actor may not read."""
        with self._desk(context) as desk:
            return lists.count(desk, entity, where)

    def children(self, context: Context, entity: str, record_id: int, table_field: str) -> list[Record]:
        """The child rows of a record, oldest first; empty if the parent is out of sight."""
        with self._desk(context) as desk:
            return lists.children(desk, entity, record_id, table_field)

    def titles(self, context: Context, pairs: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
        """(entity, id) → title, for those in sight. Entity "person" names people."""
        pairs, known = set(pairs), self.installed.names.of(context.actor)
        if pairs <= known.keys():
            return {pair: known[pair] for pair in pairs}
        with self._desk(context) as desk:
            return lists.titles(desk, pairs)

    def lookup(
        self, context: Context, entity: str, text: str, limit: int = 20, where: Formula | None = None
    ) -> list[Found]:
        """Records (or people, for "person") whose title holds `text`: for reference pickers."""
        with self._desk(context) as desk:
            return lists.lookup(desk, entity, text, limit, where)

    def search(self, context: Context, text: str, limit: int = 20) -> list[Group]:
        """Full-text search over everything in sight, grouped by entity; each record says where the words stand."""
        with self._desk(context) as desk:
            return finding.search(desk, text, limit)

    def timeline(
        self,
        context: Context,
        entity: str,
        record_id: int,
        limit: int = 50,
        before: int | None = None,
        kinds: Collection[EntryKind] = (),
    ) -> list[Entry]:
        """What happened to the record and to all beneath it, newest first; `before` is the last entry's id."""
        with self._desk(context) as desk:
            return timeline.timeline(desk, desk.entity(entity), record_id, limit, before, kinds)

    def field_history(self, context: Context, entity: str, record_id: int, field: str) -> list[FieldChange]:
        """Who gave a field which value when, the last first. Raises NotThere, for a hidden field as well."""
        with self._desk(context) as desk:
            return timeline.field_history(desk, desk.entity(entity), record_id, field)

    def filter(self, context: Context, entity: str, text: str) -> Checked[Formula]:
        """A yes/no formula typed by a person; fields the actor may not read are unknown names to it."""
        with self._desk(context) as desk:
            return lists.filter_formula(desk, desk.entity(entity), text)

    def rights(self, context: Context, entity: str) -> Rights:
        """What the actor may do with an entity before any record is looked at. Raises BadInput for an unknown one."""
        found = self.app.entities.get(entity)
        if found is None:
            said = say(context.actor.language, "input.entity", entity=entity)
            raise BadInput((Finding(entity, "unmet", said),))
        return self.installed.rights.of(context.actor, found)

    def open_record(
        self,
        context: Context,
        entity: str,
        record_id: int,
        limit: int = 50,
        before: int | None = None,
        kinds: Collection[EntryKind] = (),
    ) -> OpenRecord | None:
        """All that the record's page tells, of one moment; None as `find`. limit, before, kinds: as in `timeline`."""
        with self._desk(context) as desk:
            found = desk.entity(entity)
            row = desk.raw(found, record_id)
            if row is None:
                return None
            record, rights = desk.show(found, [row])[0], record_rights(desk, found, row)
            entries = timeline.told(desk, found, row, limit, before, kinds)
            ahead = _step_from(desk, found, row)
        return OpenRecord(record, rights, entries, self._settled(ahead, context))

    def may(self, context: Context, entity: str, record: Record) -> RecordRights:
        with self._desk(context) as desk:
            row = desk.raw(desk.entity(entity), record.id)
            return record_rights(desk, desk.entity(entity), row) if row is not None else NOTHING

    def env(self, context: Context) -> Env:
        """What formulas may ask of the moment: today, now, me."""
        with self.database.read() as conn:
            return env_of(conn, context, self.app)

    # --- judging and writing -----------------------------------------------------------------------------------------

    def execute(
        self, command: Command, context: Context, *, dry: bool = False, key: str | None = None, explain: bool = False
    ) -> Outcome:
        """Judge the command and, unless it is refused or dry, write it: the only way in for every door.

        A refusal by a gate, a validation or a right to a field is `outcome.verdict.allowed == False` with every
        finding. explain: findings carry `why`. key: idempotency key; the same key and body answer as the first time.
        Raises NotThere, NotAllowed, VersionConflict, KeyReused, BadInput (unknown entity, field or stage), StoreBusy.
        """
        return writer.execute(self.installed, command, context, dry=dry, key=key, explains=explain)

    def execute_many(
        self, commands: Sequence[Command], context: Context, key: str | None = None, *, dry: bool = False
    ) -> list[Outcome | EngineError]:
        """Each command on its own, in order: one refused does not stop the others."""
        return writer.execute_many(self.installed, commands, context, key, dry=dry)

    def undo(self, context: Context, event_ids: Sequence[int], *, dry: bool = False) -> list[Outcome | EngineError]:
        """Takes back what the person did a moment ago, if nobody changed it since: one outcome for each record."""
        return undo(self.installed, context, event_ids, dry=dry)

    def checklist(self, context: Context, entity: str, record_id: int) -> list[tuple[MoveRule, Verdict]]:
        """Every move the record could take from here, judged as it stands. Raises NotThere."""
        with self._desk(context) as desk:
            found = desk.entity(entity)
            row = desk.raw(found, record_id)
            if row is None:
                raise NotThere(f"{entity} {record_id}")
            foreseen = [writer.foresee(desk, found, row, move) for move in moves_from(desk, found, row)]
        return [(each.move, writer.settled(self.installed, each, context)) for each in foreseen]

    def next_step(self, context: Context, entity: str, record_id: int) -> NextStep | None:
        """The most natural of the moves from here, judged; None where there is none, or no record."""
        with self._desk(context) as desk:
            row = desk.raw(desk.entity(entity), record_id)
            ahead = _step_from(desk, desk.entity(entity), row) if row is not None else None
        return self._settled(ahead, context)

    def _settled(self, ahead: tuple[writer.Foreseen, tuple[MoveRule, ...]] | None, context: Context) -> NextStep | None:
        if ahead is None:
            return None
        foreseen, others = ahead
        return NextStep(foreseen.move, writer.settled(self.installed, foreseen, context), others)

    def steps_ahead(
        self, context: Context, entity: str, ids: Collection[int]
    ) -> Mapping[int, tuple[MoveRule, Verdict]]:
        """The next move along the pipeline of each record, judged as it stands; only of records that have one."""
        with self._desk(context) as desk:
            found = desk.entity(entity)
            ahead = [(row, step_ahead(desk, found, row)) for row in desk.raw_many(found, ids)]
            foreseen = [writer.foresee(desk, found, row, move) for row, move in ahead if move is not None]
        return {each.command.id: (each.move, writer.settled(self.installed, each, context)) for each in foreseen}

    def preview(
        self,
        context: Context,
        entity: str,
        values: Values,
        children: Children,
        record_id: int | None = None,
        untouched: Collection[str] = (),
    ) -> Preview:
        """What a form would compute, show and demand, without a write. untouched: fields that follow their default."""
        with self._desk(context) as desk:
            return preview(desk, desk.entity(entity), values, children, record_id, untouched)

    def similar(self, context: Context, entity: str, values: Values) -> list[Found]:
        """Records in sight that may be what `values` describe: the same number, or a name alike."""
        with self._desk(context) as desk:
            return similar(desk, desk.entity(entity), values)

    def why(self, context: Context, entity: str, record_id: int, rule_or_field: str) -> Explanation:
        """A gate's requirement, a validation, a computed field or a score with operand values. Raises NotThere."""
        with self._desk(context) as desk:
            return why(desk, desk.entity(entity), record_id, rule_or_field)

    # --- files ------------------------------------------------------------------------------------------

    def put_file(
        self,
        context: Context,
        stream: BinaryIO,
        name: str,
        declared_type: str,  # noqa: ARG002 — not believed: the content is looked at
        key: str | None = None,
    ) -> FileNote:
        """Keep an upload by its content hash. key: idempotency key. Raises FileRefused, KeyReused."""
        return put_file(self.installed, context, stream, name, key)

    def open_file(self, context: Context, file_id: int) -> tuple[FileNote, Path] | None:
        """The file, if a record in the actor's sight holds it, or the actor uploaded it within the hour."""
        with self._desk(context) as desk:
            return open_file(desk, file_id)


def _step_from(desk: Desk, entity: Entity, row: Raw) -> tuple[writer.Foreseen, tuple[MoveRule, ...]] | None:
    """The most natural move from where the record stands, foreseen, and the others in the app's order."""
    moves = moves_from(desk, entity, row)
    first = most_natural(entity, row, moves)
    if first is None:
        return None
    return writer.foresee(desk, entity, row, first), tuple(move for move in moves if move is not first)
