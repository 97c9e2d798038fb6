"""An engine to look with: over data that another process may be serving, and that it never writes to."""

from __future__ import annotations

from pathlib import Path

from dsl.app import App
from dsl.load import load_app
from dsl.render import as_text
from engine.clock import Clock, SystemClock
from engine.errors import NotReady
from engine.installed import assemble
from engine.runtime import Engine
from engine.store import revisions
from engine.store.database import Database
from engine.store.files import FileStore
from engine.store.revisions import Revision


def observe(app_path: Path, database_url: str, data_dir: Path, clock: Clock | None = None) -> Engine:
    """The engine over the revision in force; nothing is applied.

    Raises NotReady where the app has errors, where there is no data, or where the data is at another revision of it.
    """
    checked = load_app(app_path)
    if checked.value is None or not checked.is_ok:
        sources = {app_path.name: app_path.read_text(encoding="utf-8", errors="replace")} if app_path.exists() else {}
        raise NotReady(as_text(checked.problems, sources, "en"))
    database = Database.open(database_url, data_dir=data_dir, looks_on=True)
    try:
        with database.read() as conn:
            current = revisions.latest(conn) if conn.has_table("app_revision") else None
        revision = _same(current, checked.value, app_path)
        installed = assemble(checked.value, revision, database, FileStore(data_dir), clock or SystemClock())
    except BaseException:
        database.close()
        raise
    return Engine(installed, app_path)


def _same(current: Revision | None, app: App, app_path: Path) -> int:
    """The number of the revision in force, which must be that of the app."""
    if current is None or current.digest != app.digest:
        raise NotReady(
            f"数据与 {app_path.name} 不是同一版本,请先运行 sluice apply | "
            f"The data is not at this revision of {app_path.name}: run sluice apply first"
        )
    return current.id
