"""The one blueprint under /api/v1; the modules beside it hang their endpoints on it."""

from __future__ import annotations

from flask import Blueprint

api = Blueprint("api", __name__, url_prefix="/api/v1")
