"""Django set up in one process for one database: as safe on the disk as the others, and nothing it does not need."""

from __future__ import annotations

import sys
from urllib.parse import unquote, urlsplit

import engine.sqlite_library  # the same SQLite as ours  # noqa: F401 isort: skip

import django
from django.conf import settings

PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"


def configure(url: str) -> None:
    """Once, before anything of Django's models is imported."""
    settings.configure(
        DATABASES={"default": _sqlite(url) if url.startswith("sqlite") else _postgresql(url)},
        INSTALLED_APPS=["benchmarks.rest"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.security.SecurityMiddleware"],
        ROOT_URLCONF="benchmarks.rest.views",
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="of a measurement",  # noqa: S106 — it signs nothing
        APPEND_SLASH=False,
        USE_TZ=True,
        TIME_ZONE="UTC",
        USE_I18N=False,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": ["benchmarks.rest.tokens.ByToken"],
            "DEFAULT_PERMISSION_CLASSES": [],
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
            "UNAUTHENTICATED_USER": None,
        },
    )
    django.setup()


def _sqlite(url: str) -> dict[str, object]:
    options = {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": PRAGMAS}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite:///"), "OPTIONS": options,
            "CONN_MAX_AGE": None}  # fmt: skip


def _postgresql(url: str) -> dict[str, object]:
    """With psycopg's pool: the threads of the server are not Django's own."""
    parts = urlsplit(url)
    host = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair).get("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"prepare_threshold": 2},
    }


if "sqlite3" not in sys.modules:
    raise ImportError("the SQLite library stands in for the one of Python")
