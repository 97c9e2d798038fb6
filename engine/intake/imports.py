"""Imports, as a door sees them: upload, mapping, preview, questions, run, report.

A run belongs to whoever began it: nobody else sees it. It is a machine of states (see `engine.intake.ledger.State`)
that whatever likes may drive, one `advance` at a time: a page, the command line, a job. Whatever gives a run something
to do puts a job for it in the same transaction, so it goes on when nobody looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from dsl.outlets import Found, Import
from engine.context import Context
from engine.errors import BadInput, NotAllowed, NotThere
from engine.flow.sentences import say
from engine.installed import Installed
from engine.intake import background, ledger, report
from engine.intake.comparing import Comparing, readable_part
from engine.intake.comparison import Comparison
from engine.intake.headings import Table, cut
from engine.intake.known import people_names
from engine.intake.ledger import RowOfRun, Run, SheetOfRun
from engine.intake.mapping import known_heads, propose
from engine.intake.report import Problem, Strange
from engine.intake.review import Asked, Contested, Review
from engine.intake.sheets import read_sheets
from engine.intake.steps import Step
from engine.people import permissions
from engine.store.connection import Connection
from engine.verdict import Finding
from engine.writing import idempotency

T = TypeVar("T")
MOST_ROWS = 50_000
"""Of one run, all files together."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A run with its sheets and what its rows came to. done and total in rows of the present state."""

    run: Run
    sheets: tuple[SheetOfRun, ...]
    foreseen: Mapping[str, int]
    fates: Mapping[str, int]
    open_questions: int

    @property
    def percent(self) -> int:
        return 100 * self.run.position // self.run.total if self.run.total else 0


