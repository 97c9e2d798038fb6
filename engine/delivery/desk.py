"""What an administrator does about what leaves the house: webhooks, and the jobs that did not work out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.context import Context
from engine.delivery import outgoing, webhooks
from engine.delivery.job import JobNote, State
from engine.delivery.webhooks import Webhook
from engine.errors import BadInput, NotAllowed, NotThere
from engine.flow.sentences import say
from engine.people import users
from engine.people.signing import secret_for
from engine.store.system_tables import webhook
from engine.verdict import Finding

if TYPE_CHECKING:
    from engine.runtime import Engine

MOST_WEBHOOKS = 50
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """A webhook as it is wanted. acts_as: a login. events: `customer.created`, `order.*`, `*`."""

    name: str
    url: str
    acts_as: str
    events: tuple[str, ...]
    is_active: bool = True


class DeliveryDesk:
    """For one administrator. Raises NotAllowed for anybody else."""

    def __init__(self, engine: Engine, context: Context) -> None:
        if not context.actor.is_admin:
            raise NotAllowed(say(context.actor.language, "delivery.admin"))
        self._engine, self._context = engine, context

    # --- webhooks ----------------------------------------------------------------------------------------------------

    def webhooks(self) -> list[Webhook]:
        with self._engine.database.read() as conn:
            return webhooks.find_all(conn)

    def acting_logins(self) -> Mapping[int, str]:
        """Webhook id → the login it acts as."""
        with self._engine.database.read() as conn:
            hooks = webhooks.find_all(conn)
            people = users.people(conn, {hook.user_id for hook in hooks})
        return {hook.id: people[hook.user_id].login for hook in hooks if hook.user_id in people}

    def login_of(self, hook: Webhook) -> str:
        """The login it acts as; "" when that account is closed."""
        return self.acting_logins().get(hook.id, "")

    def get(self, webhook_id: int) -> Webhook:
        """Raises NotThere."""
        with self._engine.database.read() as conn:
            found = webhooks.find(conn, webhook_id)
        if found is None:
            raise NotThere(say(self._context.actor.language, "delivery.webhook"))
        return found

    def add(self, wish: WebhookWish) -> tuple[Webhook, str]:
        """The webhook and its secret, which can be looked at again (`secret_of`) or renewed. Raises BadInput."""
        user_id = self._checked(wish)
        if len(self.webhooks()) >= MOST_WEBHOOKS:
            raise BadInput((self._fault("name", "delivery.many", most=MOST_WEBHOOKS),))
        self._engine.jobs.prepare()
        with self._engine.database.write() as conn:
            made = conn.value(
                sa.insert(webhook)
                .values(**self._columns(wish, user_id), created_at=self._context.at)
                .returning(webhook.c.id)
            )
        self._engine.installed.announcer.forget()
        found = self.get(int(made))
        return found, self.secret_of(found)

    def change(self, webhook_id: int, wish: WebhookWish) -> Webhook:
        """Raises NotThere, BadInput."""
        self.get(webhook_id)
        user_id = self._checked(wish)
        self._engine.jobs.prepare()
        return self._write(webhook_id, self._columns(wish, user_id))

    def renew_secret(self, webhook_id: int) -> tuple[Webhook, str]:
        """Another secret from now on; what was signed with the old one is not delivered again."""
        found = self._write(webhook_id, {"secret_version": self.get(webhook_id).secret_version + 1})
        return found, self.secret_of(found)

    def remove(self, webhook_id: int) -> None:
        self.get(webhook_id)
        with self._engine.database.write() as conn:
            conn.execute(sa.delete(webhook).where(webhook.c.id == webhook_id))
        self._engine.installed.announcer.forget()

    def secret_of(self, hook: Webhook) -> str:
        return secret_for(self._engine.data_dir, hook.purpose)

    def _write(self, webhook_id: int, values: Mapping[str, object]) -> Webhook:
        with self._engine.database.write() as conn:
            conn.execute(sa.update(webhook).where(webhook.c.id == webhook_id).values(**values))
        self._engine.installed.announcer.forget()
        return self.get(webhook_id)

    def _columns(self, wish: WebhookWish, user_id: int) -> dict[str, object]:
        return {
            "name": wish.name,
            "url": wish.url,
            "user_id": user_id,
            "events": list(wish.events),
            "is_active": wish.is_active,
        }

    def _checked(self, wish: WebhookWish) -> int:
        """The id of the user that it acts as. Raises BadInput with everything that is wrong."""
        faults: list[Finding] = []
        if not 1 <= len(wish.name.strip()) <= LONGEST_NAME:
            faults.append(self._fault("name", "delivery.name", most=LONGEST_NAME))
        try:
            outgoing.read_url(wish.url)
        except outgoing.OutgoingRefused:
            faults.append(self._fault("url", "delivery.url"))
        unknown = [each for each in wish.events if not self._is_event(each)]
        if unknown or not wish.events:
            faults.append(self._fault("events", "delivery.events", event=unknown[0] if unknown else ""))
        with self._engine.database.read() as conn:
            user_id = users.find_id(conn, wish.acts_as)
            if user_id is None or not users.is_active(conn, user_id):
                faults.append(self._fault("acts_as", "delivery.user", login=wish.acts_as))
        if faults or user_id is None:
            raise BadInput(tuple(faults))
        return user_id

    def _is_event(self, text: str) -> bool:
        entity, _, kind = text.partition(".")
        return text == "*" or (entity in self._engine.app.entities and kind in (*webhooks.KINDS, "*"))

    def _fault(self, field: str, sentence: str, **values: object) -> Finding:
        return Finding(f"webhook.{field}", "unmet", say(self._context.actor.language, sentence, **values), field=field)

    # --- jobs --------------------------------------------------------------------------------------------------------

    def jobs(self, *states: State) -> list[JobNote]:
        """Latest first; none where this database never had a job."""
        return self._engine.jobs.list(*states)

    def replay(self, job_id: str) -> None:
        """One more try. Raises NotThere unless it is dead or cancelled."""
        if not self._engine.jobs.replay(job_id):
            raise NotThere(say(self._context.actor.language, "delivery.job"))

    def cancel(self, job_id: str) -> None:
        """It is not run any more. Raises NotThere unless it waits or is dead."""
        if not self._engine.jobs.cancel(job_id):
            raise NotThere(say(self._context.actor.language, "delivery.job"))
