"""The part of the Engine that knows people: who signs in, in which session or with which token, in which language."""

from __future__ import annotations

from contextlib import suppress

from dsl.app import App
from engine.answers import Person, Session
from engine.clock import Clock
from engine.context import Actor, Channel, Context
from engine.errors import BadInput, StoreBusy, StoreFull
from engine.installed import Installed
from engine.people import passwords, sign_in, users
from engine.people.tokens import TokenNote, Tokens, find_token
from engine.store.database import Database
from engine.verdict import Finding


class Reception:
    """An installed app and the people who come to it. Safe to share between threads."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed

    @property
    def app(self) -> App:
        return self.installed.app

    @property
    def revision(self) -> int:
        return self.installed.revision

    @property
    def database(self) -> Database:
        return self.installed.database

    @property
    def clock(self) -> Clock:
        return self.installed.clock

    def authenticate(self, login: str, password: str) -> Actor | None:
        """The person, if the password is right and the account is neither closed nor resting after wrong tries."""
        user_id = sign_in.authenticate(self.database, login, password, self.clock.now())
        return self.actor(user_id) if user_id is not None else None

    def actor(self, user_id: int) -> Actor | None:
        """The person as of now (role, unit, manager); None if unknown or closed."""
        with self.database.read() as conn:
            return users.find_actor(conn, self.app, user_id, self.clock.now())

    def context(self, actor: Actor, channel: Channel, request_id: str = "") -> Context:
        return Context(actor, self.clock.now(), self.revision, channel, request_id)

    def open_session(self, user_id: int, agent: str) -> str:
        """A new session's secret token; only its hash is kept."""
        with self.database.write() as conn:
            return sign_in.open_session(conn, user_id, agent, self.clock.now())

    def session_actor(self, token: str) -> Actor | None:
        """Who holds this session; None when it is unknown, closed, idle for 8 hours or 7 days old."""
        now = self.clock.now()
        with self.database.read() as conn:
            found = sign_in.session_user(conn, token, now)
            actor = self.installed.actors.find(conn, found[0], found[2], now) if found else None
        if found is not None and found[1]:
            with suppress(StoreBusy, StoreFull), self.database.write() as conn:  # reading goes on without the note
                sign_in.note_session_used(conn, token, now)
        return actor

    def close_session(self, token: str) -> None:
        with self.database.write() as conn:
            sign_in.close_session(conn, token)

    def sessions(self, actor: Actor) -> tuple[Session, ...]:
        """The person's open sessions, latest first."""
        with self.database.read() as conn:
            return sign_in.sessions_of(conn, actor.id, self.clock.now())

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.database, self.installed.files.data_dir)

    def issue_token(self, login: str, password: str, name: str) -> str | None:
        """A bearer token for the API, or None when the sign-in fails."""
        user_id = sign_in.authenticate(self.database, login, password, self.clock.now())
        return self.tokens.issue(user_id, name, self.clock.now()).token if user_id is not None else None

    def token_holder(self, token: str) -> tuple[TokenNote, Actor] | None:
        """The token and who holds it; None when it is unknown, ended or revoked. Notes that it was used."""
        now = self.clock.now()
        with self.database.read() as conn:
            found = find_token(conn, token, now)
            actor = self.installed.actors.find(conn, found[0].user_id, found[1], now) if found is not None else None
        if found is None or actor is None:
            return None
        note = found[0]
        if note.wants_noting(now):
            with suppress(StoreBusy, StoreFull):  # reading goes on without the note
                self.tokens.note_used(note, now)
        return note, actor

    def token_actor(self, token: str) -> Actor | None:
        found = self.token_holder(token)
        return found[1] if found is not None else None

    def set_language(self, actor: Actor, language: str) -> None:
        """Raises BadInput for a language that the app does not speak."""
        if language not in self.app.languages:
            raise BadInput((Finding("person.language", "unmet", ", ".join(self.app.languages)),))
        with self.database.write() as conn:
            users.set_language(conn, actor.id, language)

    def set_password(self, user_id: int, password: str) -> None:
        """Raises BadInput for a password that is too short or well known; ends the person's sessions and tokens."""
        actor = self.actor(user_id)
        said = passwords.complaint(password, actor.login if actor else "", actor.language if actor else "en")
        if said is not None:
            raise BadInput((Finding("person.password", "unmet", said, field="password"),))
        kept = passwords.hash_password(password)
        with self.database.write() as conn:
            users.set_password(conn, user_id, kept)

    def people(self, context: Context) -> list[Person]:  # noqa: ARG002 — whoever is signed in may see who works here
        """Active people, by name."""
        with self.database.read() as conn:
            return users.active_people(conn)