class Imports:
    """All imports of one engine."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed

    # --- what may be imported ----------------------------------------------------------------------------------------

    def offered(self, context: Context, entity: str = "") -> list[Import]:
        """The imports that the actor may run, of one entity or of all."""
        return [
            each
            for each in self.installed.app.imports.values()
            if entity in ("", each.entity) and self._may(context, each)
        ]

    def wanted(self, context: Context, key: str) -> Import:
        """Raises NotThere for an import that the app does not have, NotAllowed if it is not the actor's."""
        found = self.installed.app.imports.get(key)
        if found is None:
            raise NotThere(say(context.actor.language, "import.none", name=key))
        if not self._may(context, found):
            label = found.label.say(context.actor.language)
            raise NotAllowed(say(context.actor.language, "import.access", label=label))
        return found

    def _may(self, context: Context, wanted: Import) -> bool:
        if context.actor.is_system or (wanted.roles and wanted.roles & context.actor.roles):
            return True
        entity = self.installed.app.entity(wanted.entity)
        return not wanted.roles and permissions.rights(self.installed.app, context.actor, entity).create

    # --- upload and mapping ------------------------------------------------------------------------------------------

    def upload(
        self,
        context: Context,
        key: str,
        files: Sequence[tuple[str, Path]],
        *,
        once: str = "",
        purpose: ledger.Purpose = "import",
    ) -> int:
        """Reads the files (name, path) and keeps their rows; the new run's id. Its mapping is proposed.

        purpose: to compare them with the records writes none. once: an idempotency key; the same files under it answer
        with the same run. Raises FileRefused for a file that is no readable table, BadInput for too many rows,
        KeyReused: nothing is kept then.
        """
        wanted = self.wanted(context, key)
        known = known_heads(self.installed.app, wanted)
        tables = [(name, cut(sheet, known)) for name, path in files for sheet in read_sheets(path, name)]
        tables = [(name, table) for name, table in tables if table.lines]
        total = sum(len(table.lines) for _, table in tables)
        if not 0 < total <= MOST_ROWS:
            _refuse("files", say(context.actor.language, "import.rows", most=MOST_ROWS))

        digest = _digest(f"{purpose} {key}", files) if once else ""

        def keep(conn: Connection) -> int:
            if once and (kept := idempotency.find_kept(conn, context, once, digest)) is not None:
                return int(kept["run"])
            run_id = ledger.add_run(
                conn,
                {
                    "key": key, "entity": wanted.entity, "found": wanted.found, "purpose": purpose,
                    "actor_id": context.actor.id, "state": "mapping", "total": total, "words": {},
                    "created_at": context.at, "changed_at": context.at,
                },
            )  # fmt: skip
            first = 1
            for name, table in tables:
                self._keep_table(conn, wanted, run_id, name, table, first)
                first += len(table.lines)
            if once:
                idempotency.keep(conn, context, once, digest, {"run": run_id})
            return run_id

        self.installed.jobs.prepare()  # while its columns are looked at, the workers come up
        return self.installed.database.run(keep)

    def _keep_table(self, conn: Connection, wanted: Import, run_id: int, name: str, table: Table, first: int) -> None:
        proposal = propose(self.installed.app, wanted, table, name, people_names(conn))
        sheet_id = ledger.add_sheet(
            conn,
            run_id,
            {
                "name": name,
                "sheet": table.name,
                "head_line": table.head_line,
                "passed_over": table.passed_over,
                "row_count": len(table.lines),
                "matches": [asdict(match) for match in proposal.matches],
                "mapping": {str(match.at): match.to for match in proposal.matches if match.to},
                "fixed": dict(proposal.fixed),
            },
        )
        rows = (RowOfRun(number, sheet_id, line.number, line.cells) for number, line in enumerate(table.lines, first))
        ledger.add_rows(conn, run_id, sheet_id, rows)

    def map(
        self,
        context: Context,
        run_id: int,
        mapping: Mapping[int, Mapping[int, str]],
        fixed: Mapping[int, Mapping[str, str]],
        words: Mapping[str, Mapping[str, str]] | None = None,
        found: str = "",
    ) -> None:
        """Settles which column is what: sheet's id → place of a column → head of the import's column.

        fixed: sheet's id → head → text for every row. words: head → word → what it means. The next `advance` begins to
        read. Raises BadInput for an unknown or doubled column, or where no sheet gives a field that must be there.
        """

        def settle(conn: Connection) -> None:
            run, wanted = self._run(conn, context, run_id, ("mapping", "ready", "done"), lock=True)
            if run.state == "done" and not run.is_comparison:
                _refuse("state", say(context.actor.language, "import.state", state=run.state))
            for sheet in ledger.sheets_of(conn, run.id):
                chosen = mapping.get(sheet.id, sheet.mapping)
                texts = {head: text for head, text in fixed.get(sheet.id, sheet.fixed).items() if text}
                self._check_mapping(context, wanted, chosen, texts)
                ledger.set_mapping(conn, sheet.id, chosen, texts)
            ledger.separate_rows(conn, run.id)
            wishes = {
                "words": dict(words) if words is not None else run.words,
                "found": found if found in ("update", "fill", "skip", "review") else run.found,
            }
            self._go_on(conn, context, run.id, "cleaning", **wishes)

        self._change(settle)

    def _check_mapping(
        self, context: Context, wanted: Import, chosen: Mapping[int, str], fixed: Mapping[str, str]
    ) -> None:
        heads = [head for head in chosen.values() if head]
        for head in (*heads, *fixed):
            if head not in wanted.columns:
                _refuse("mapping", say(context.actor.language, "import.column", name=head[:60]))
            if heads.count(head) > 1:
                _refuse("mapping", say(context.actor.language, "import.twice", name=head))

    # --- driving -----------------------------------------------------------------------------------------------------

    def advance(self, context: Context, run_id: int) -> Progress:
        """One step of whatever the run is at; nothing where it waits for a person. Where it stands after it."""
        self.step(context, run_id)
        return self.progress(context, run_id)

    def step(self, context: Context, run_id: int) -> Run:
        """As `advance`, without its counts."""
        database = self.installed.database
        run, wanted = self._seen(context, run_id)
        step = self._step(replace(context, channel="import"), run, wanted)
        if run.state in ("judging", "running"):
            step.write(run, dry=run.state == "judging")
        elif run.is_working:
            database.run(lambda conn: self._prepare(conn, context, step, run_id), is_keyed=True)
        return self._seen(context, run_id)[0]

    def _prepare(self, conn: Connection, context: Context, step: Step, run_id: int) -> None:
        run, _ = self._run(conn, context, run_id, lock=True)
        if run.state == "cleaning":
            step.clean(conn, run)
        elif run.state == "matching":
            step.match(conn, run)
        elif run.state == "comparing":
            Comparing(self.installed, context, step.wanted, conn, run).next_rows()

    def _step(self, context: Context, run: Run, wanted: Import) -> Step:
        """What people chose for this run goes before what the app says; a comparison reads what they may read."""
        wanted = replace(wanted, found=cast("Found", run.found))
        if run.is_comparison:
            wanted = readable_part(self.installed.app, context.actor, wanted)
        return Step(self.installed, context, wanted)

    def start(self, context: Context, run_id: int) -> None:
        """From the preview (or without it) to the work itself; or once more, over what waited for an answer."""
        self._not_compared(context, run_id)
        self._move(context, run_id, ("judging", "ready", "done"), "running")

    def cancel(self, context: Context, run_id: int) -> None:
        """Stops a run; what is already written stays, and the report tells it."""
        self._move(context, run_id, ("mapping", "ready", *ledger.WORKING), "cancelled")

    def _not_compared(self, context: Context, run_id: int) -> None:
        """Raises BadInput for a comparison: there is nothing in it to write or to decide."""
        if self._seen(context, run_id)[0].is_comparison:
            _refuse("purpose", say(context.actor.language, "import.compared"))

    def _move(self, context: Context, run_id: int, allowed: Sequence[ledger.State], to: ledger.State) -> None:
        def move(conn: Connection) -> None:
            run, _ = self._run(conn, context, run_id, allowed, lock=True)
            self._go_on(conn, context, run.id, to)

        self._change(move)

    def _change(self, change: Callable[[Connection], None]) -> None:
        self.installed.jobs.prepare()  # its tables cannot be made within a transaction
        self.installed.database.run(change)

    def _go_on(self, conn: Connection, context: Context, run_id: int, state: ledger.State, **values: object) -> None:
        """The run is in that state from now on, and a job drives it where there is something to do."""
        ledger.set_run(conn, run_id, context.at, state=state, position=0, **values)
        background.put(conn, self.installed.jobs, run_id)

    # --- decisions ---------------------------------------------------------------------------------------------------

    def review(self, context: Context, run_id: int) -> tuple[list[Asked], list[Contested]]:
        """The open questions, and the rows that say otherwise than their records (MOST_SHOWN of each)."""
        with self.installed.database.read() as conn:
            return self._review(conn, context, run_id, lambda review: (review.asked(), review.contested()))

    def decide(
        self,
        context: Context,
        run_id: int,
        answers: Mapping[int, str],
        choices: Mapping[int, Mapping[str, int]] | None = None,
    ) -> None:
        """answers: question's id → same or other. choices: row → field → whose value stands (0: the record's).

        What they change is judged anew by the next `advance`.
        """

        self._not_compared(context, run_id)

        def decide(conn: Connection) -> None:
            run, _ = self._run(conn, context, run_id, ("ready", "done"), lock=True)

            def settle(review: Review) -> None:
                review.answer(answers)
                review.choose(choices or {})

            self._review(conn, context, run_id, settle)
            self._go_on(conn, context, run.id, "judging")

        self._change(decide)

    def _review(self, conn: Connection, context: Context, run_id: int, look: Callable[[Review], T]) -> T:
        run, wanted = self._run(conn, context, run_id)
        return look(Review(self._step(context, run, wanted), conn, run_id))

    def problems(self, context: Context, run_id: int) -> tuple[list[Problem], list[Strange]]:
        """What refuses rows, and the words that mean no option; the most frequent first."""
        with self.installed.database.read() as conn:
            self._run(conn, context, run_id)
            return report.problems(conn, run_id), report.strange_words(conn, run_id)

    def rows(
        self, context: Context, run_id: int, states: Sequence[ledger.Fate], after: int, limit: int
    ) -> list[RowOfRun]:
        """Rows in their order, after a number; states: only those that came (or, in a preview, would come) to that."""
        with self.installed.database.read() as conn:
            self._run(conn, context, run_id)
            chosen = (ledger.came_to(states),) if states else ()
            return ledger.rows_after(conn, run_id, after, limit, *chosen)

    def refused_file(self, context: Context, run_id: int) -> bytes:
        """The refused rows with their reasons as an xlsx, to be corrected and loaded again."""
        with self.installed.database.read() as conn:
            self._run(conn, context, run_id)
            return report.refused_file(conn, run_id, context.actor.language)

    @contextmanager
    def comparison(self, context: Context, run_id: int) -> Iterator[Comparison]:
        """What a comparison has found. Raises NotThere for any other run."""
        with self.installed.database.snapshot() as conn:
            run, wanted = self._run(conn, context, run_id)
            if not run.is_comparison:
                raise NotThere(f"comparison {run_id}")
            wanted = readable_part(self.installed.app, context.actor, wanted)
            yield Comparison(self.installed, conn, context, wanted, run)

    # --- reading -----------------------------------------------------------------------------------------------------

    def runs(self, context: Context) -> list[Run]:
        """The actor's runs, latest first."""
        with self.installed.database.read() as conn:
            return ledger.runs_of(conn, context.actor.id)

    def progress(self, context: Context, run_id: int) -> Progress:
        """Raises NotThere for a run that is not the actor's."""
        with self.installed.database.read() as conn:
            run, _ = self._run(conn, context, run_id)
            counts = ledger.counts(conn, run_id)
            questions = sum(1 for each in ledger.questions_of(conn, run_id) if not each.answer)
            sheets = tuple(ledger.sheets_of(conn, run_id))
        fates = counts["state"]
        if run.state == "done" and not run.is_comparison and (waiting := run.total - sum(fates.values())):
            fates["asked"] = waiting
        return Progress(run, sheets, counts["foreseen"], fates, questions)

    def _seen(self, context: Context, run_id: int) -> tuple[Run, Import]:
        with self.installed.database.read() as conn:
            return self._run(conn, context, run_id)

    def _run(
        self,
        conn: Connection,
        context: Context,
        run_id: int,
        allowed: Sequence[ledger.State] = (),
        *,
        lock: bool = False,
    ) -> tuple[Run, Import]:
        """The run and its import. Raises NotThere, NotAllowed, and BadInput if it is in none of the allowed states."""
        run = ledger.find_run(conn, run_id, lock=lock)
        if run is None or run.actor_id != context.actor.id:
            raise NotThere(f"import {run_id}")
        if allowed and run.state not in allowed:
            _refuse("state", say(context.actor.language, "import.state", state=run.state))
        return run, self.wanted(context, run.key)


def _digest(key: str, files: Sequence[tuple[str, Path]]) -> str:
    """SHA-256 over what is uploaded for which import."""
    found = hashlib.sha256(key.encode())
    for name, path in files:
        found.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _refuse(what: str, said: str) -> NoReturn:
    raise BadInput((Finding(f"import.{what}", "unmet", said, field=what),))
