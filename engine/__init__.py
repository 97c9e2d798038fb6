"""The engine: database, time, people, automation. Knows no web framework."""

from engine import sqlite_library as _sqlite_library  # noqa: F401  before anything else imports sqlite3
