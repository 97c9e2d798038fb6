"""For administrators: webhooks, and the jobs that did not work out."""

from __future__ import annotations

from typing import get_args

from flask import Response, request

from engine.delivery.desk import DeliveryDesk, WebhookWish
from engine.delivery.job import JobNote, State
from engine.delivery.webhooks import Webhook
from web.api.blueprint import api
from web.api.body import json_object, refuse_others, unreadable
from web.api.people import instant
from web.api.sentences import say
from web.responses import in_reading_language, json_answer, no_content
from web.session import current_context, current_engine, current_language

STATES: tuple[State, ...] = get_args(State)


def desk() -> DeliveryDesk:
    """Raises NotAllowed for anybody but an administrator."""
    return DeliveryDesk(current_engine(), current_context())


# --- webhooks --------------------------------------------------------------------------------------------------------


@api.get("/webhooks")
def list_webhooks() -> Response:
    found = desk()
    logins = found.acting_logins()
    return json_answer({"items": [_hook_json(hook, logins.get(hook.id, "")) for hook in found.webhooks()]})


@api.post("/webhooks")
def add_webhook() -> Response:
    """The answer holds the secret that deliveries are signed with."""
    found, body = desk(), json_object()
    hook, secret = found.add(_wish(body, WebhookWish("", "", "", ())))
    headers = {"Location": f"/api/v1/webhooks/{hook.id}"}
    return json_answer(_hook_json(hook, found.login_of(hook)) | {"secret": secret}, 201, headers)


@api.get("/webhooks/<int:webhook_id>")
def get_webhook(webhook_id: int) -> Response:
    found = desk()
    hook = found.get(webhook_id)
    return json_answer(_hook_json(hook, found.login_of(hook)))


@api.patch("/webhooks/<int:webhook_id>")
def change_webhook(webhook_id: int) -> Response:
    """Members that are not sent stay as they are."""
    found, body = desk(), json_object()
    hook = found.get(webhook_id)
    kept = WebhookWish(hook.name, hook.url, found.login_of(hook), hook.events, hook.is_active)
    changed = found.change(webhook_id, _wish(body, kept))
    return json_answer(_hook_json(changed, found.login_of(changed)))


@api.delete("/webhooks/<int:webhook_id>")
def remove_webhook(webhook_id: int) -> Response:
    desk().remove(webhook_id)
    return no_content()


@api.post("/webhooks/<int:webhook_id>/secret")
def renew_secret(webhook_id: int) -> Response:
    """Another secret from now on."""
    found = desk()
    hook, secret = found.renew_secret(webhook_id)
    return json_answer(_hook_json(hook, found.login_of(hook)) | {"secret": secret})


def _wish(body: dict[str, object], kept: WebhookWish) -> WebhookWish:
    texts = {key: body.pop(key) for key in ("name", "url", "acts_as") if key in body}
    for key, value in texts.items():
        if not isinstance(value, str) or "\0" in value:
            raise unreadable(f"request.body.{key}", say("text_wanted", current_language(), key=key), 422)
    events, is_active = body.pop("events", list(kept.events)), body.pop("is_active", kept.is_active)
    if not isinstance(events, list) or not all(isinstance(each, str) for each in events):
        raise unreadable("request.body.events", say("list_wanted", current_language(), key="events"), 422)
    if not isinstance(is_active, bool):
        raise unreadable("request.body.is_active", say("yes_no_wanted", current_language()), 422)
    refuse_others(body, frozenset())
    said = {"name": kept.name, "url": kept.url, "acts_as": kept.acts_as} | texts
    return WebhookWish(str(said["name"]), str(said["url"]), str(said["acts_as"]), tuple(events), is_active)


def _hook_json(hook: Webhook, acts_as: str) -> dict[str, object]:
    return {
        "id": hook.id,
        "name": hook.name,
        "url": hook.url,
        "acts_as": acts_as,
        "events": list(hook.events),
        "is_active": hook.is_active,
    }


# --- jobs ------------------------------------------------------------------------------------------------------------


@api.get("/jobs")
def list_jobs() -> Response:
    """Latest first; `?state=dead` are those that a person must look at."""
    wanted = request.args.get("state")
    if wanted is not None and wanted not in STATES:
        raise unreadable("request.query.state", say("state_wanted", current_language(), states=", ".join(STATES)))
    states = tuple(state for state in STATES if state == wanted)
    return json_answer({"items": [_job_json(job) for job in desk().jobs(*states)]})


@api.post("/jobs/replay")
def replay_job() -> Response:
    desk().replay(_job_id())
    return no_content()


@api.post("/jobs/cancel")
def cancel_job() -> Response:
    desk().cancel(_job_id())
    return no_content()


def _job_id() -> str:
    body = json_object()
    job_id = body.pop("id", None)
    if not isinstance(job_id, str) or not 1 <= len(job_id) <= 500 or "\0" in job_id:
        raise unreadable("request.body.id", say("word_wanted", current_language(), key="id"), 422)
    refuse_others(body, frozenset())
    return job_id


def _job_json(job: JobNote) -> dict[str, object]:
    return {
        "id": job.id,
        "name": job.name,
        "key": job.key,
        "state": job.state,
        "attempt": job.attempt,
        "put_at": instant(job.put_at),
        "ended_at": instant(job.ended_at),
        "due_at": instant(job.due_at),
        "said": in_reading_language(job.said),
    }
