"""For administrators: backups made now or every night, whether they proved sound, taken out, removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as WsgiResponse

from engine.bundle.audit import Line
from engine.bundle.desk import BackupDesk, Note
from engine.bundle.marks import Mark
from engine.errors import BadInput
from web.contexts import Badge
from web.pages.frame import is_fragment, page
from web.pages.showing import size_text
from web.pages.timeline import when_text
from web.responses import in_reading_language
from web.session import current_context, current_engine
from web.words import say

blueprint = Blueprint("backups", __name__)
USUAL_TIME, USUAL_KEPT = "02:30", "14"


@dataclass(frozen=True, slots=True)
class Row:
    """A backup in the list. badge: whether it is sound. note: what went wrong, or "". is_there: it has a file."""

    name: str
    at: str
    size: str
    rows: str
    who: str
    badge: Badge
    note: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Going:
    """A backup that is being made. total: 0 while nobody can say."""

    doing: str
    done: int
    total: int


def _desk() -> BackupDesk:
    """Raises NotAllowed for anybody but an administrator."""
    return BackupDesk(current_engine(), current_context())


@blueprint.get("/backups")
def show() -> Response:
    return _page(_desk())


@blueprint.get("/backups/list")
def watch() -> Response:
    """The list alone: it asks for itself again while a backup is being made."""
    return page("parts/backup_list.html", **_list(_desk()))


@blueprint.post("/backups")
def make() -> WsgiResponse:
    _desk().make()
    return redirect(url_for("backups.show"), 303)


@blueprint.get("/backups/<name>")
def take_out(name: str) -> Response:
    response = send_file(_desk().open(name), mimetype="application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/backups/<name>/remove")
def remove(name: str) -> WsgiResponse:
    _desk().remove(name)
    return _back("deleted")


@blueprint.post("/backups/schedule")
def change_schedule() -> WsgiResponse:
    """Wrong entries come back at their fields."""
    desk, form = _desk(), request.form
    try:
        desk.change_schedule(form.get("at", "") if "is_on" in form else "", form.get("keeps", ""))
    except BadInput as error:
        return _page(desk, 422, faults={finding.field: finding.said for finding in error.findings})
    return _back("settings")


def _back(said: str) -> WsgiResponse:
    where = url_for("backups.show", said=said)
    if is_fragment():
        return Response("", headers={"HX-Redirect": where})
    return redirect(where, 303)


def _page(desk: BackupDesk, status: int = 200, *, faults: dict[str, str] | None = None) -> Response:
    schedule, next_at, form = desk.schedule(), desk.next_at(), request.form if faults else {}
    at = f"{schedule.at:%H:%M}" if schedule else USUAL_TIME
    return page(
        "backups.html",
        status,
        **_list(desk),
        is_on=bool(faults) or schedule is not None,
        at=form.get("at", at),
        keeps=form.get("keeps", str(schedule.keeps) if schedule else USUAL_KEPT),
        next_at=when_text(next_at) if next_at else "",
        faults=faults or {},
        lines=[_line(line) for line in desk.lines()],
        place=current_engine().backups_dir,
        data=current_engine().data_dir,
        is_shared=current_engine().database.dialect == "postgresql",
    )


def _list(desk: BackupDesk) -> dict[str, Any]:
    notes = desk.backups()
    busy = next((note.mark for note in notes if note.mark is not None and note.mark.is_at_work), None)
    going = _going(busy) if busy else Going(say("排队中，马上开始"), 0, 0) if desk.is_making() else None
    rows = [_row(note) for note in notes if note.mark is None or not note.mark.is_at_work]
    return {"rows": rows, "going": going}


def _going(mark: Mark) -> Going:
    doing = {
        "writing": say("第 1 步，共 3 步：写出全部资料"),
        "restoring": say("第 2 步，共 3 步：恢复到临时的库里"),
        "checking": say("第 3 步，共 3 步：逐项核对恢复出来的资料"),
    }
    return Going(doing[mark.state], mark.done, mark.total)


def _row(note: Note) -> Row:
    mark = note.mark
    return Row(
        name=note.name,
        at=when_text(note.at),
        size=size_text(note.size) if note.size else "",
        rows=f"{mark.rows:,}" if mark and mark.rows else "",
        who=_who(mark),
        badge=_badge(mark),
        note=in_reading_language(mark.said) if mark else "",
        is_there=note.size > 0,
    )


def _who(mark: Mark | None) -> str:
    if mark is None:
        return ""
    known = {"rule": say("定时"), "command": say("命令行")}
    return known.get(mark.channel, mark.by)


def _badge(mark: Mark | None) -> Badge:
    if mark is None or mark.state == "unproved":
        return Badge(say("未核对"), "warn")
    if mark.state == "sound":
        return Badge(say("已恢复并核对"), "ok")
    if mark.state == "faulty":
        return Badge(say("核对出 {n} 处问题", n=mark.faults), "bad")
    return Badge(say("没有做成"), "bad")


def _line(line: Line) -> tuple[str, str, str]:
    """(when, who, what)."""
    did = {
        "made": say("做了备份"),
        "failed": say("备份没有做成或有问题"),
        "downloaded": say("下载了"),
        "removed": say("删除了"),
        "scheduled": say("定时改为") if line.name else say("关闭了定时备份"),
    }
    return when_text(line.at), line.who or say("定时"), f"{did[line.did]} {line.name}".strip()
