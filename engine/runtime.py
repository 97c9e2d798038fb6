"""The engine: an app, its database and a clock put together. This is all that the web sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dsl.app import App
from dsl.app import Move as MoveRule
from dsl.formula.tree import Formula
from dsl.problems import Checked
from engine.answers import (
    Entry,
    FileNote,
    Found,
    Group,
    Page,
    Person,
    Preview,
    Record,
    RecordRights,
    Rights,
    Session,
    Total,
)
from engine.clock import Clock
from engine.commands import Children, Command, Values
from engine.context import Actor, Channel, Context
from engine.errors import EngineError
from engine.verdict import Explanation, Outcome, Verdict

if TYPE_CHECKING:
    from dsl.formula.env import Env
    from engine.store.database import Database
    from engine.store.lists import Query


class Engine:
    """Everything a door needs: who acts, what may be read, what is wanted.

    Values go in and out in stored form (see `dsl.kinds`). Reading methods open their own read transaction; every write
    goes through `execute`. Safe to share between threads.
    """

    app: App
    revision: int
    database: Database
    clock: Clock

    # --- life --------------------------------------------------------------------------------------------------------

    @classmethod
    def start(cls, app_path: Path, database_url: str, data_dir: Path, clock: Clock | None = None) -> Engine:
        """Load and check the app, open the database, apply the app. Raises NotReady (with .problems) or StoreLocked."""
        raise NotImplementedError

    def reload(self) -> Checked[App]:
        """Read the app's file again; when it has no errors, apply it and go on with it. Else nothing changes."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    # --- people ------------------------------------------------------------------------------------------------------

    def authenticate(self, login: str, password: str) -> Actor | None:
        """The person, if the password is right and the account is neither closed nor resting after wrong tries."""
        raise NotImplementedError

    def actor(self, user_id: int) -> Actor | None:
        """The person as of now (role, unit, manager); None if unknown or closed."""
        raise NotImplementedError

    def context(self, actor: Actor, channel: Channel, request_id: str = "") -> Context:
        raise NotImplementedError

    def open_session(self, user_id: int, agent: str) -> str:
        """A new session's secret token; only its hash is kept."""
        raise NotImplementedError

    def session_actor(self, token: str) -> Actor | None:
        """Who holds this session; None when it is unknown, closed, idle for 8 hours or 7 days old."""
        raise NotImplementedError

    def close_session(self, token: str) -> None:
        raise NotImplementedError

    def sessions(self, actor: Actor) -> tuple[Session, ...]:
        """The person's open sessions, latest first."""
        raise NotImplementedError

    def issue_token(self, login: str, password: str, name: str) -> str | None:
        """A bearer token for the API, or None when the sign-in fails."""
        raise NotImplementedError

    def token_actor(self, token: str) -> Actor | None:
        raise NotImplementedError

    def set_language(self, actor: Actor, language: str) -> None:
        raise NotImplementedError

    def set_password(self, user_id: int, password: str) -> None:
        """Raises BadInput for a password that is too short or well known; ends the person's sessions and tokens."""
        raise NotImplementedError

    def people(self, context: Context) -> list[Person]:
        """Active people, by name."""
        raise NotImplementedError

    # --- reading -----------------------------------------------------------------------------------------------------

    def find(self, context: Context, entity: str, record_id: int) -> Record | None:
        """The record, or None when it is not there or not the actor's to see."""
        raise NotImplementedError

    def page(self, context: Context, query: Query) -> Page:
        """Raises BadInput for a sort or a filter over fields the actor may not read."""
        raise NotImplementedError

    def totals(
        self, context: Context, entity: str, where: Formula | None, by: str, sums: Sequence[str] = ()
    ) -> list[Total]:
        """Visible records grouped by a field, with sums of other fields."""
        raise NotImplementedError

    def children(self, context: Context, entity: str, record_id: int, table_field: str) -> list[Record]:
        """The child rows of a record, oldest first; empty if the parent is out of sight."""
        raise NotImplementedError

    def titles(self, context: Context, pairs: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
        """(entity, id) → title, for those in sight. Entity "person" names people."""
        raise NotImplementedError

    def lookup(
        self, context: Context, entity: str, text: str, limit: int = 20, where: Formula | None = None
    ) -> list[Found]:
        """Records (or people, for "person") whose title holds `text`: for reference pickers."""
        raise NotImplementedError

    def search(self, context: Context, text: str, limit: int = 20) -> list[Group]:
        """Full-text search over everything in sight, grouped by entity."""
        raise NotImplementedError

    def timeline(
        self, context: Context, entity: str, record_id: int, limit: int = 50, before: int | None = None
    ) -> list[Entry]:
        """What happened to the record and to all beneath it, newest first; `before` is the last entry's id."""
        raise NotImplementedError

    def filter(self, context: Context, entity: str, text: str) -> Checked[Formula]:
        """A yes/no formula typed by a person; fields the actor may not read are unknown names to it."""
        raise NotImplementedError

    def rights(self, context: Context, entity: str) -> Rights:
        raise NotImplementedError

    def may(self, context: Context, entity: str, record: Record) -> RecordRights:
        raise NotImplementedError

    def env(self, context: Context) -> Env:
        """What formulas may ask of the moment: today, now, me, decision tables."""
        raise NotImplementedError

    # --- judging and writing -----------------------------------------------------------------------------------------

    def execute(
        self, command: Command, context: Context, *, dry: bool = False, key: str | None = None, explain: bool = False
    ) -> Outcome:
        """Judge the command and, unless it is refused or dry, write it: the only way in for every door.

        A refusal by a gate, a validation or a right to a field is `outcome.verdict.allowed == False` with every
        finding. explain: findings carry `why`. key: idempotency key; the same key and body answer as the first time.
        Raises NotThere, NotAllowed, VersionConflict, KeyReused, BadInput (unknown entity, field or stage), StoreBusy.
        """
        raise NotImplementedError

    def execute_many(
        self, commands: Sequence[Command], context: Context, key: str | None = None, *, dry: bool = False
    ) -> list[Outcome | EngineError]:
        """Each command on its own, in order: one refused does not stop the others."""
        raise NotImplementedError

    def checklist(self, context: Context, entity: str, record_id: int) -> list[tuple[MoveRule, Verdict]]:
        """Every move the record could take from here, judged as it stands. Raises NotThere."""
        raise NotImplementedError

    def preview(
        self, context: Context, entity: str, values: Values, children: Children, record_id: int | None = None
    ) -> Preview:
        """What a form would compute, show and demand, without a write."""
        raise NotImplementedError

    def why(self, context: Context, entity: str, record_id: int, rule_or_field: str) -> Explanation:
        """A gate's requirement, a validation, a computed field or a score with operand values. Raises NotThere."""
        raise NotImplementedError

    # --- files and comments ------------------------------------------------------------------------------------------

    def put_file(self, context: Context, stream: BinaryIO, name: str, declared_type: str) -> FileNote:
        """Keep an upload by its content hash. Raises FileRefused."""
        raise NotImplementedError

    def open_file(self, context: Context, file_id: int) -> tuple[FileNote, Path] | None:
        """The file, if a record in the actor's sight holds it, or the actor uploaded it within the hour."""
        raise NotImplementedError

    def comment(self, context: Context, entity: str, record_id: int, text: str) -> int:
        """Add a comment to a record in sight; returns the event's id. Raises NotThere, BadInput when empty."""
        raise NotImplementedError
