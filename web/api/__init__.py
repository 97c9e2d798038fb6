"""The API: REST and OpenAPI from the App. Every write goes through engine.execute, as the pages' writes do."""

from __future__ import annotations

from flask import Response

from web.api import people as people  # hangs its endpoints on the blueprint
from web.api.blueprint import api
from web.api.body import Unreadable
from web.responses import problem

API_BLUEPRINTS = (api,)
API_PUBLIC = frozenset({"api.tokens"})


@api.errorhandler(Unreadable)
def refuse_unreadable(error: Unreadable) -> Response:
    return problem(error.status, findings=error.findings)
