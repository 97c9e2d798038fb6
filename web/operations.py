"""For whoever runs the machine: does it live, can it serve, what does it count."""

from __future__ import annotations

import hmac
import shutil
from ipaddress import ip_address

import sqlalchemy as sa
from flask import Blueprint, Response, request

from engine.errors import EngineError
from web.metrics import MEDIA_TYPE, engine_lines, text_of
from web.responses import json_answer, refusal
from web.session import bearer_token, current_engine, current_metrics, current_settings

operations = Blueprint("operations", __name__)
OPERATIONS_PUBLIC = frozenset({"operations.healthz", "operations.readyz", "operations.metrics"})

LEAST_FREE = 256 * 1024 * 1024
"""Bytes of disk below which no new work should be sent here."""


@operations.get("/healthz")
def healthz() -> Response:
    """The process answers. Restart it when this fails."""
    return json_answer({"status": "live"})


@operations.get("/readyz")
def readyz() -> Response:
    """Whether requests should be sent here: 200, or 503 with the check that failed. It says nothing of the data."""
    engine = current_engine()
    checks = {
        "database": _database_answers(),
        "disk": engine.database.has_room and shutil.disk_usage(engine.data_dir).free >= LEAST_FREE,
        "workers": not engine.jobs.is_wanted or engine.jobs.is_running,
    }
    is_ready = all(checks.values())
    told = {name: "ok" if is_well else "failed" for name, is_well in checks.items()}
    body = {"status": "ready" if is_ready else "not ready", "checks": told, "revision": engine.revision}
    return json_answer(body, 200 if is_ready else 503, {} if is_ready else {"Retry-After": "5"})


@operations.get("/metrics")
def metrics() -> Response:
    """Prometheus text: with the token that the operator set, or from this machine itself."""
    if not _may_watch():
        return refusal(404)
    return Response(
        text_of((current_metrics().lines(), engine_lines(current_engine()))), mimetype=None, content_type=MEDIA_TYPE
    )


def _database_answers() -> bool:
    try:
        with current_engine().database.read() as conn:
            return bool(conn.value(sa.select(sa.literal(1))) == 1)
    except EngineError:
        return False


def _may_watch() -> bool:
    wanted = current_settings().metrics_token
    if wanted:
        return hmac.compare_digest((bearer_token() or "").encode(), wanted.encode())
    if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-Ip")):
        return False  # somebody else's request, brought by a proxy on this machine
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
