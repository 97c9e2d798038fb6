"""Logs as lines of JSON: what was asked and how long it took, nothing a person typed and nobody's address."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback

from flask import Response, g, has_request_context, request

from web.session import current_actor, current_metrics, request_id

log = logging.getLogger("sluice.request")


class JsonLines(logging.Formatter):
    """{at, level, logger, message | the members of a request, request, error}. An error tells its kind and where it
    arose, not its words: those may hold what somebody typed."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if isinstance(record.msg, dict):
            line |= record.msg
        else:
            line["message"] = record.getMessage()
        if has_request_context() and "id" not in line:
            line["request"] = request_id()
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)


def set_up_logging() -> None:
    """To standard error, from the level that SLUICE_LOG names."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    logging.basicConfig(level=os.environ.get("SLUICE_LOG", "INFO").upper(), handlers=[lines], force=True)


def start() -> None:
    g.started = time.perf_counter()


def write_line(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.url_rule.rule if request.url_rule is not None else "none"
    current_metrics().record(request.method, route, response.status_code, seconds)
    if not log.isEnabledFor(logging.INFO):
        return response
    actor = current_actor()
    line = {
        "id": request_id(),
        "method": request.method,
        "endpoint": request.endpoint,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "user": actor.id if actor else None,
    }
    log.info(line)
    return response
