"""The API: REST and OpenAPI from the App. Every write goes through engine.execute, as the pages' writes do."""

from __future__ import annotations

from flask import Response

from web.api import delivery, files, imports, people, reads, schema, writes  # noqa: F401  each hangs its endpoints on the blueprint
from web.api.blueprint import api
from web.api.body import Unreadable
from web.api.openapi import openapi_blueprint
from web.responses import problem

API_BLUEPRINTS = (api, openapi_blueprint)
API_PUBLIC = frozenset({"api.tokens", "openapi.document"})


@api.errorhandler(Unreadable)
def refuse_unreadable(error: Unreadable) -> Response:
    return problem(error.status, findings=error.findings)
