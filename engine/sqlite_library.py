"""One SQLite library in the process, chosen before anything else imports one.

The bundled library of `pysqlite3` (3.51.3 or newer: older ones can corrupt a WAL when it is reset) takes the place of
`sqlite3`. Two SQLite libraries on one file in one process would break each other's file locks. The package
`engine` imports this module first, so every program that uses the engine has the right one.
"""

from __future__ import annotations

import sys

import pysqlite3
import pysqlite3.dbapi2

LEAST_VERSION = (3, 51, 3)

sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

if pysqlite3.sqlite_version_info < LEAST_VERSION:
    found, least = pysqlite3.sqlite_version, ".".join(str(part) for part in LEAST_VERSION)
    raise ImportError(f"SQLite {found} is too old: {least} or newer is needed (it comes with pysqlite3 0.6.1)")
