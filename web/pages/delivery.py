"""For administrators: who outside hears of events, and the jobs that did not work out."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from engine.bundle.schedule import JOB as BACKUP
from engine.delivery.desk import DeliveryDesk, WebhookWish
from engine.delivery.job import JobNote
from engine.errors import BadInput
from web.pages.frame import page
from web.pages.timeline import when_text
from web.responses import in_reading_language
from web.session import current_context, current_engine
from web.words import say

blueprint = Blueprint("delivery", __name__)


def _desk() -> DeliveryDesk:
    """Raises NotAllowed for anybody but an administrator."""
    return DeliveryDesk(current_engine(), current_context())


@blueprint.get("/delivery")
def show() -> Response:
    return _page(_desk())


@blueprint.post("/delivery/webhooks")
def add() -> Response:
    """Shows the secret of the new webhook, or what is wrong with it at its field."""
    desk, form = _desk(), request.form
    events = tuple(each.strip() for each in form.get("events", "").replace("，", ",").split(",") if each.strip())
    wish = WebhookWish(form.get("name", ""), form.get("url", ""), form.get("acts_as", ""), events)
    try:
        hook, secret = desk.add(wish)
    except BadInput as error:
        return _page(desk, 422, faults={finding.field: finding.said for finding in error.findings})
    return _page(desk, fresh=(hook.name, secret))


@blueprint.post("/delivery/webhooks/<int:webhook_id>/secret")
def renew(webhook_id: int) -> Response:
    desk = _desk()
    hook, secret = desk.renew_secret(webhook_id)
    return _page(desk, fresh=(hook.name, secret))


@blueprint.post("/delivery/webhooks/<int:webhook_id>/remove")
def remove(webhook_id: int) -> WsgiResponse:
    _desk().remove(webhook_id)
    return redirect(url_for("delivery.show", said="deleted"), 303)


@blueprint.post("/delivery/jobs")
def decide() -> WsgiResponse:
    """`replay` or `cancel` names the job."""
    desk = _desk()
    if "replay" in request.form:
        desk.replay(request.form["replay"])
    else:
        desk.cancel(request.form.get("cancel", ""))
    return redirect(url_for("delivery.show", said="saved"), 303)


def _page(
    desk: DeliveryDesk, status: int = 200, *, fresh: tuple[str, str] | None = None, faults: dict[str, str] | None = None
) -> Response:
    """fresh: the name and secret of a webhook, shown this once."""
    logins = desk.acting_logins()
    fields = (
        ("name", say("名称"), "ERP", ""),
        ("url", say("地址"), "https://erp.example.com/hook", ""),
        ("acts_as", say("以谁的权限"), "admin", say("对方只收到此账号看得到的内容")),
        ("events", say("事件"), "opportunity.moved, order.*", say("用逗号分隔；* 表示全部")),
    )
    return page(
        "delivery.html",
        status,
        hooks=[(hook, logins.get(hook.id, "")) for hook in desk.webhooks()],
        dead=[_row(job) for job in desk.jobs("dead")],
        waiting=[_row(job) for job in desk.jobs("waiting") if job.name != BACKUP],  # tonight's backup waits all day
        fields=fields,
        fresh=fresh,
        faults=faults or {},
    )


def _row(job: JobNote) -> dict[str, str | int]:
    at = job.due_at or job.ended_at or job.put_at
    return {
        "id": job.id,
        "name": job.name,
        "said": in_reading_language(job.said),
        "attempt": job.attempt,
        "at": when_text(at),
    }
