"""One line of JSON per request: enough to follow it, nothing a person typed."""

from __future__ import annotations

import json
import logging
import os
import sys
import time

from flask import Response, g, request

from web.session import current_actor, request_id

log = logging.getLogger("sluice.request")


def set_up_logging() -> None:
    """To standard error, from the level that SLUICE_LOG names."""
    level = os.environ.get("SLUICE_LOG", "INFO").upper()
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(message)s")


def start() -> None:
    g.started = time.perf_counter()


def write_line(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    if not log.isEnabledFor(logging.INFO):
        return response
    actor = current_actor()
    line = {
        "id": request_id(),
        "method": request.method,
        "endpoint": request.endpoint,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        "user": actor.id if actor else None,
        "address": request.remote_addr,
    }
    log.info("%s", json.dumps(line, ensure_ascii=False))
    return response
