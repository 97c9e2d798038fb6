"""Sending an event to a webhook: as the person whom it acts as may see it, signed, and again until it is taken."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta

from engine.delivery import outgoing
from engine.delivery.job import JobFailed, JobKind, Run
from engine.delivery.webhooks import JOB, Webhook, find
from engine.people.signing import secret_for, signature
from engine.reading.outward import told_event


def _deliver(run: Run) -> None:
    engine = run.engine
    with engine.database.read() as conn:
        hook = find(conn, int(run.payload["webhook"]))
    if hook is None or not hook.is_active:
        return
    actor = engine.actor(hook.user_id)
    if actor is None:
        raise JobFailed(_told(hook, "所用账号已停用 | the account it acts as is closed"), is_final=True)
    told = told_event(engine.installed, engine.context(actor, "api"), int(run.payload["event"]))
    if told is None:  # not this person's to see
        return
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    headers = signed_headers(secret_for(engine.data_dir, hook.purpose), run.key, body)
    try:
        status = outgoing.post(hook.url, body, headers, engine.allowed)
    except outgoing.OutgoingRefused as error:
        raise JobFailed(_told(hook, str(error)), is_final=True) from error
    except outgoing.OutgoingFailed as error:
        raise JobFailed(_told(hook, str(error))) from error
    if not 200 <= status < 300:
        raise JobFailed(_told(hook, f"对方回复 {status} | the receiver answered {status}"))


def _told(hook: Webhook, said: str) -> str:
    """The sentence in both languages, with the webhook's name in front."""
    chinese, _, english = said.partition(" | ")
    return f"推送 {hook.name}：{chinese} | webhook {hook.name}: {english}"


def signed_headers(secret: str, message_id: str, body: bytes) -> Mapping[str, str]:
    stamp = int(time.time())  # the receiver compares it with its own clock
    return {
        "Content-Type": "application/json",
        "User-Agent": "Sluice",
        "Idempotency-Key": message_id,
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(secret, message_id, stamp, body),
    }


KIND = JobKind(JOB, _deliver, tries=9, first_delay=timedelta(seconds=10))
