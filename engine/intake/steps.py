"""The steps of an import, each one batch in one transaction: clean, match, judge (dry), run.

The ledger's row states change in the transaction that writes the records, so wherever a process is killed, the next
step goes on exactly behind the last one that was committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsl.app import App
from dsl.outlets import Import
from engine import execute as writer
from engine.commands import Create, Update
from engine.context import Context
from engine.errors import BadInput, NotThere
from engine.flow.sentences import say
from engine.installed import Installed
from engine.intake import ledger
from engine.intake.cleaning import Cleaner
from engine.intake.duplicates import find_duplicates
from engine.intake.known import Lookup, records_like
from engine.intake.ledger import Fate, RowOfRun, Run
from engine.intake.mapping import field_of
from engine.intake.merging import RECORD, Merger, merges
from engine.intake.plain_text import folded
from engine.intake.row_reading import row_reader
from engine.intake.traits import Traits
from engine.people import permissions
from engine.people.moment import env_of
from engine.people.sight import SYSTEM_SIGHT
from engine.store.connection import Connection
from engine.writing.together import Done

CLEAN_BATCH = 1_000
WRITE_BATCH = 500
_ALL = 10**9


@dataclass(frozen=True, slots=True)
class Step:
    """One import about to take a step. wanted: as the app says it, with what people chose for this run."""

    installed: Installed
    context: Context
    wanted: Import

    @property
    def app(self) -> App:
        return self.installed.app

    @property
    def language(self) -> str:
        return self.context.actor.language

    def to(self, conn: Connection, run: Run, state: ledger.State) -> None:
        ledger.set_run(conn, run.id, self.context.at, state=state, position=0)

    # --- clean -------------------------------------------------------------------------------------------------------

    def clean(self, conn: Connection, run: Run) -> None:
        """Reads the next cells as values of their fields."""
        rows = ledger.rows_after(conn, run.id, run.position, CLEAN_BATCH, has_cells=True)
        if not rows:
            return self.to(conn, run, "matching")
        sheets = {sheet.id: sheet for sheet in ledger.sheets_of(conn, run.id)}
        cleaner = Cleaner(
            self.app,
            self.app.entity(self.wanted.entity),
            self.language,
            Lookup(self.installed, conn, self.context).find,
        )
        reads = {
            column.head: cleaner.reader(field_of(self.app, self.wanted, column), column, run.words.get(column.head, {}))
            for column in self.wanted.columns.values()
        }
        clean = {sheet_id: row_reader(self.wanted, sheet, reads) for sheet_id, sheet in sheets.items()}
        ledger.set_rows(conn, run.id, ("cleaned", "faults"), [clean[row.sheet_id](row) for row in rows])
        return ledger.set_run(conn, run.id, self.context.at, position=rows[-1].number)

    # --- match -------------------------------------------------------------------------------------------------------

    def match(self, conn: Connection, run: Run) -> None:
        """Puts rows together that are one thing, finds the records they already are, and asks where it is not sure."""
        rows = {row.number: row for row in ledger.rows_after(conn, run.id, 0, _ALL)}
        traits = Traits(self.app, self.wanted)
        items = [traits.item(row.number, row.cleaned) for row in rows.values()]
        seer = self.context if run.is_comparison else None
        found = find_duplicates([*items, *records_like(self.installed, conn, self.wanted, items, seer)])
        led: dict[int, dict[str, object]] = {}
        for group in found.groups:
            members = [at for at in group if at > 0]
            sound = [at for at in members if not rows[at].faults]
            leader = (sound or members)[0]
            record_id = next((-at for at in group if at < 0), None)
            for at in members:
                is_led = at in sound
                led[at] = {"number": at, "leader": leader if is_led else at, "record_id": record_id}
        ledger.set_rows(conn, run.id, ("leader", "record_id"), list(led.values()))
        leaders = {at: int(str(row["leader"])) for at, row in led.items()}
        ledger.forget_questions(conn, run.id)
        questions = [
            {"number": leaders.get(doubt.other, doubt.other), "other": max(leaders.get(doubt.one, doubt.one), 0),
             "record_id": -doubt.one if doubt.one < 0 else None, "because": list(doubt.because)}
            for doubt in found.doubts
            if not rows[doubt.other].faults and (doubt.one < 0 or not rows[doubt.one].faults)
        ]  # fmt: skip
        ledger.add_questions(conn, run.id, [each for each in questions if self._is_askable(conn, each["record_id"])])
        self.to(conn, run, "comparing" if run.is_comparison else "judging")

    def _is_askable(self, conn: Connection, record_id: object) -> bool:
        """Nobody is asked about a record that he does not see."""
        return not isinstance(record_id, int) or self.record(conn, record_id, seen=True) is not None

    # --- judge and run -----------------------------------------------------------------------------------------------

    def write(self, run: Run, *, dry: bool) -> None:
        """The next groups, written together, or rehearsed; each gets its fate."""
        fates: dict[int, tuple[Fate, tuple[str, ...]]] = {}
        commands: dict[int, Create | Update] = {}
        groups: dict[int, list[RowOfRun]] = {}
        state = "judging" if dry else "running"

        def wanted(conn: Connection) -> Sequence[Create | Update]:
            fates.clear()
            commands.clear()
            groups.clear()
            now = ledger.find_run(conn, run.id, lock=True)
            if now is None or now.state != state:
                return ()
            conditions = (ledger.waits(), *((ledger.is_unjudged(),) if dry else ()))
            leaders = ledger.leaders_after(conn, run.id, now.position, WRITE_BATCH, *conditions)
            groups.update(ledger.rows_led_by(conn, run.id, leaders))
            open_rows, merger = _open_rows(conn, run.id), Merger(self.app, self.wanted)
            for leader, group in groups.items():
                row = next(row for row in group if row.number == leader)
                answer = self._command(conn, merger, row, group, open_rows)
                if isinstance(answer, Create | Update):
                    commands[row.number] = answer
                else:
                    fates[row.number] = answer
            return list(commands.values())

        def note(conn: Connection, done: Sequence[Done]) -> None:
            now = ledger.find_run(conn, run.id)
            if now is None or now.state != state:
                return
            if not groups:
                self.to(conn, run, "ready" if dry else "done")
                return
            ids: dict[int, int | None] = {}
            for number, each in zip(commands, done, strict=True):
                fates[number] = self._fate(commands[number], each)
                ids[number] = each.id
            self._note(conn, run, groups, fates, ids, dry=dry)
            ledger.set_run(conn, run.id, self.context.at, position=max(groups))

        writer.execute_batch(self.installed, self.context, wanted, note, dry=dry)

    def _command(
        self, conn: Connection, merger: Merger, row: RowOfRun, group: Sequence[RowOfRun], open_rows: frozenset[int]
    ) -> Create | Update | tuple[Fate, tuple[str, ...]]:
        """What a group wants written, or its fate where nothing is to be written."""
        if row.faults:
            return "refused", tuple(fault[1] for fault in row.faults)
        if row.number in open_rows:
            return "asked", ()
        record = self.record(conn, row.record_id) if row.record_id is not None else None
        if row.record_id is not None and record is None:
            return self._command(conn, merger, row._replace(record_id=None), group, open_rows)
        if record is not None and self.wanted.found == "skip":
            return "skipped", ()
        if record is not None and self.wanted.found == "review" and self._is_contested(row, group, record):
            return "asked", ()
        present = self._present_rows(conn, row.record_id) if record is not None else {}
        return merger.command(group, record, present)

    def _is_contested(self, row: RowOfRun, group: Sequence[RowOfRun], record: Mapping[str, object]) -> bool:
        """Whether the rows say another thing than the record and nobody has chosen yet."""
        return any(
            merge.is_contested and RECORD in merge.sides[0].numbers and merge.path not in row.choice
            for merge in merges(self.app, self.wanted, group, record)
        )

    def _fate(self, command: Create | Update, done: Done) -> tuple[Fate, tuple[str, ...]]:
        if isinstance(done.error, NotThere):
            return "refused", (say(self.language, "import.elsewhere"),)
        if isinstance(done.error, BadInput):
            return "refused", tuple(finding.said for finding in done.error.findings)
        if done.error is not None:
            return "refused", (str(done.error),)
        if done.is_refused:
            return "refused", tuple(finding.said for finding in done.findings if finding.blocks)
        if isinstance(command, Create):
            return "created", ()
        return ("changed" if done.is_changed else "same"), ()

    def _note(
        self,
        conn: Connection,
        run: Run,
        groups: Mapping[int, Sequence[RowOfRun]],
        fates: Mapping[int, tuple[Fate, tuple[str, ...]]],
        ids: Mapping[int, int | None],
        *,
        dry: bool,
    ) -> None:
        """The fate of each leader and, with it, of the rows that become a part of its record."""
        rows: list[dict[str, object]] = []
        for leader, group in groups.items():
            fate, said = fates[leader]
            for row in group:
                is_part = row.number != leader and fate in ("created", "changed", "same")
                own: Fate = "merged" if is_part else fate
                record_id = ids.get(leader) or row.record_id
                rows.append(
                    {"number": row.number, "foreseen": own, "said": list(said) or None}
                    if dry
                    else {
                        "number": row.number,
                        "state": "" if own == "asked" else own,
                        "said": list(said) or None,
                        "record_id": record_id,
                    }
                )
        columns = ("foreseen", "said") if dry else ("state", "said", "record_id")
        ledger.set_rows(conn, run.id, columns, rows)

    # --- what is there -----------------------------------------------------------------------------------------------

    def record(self, conn: Connection, record_id: int, *, seen: bool = False) -> Mapping[str, object] | None:
        entity = self.app.entity(self.wanted.entity)
        sight = permissions.sight_of(self.app, self.context.actor, entity) if seen else SYSTEM_SIGHT
        env = env_of(conn, self.context, self.app)
        return self.installed.records.find(conn, sight, entity.key, record_id, env, fields=())

    def _present_rows(self, conn: Connection, record_id: int | None) -> dict[str, frozenset[str]]:
        """Titles of the rows that the record has, by table field; they are not added again."""
        entity = self.app.entity(self.wanted.entity)
        tables = dict.fromkeys(column.rows for column in self.wanted.columns.values() if column.rows)
        found = {}
        for table in tables if record_id is not None else ():
            child = self.app.entity(entity.fields[table].target)
            rows = self.installed.records.children(conn, SYSTEM_SIGHT, child.key, record_id or 0, fields=())
            found[table] = frozenset(folded(str(row.get(child.title) or "")) for row in rows)
        return found


def _open_rows(conn: Connection, run_id: int) -> frozenset[int]:
    """Rows of which a question is still open: they wait."""
    return frozenset(question.number for question in ledger.questions_of(conn, run_id) if not question.answer)
