"""Spreadsheets come in: upload, which column is what, a preview, questions, the run, and what came of it.

A run is driven by a job; its page only looks, and may be closed. Where no worker has come to it, the page offers to
drive it itself: `advance` takes a few steps in the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from dsl.outlets import Import
from engine.errors import BadInput, FileRefused
from engine.intake.imports import Progress
from engine.intake.ledger import Purpose
from engine.intake.mapping import field_of, meanings, required_heads
from engine.intake.report import Problem, Strange
from web.contexts import Pick
from web.made import made_for_roles
from web.pages.frame import page
from web.responses import XLSX
from web.session import current_context, current_engine, current_language
from web.uploads import on_disk
from web.words import say

blueprint = Blueprint("imports", __name__)
MOST_FILES = 20
_SHOWN = 12
"""Of problems on the preview; the file has them all."""
_MOST_STEPS = 4
"""Steps that one answer of `advance` may take: a page need not ask for each."""
_STILL = timedelta(seconds=15)
"""A run that has not moved for so long is driven by nobody, or waits for another."""


@dataclass(frozen=True, slots=True)
class Count:
    """A fate and how many rows have it. tone: of its number."""

    key: str
    label: str
    count: int
    tone: str = ""


def _labels() -> dict[str, tuple[str, str]]:
    return {
        "created": (say("新建"), "ok"),
        "changed": (say("补充或更新"), "ok"),
        "merged": (say("与别的行是同一个"), ""),
        "same": (say("已有且相同"), ""),
        "skipped": (say("已有，跳过"), ""),
        "asked": (say("待您确认"), "warn"),
        "refused": (say("不能导入"), "bad"),
    }


def import_href(entity: str) -> str:
    """Where the actor imports records of an entity; "" if he may not."""
    return made_for_roles(("import", entity), lambda: _import_href(entity))


def _import_href(entity: str) -> str:
    offered = current_engine().imports.offered(current_context(), entity)
    if len(offered) == 1:
        return url_for("imports.new", key=offered[0].key)
    return url_for("imports.index") if offered else ""


# --- upload ----------------------------------------------------------------------------------------------------------


@blueprint.get("/imports")
def index() -> WsgiResponse:
    """What may be imported, and what was."""
    context, imports = current_context(), current_engine().imports
    offered, runs = imports.offered(context), imports.runs(context)
    return page("imports.html", offered=offered, runs=runs, labels=current_engine().app.imports, states=_states())


@blueprint.get("/imports/new/<key>")
def new(key: str) -> WsgiResponse:
    return _new_page(key, "import")


@blueprint.get("/imports/compare/<key>")
def new_comparison(key: str) -> WsgiResponse:
    return _new_page(key, "compare")


def _new_page(key: str, purpose: Purpose, complaint: str = "") -> WsgiResponse:
    wanted = current_engine().imports.wanted(current_context(), key)
    status = 422 if complaint else 200
    return page("import_new.html", status, wanted=wanted, complaint=complaint, compares=purpose == "compare")


@blueprint.post("/imports/new/<key>")
def upload(key: str) -> WsgiResponse:
    """Reads the files at once; what cannot be read is said on the same page."""
    return _upload(key, "import")


@blueprint.post("/imports/compare/<key>")
def compare(key: str) -> WsgiResponse:
    """As an upload; the run then compares and writes nothing."""
    return _upload(key, "compare")


def _upload(key: str, purpose: Purpose) -> WsgiResponse:
    context, imports = current_context(), current_engine().imports
    imports.wanted(context, key)
    sent = [each for each in request.files.getlist("files") if each.filename][:MOST_FILES]
    if not sent:
        return _new_page(key, purpose, say("请先选择文件"))
    try:
        with on_disk(sent) as files:
            run_id = imports.upload(context, key, files, purpose=purpose)
    except (FileRefused, BadInput) as error:
        return _new_page(key, purpose, _spoken(error))
    return redirect(url_for("imports.show", run_id=run_id), 303)


def _spoken(error: FileRefused | BadInput) -> str:
    if isinstance(error, BadInput):
        return "; ".join(finding.said for finding in error.findings)
    chinese, _, english = str(error).partition(" | ")
    return english if english and current_language() != "zh" else chinese


# --- one run ---------------------------------------------------------------------------------------------------------


@blueprint.get("/imports/<int:run_id>")
def show(run_id: int) -> WsgiResponse:
    """Whatever the run is at: its mapping, its progress, its preview, its report."""
    progress = current_engine().imports.progress(current_context(), run_id)
    if progress.run.is_comparison and progress.run.state == "done":
        return redirect(url_for("comparisons.show", run_id=run_id))
    return _mapping_page(progress) if progress.run.state == "mapping" else _run_page(progress)


@blueprint.get("/imports/<int:run_id>/mapping")
def mapping(run_id: int) -> WsgiResponse:
    """The mapping once more, while nothing is written yet."""
    return _mapping_page(current_engine().imports.progress(current_context(), run_id))


@blueprint.post("/imports/<int:run_id>/mapping")
def settle(run_id: int) -> WsgiResponse:
    """`map.SHEET.COLUMN` = head of the import's column; `fixed.SHEET.HEAD` = text; `word.HEAD.WORD` = what it means."""
    context, imports = current_context(), current_engine().imports
    progress = imports.progress(context, run_id)
    chosen: dict[int, dict[int, str]] = {sheet.id: {} for sheet in progress.sheets}
    fixed: dict[int, dict[str, str]] = {sheet.id: {} for sheet in progress.sheets}
    for name, value in request.form.items():
        kind, _, rest = name.partition(".")
        sheet, _, what = rest.partition(".")
        if kind == "map" and sheet.isdecimal() and what.isdecimal() and int(sheet) in chosen and value:
            chosen[int(sheet)][int(what)] = value
        elif kind == "fixed" and sheet.isdecimal() and int(sheet) in fixed and value.strip():
            fixed[int(sheet)][what] = value.strip()
    try:
        imports.map(context, run_id, chosen, fixed, found=request.form.get("found", ""))
    except BadInput as error:
        return _mapping_page(progress, _spoken(error), 422)
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.post("/imports/<int:run_id>/words")
def words(run_id: int) -> WsgiResponse:
    """`head`, `word` and `meant`, as often as there are words: what they mean in this run."""
    context, imports = current_context(), current_engine().imports
    run = imports.progress(context, run_id).run
    settled = {head: dict(known) for head, known in run.words.items()}
    rows = zip(request.form.getlist("head"), request.form.getlist("word"), request.form.getlist("meant"), strict=False)
    for head, word, meant in rows:
        if meant:
            settled.setdefault(head, {})[word] = meant
    imports.map(context, run_id, {}, {}, settled)
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.get("/imports/<int:run_id>/progress")
def watch(run_id: int) -> WsgiResponse:
    """How far it is; the page is shown anew as soon as there is something to decide or to read."""
    progress = current_engine().imports.progress(current_context(), run_id)
    if not progress.run.is_working:
        response = make_response("")
        response.headers["HX-Redirect"] = url_for("imports.show", run_id=run_id)
        return response
    return page("parts/import_progress.html", progress=progress, doing=_doing(progress), stands=_stands(progress))


def _stands(progress: Progress) -> bool:
    return current_context().at - progress.run.changed_at >= _STILL


@blueprint.post("/imports/<int:run_id>/advance")
def advance(run_id: int) -> WsgiResponse:
    """A few steps further, in this request."""
    context, imports = current_context(), current_engine().imports
    for _ in range(_MOST_STEPS):
        if not imports.step(context, run_id).is_working:
            break
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.post("/imports/<int:run_id>/start")
def start(run_id: int) -> WsgiResponse:
    current_engine().imports.start(current_context(), run_id)
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.post("/imports/<int:run_id>/cancel")
def cancel(run_id: int) -> WsgiResponse:
    current_engine().imports.cancel(current_context(), run_id)
    return redirect(url_for("imports.show", run_id=run_id), 303)


@blueprint.get("/imports/<int:run_id>/refused.xlsx")
def refused(run_id: int) -> Response:
    """The refused rows, to be corrected and loaded again."""
    content = current_engine().imports.refused_file(current_context(), run_id)
    response = Response(content, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="refused-{run_id}.xlsx"'
    return response


# --- questions -------------------------------------------------------------------------------------------------------


@blueprint.get("/imports/<int:run_id>/review")
def review(run_id: int) -> WsgiResponse:
    """Rows that may be one thing, and rows that say otherwise than their record, field by field."""
    context, imports = current_context(), current_engine().imports
    progress = imports.progress(context, run_id)
    asked, contested = imports.review(context, run_id)
    ids = [*(each.record_id for each in asked), *(each.record_id for each in contested)]
    titles = current_engine().titles(context, [(progress.run.entity, one) for one in ids if one is not None])
    wanted = current_engine().app.imports[progress.run.key]
    return page("import_review.html", progress=progress, asked=asked, contested=contested, titles=titles, wanted=wanted)


@blueprint.post("/imports/<int:run_id>/review")
def decide(run_id: int) -> WsgiResponse:
    """`answer.QUESTION` = same or other; `choice.ROW.FIELD` = the row whose value stands, 0 for the record's."""
    answers: dict[int, str] = {}
    choices: dict[int, dict[str, int]] = {}
    for name, value in request.form.items():
        kind, _, rest = name.partition(".")
        number, _, path = rest.partition(".")
        if kind == "answer" and number.isdecimal():
            answers[int(number)] = value
        elif kind == "choice" and number.isdecimal() and value.isdecimal():
            choices.setdefault(int(number), {})[path] = int(value)
    current_engine().imports.decide(current_context(), run_id, answers, choices)
    return redirect(url_for("imports.show", run_id=run_id), 303)


# --- pages -----------------------------------------------------------------------------------------------------------


def _mapping_page(progress: Progress, complaint: str = "", status: int = 200) -> WsgiResponse:
    engine, language = current_engine(), current_language()
    wanted = engine.app.imports[progress.run.key]
    picks = tuple(Pick(head, head) for head in wanted.columns)
    required = [] if progress.run.is_comparison else required_heads(engine.app, wanted)
    missing = {
        sheet.id: [head for head in required if head not in {*sheet.mapping.values(), *sheet.fixed}]
        for sheet in progress.sheets
    }
    fixable = tuple(
        column.head for column in wanted.columns.values() if not column.rows and _is_short(wanted, column.head)
    )
    return page(
        "import_mapping.html",
        status,
        progress=progress,
        wanted=wanted,
        label=wanted.label.say(language),
        picks=picks,
        missing=missing,
        fixable=fixable,
        because=_because(),
        policies=_policies(),
        complaint=complaint,
    )


def _is_short(wanted: Import, head: str) -> bool:
    """Whether one value may well stand for a whole file: whose it is, where it comes from."""
    kind = field_of(current_engine().app, wanted, wanted.columns[head]).kind
    return kind in ("person", "ref", "choice", "tags", "date")


def _run_page(progress: Progress) -> WsgiResponse:
    context, imports = current_context(), current_engine().imports
    wanted = current_engine().app.imports[progress.run.key]
    is_over = progress.run.state in ("done", "cancelled")
    told = progress.fates if is_over else progress.foreseen
    problems, strange = imports.problems(context, progress.run.id) if not progress.run.is_working else ([], [])
    return page(
        "import_run.html",
        progress=progress,
        wanted=wanted,
        label=wanted.label.say(current_language()),
        counts=[Count(key, label, told[key], tone) for key, (label, tone) in _labels().items() if told.get(key)],
        problems=problems[:_SHOWN],
        more_problems=_sum(problems[_SHOWN:]),
        strange=[(each, _meanings(wanted, each)) for each in strange[:_SHOWN]],
        doing=_doing(progress),
        stands=_stands(progress),
        passed_over=sum(sheet.passed_over for sheet in progress.sheets),
        waits=progress.open_questions or told.get("asked", 0),
        is_over=is_over,
        title=_states()[progress.run.state],
    )


def _sum(problems: Sequence[Problem]) -> int:
    return sum(problem.count for problem in problems)


def _meanings(wanted: Import, strange: Strange) -> tuple[Pick, ...]:
    """What the word may mean."""
    found = meanings(current_engine().app, wanted, strange.head, current_language())
    return tuple(Pick(key, label) for key, label in found)


def _states() -> dict[str, str]:
    return {
        "mapping": say("核对列"),
        "cleaning": say("正在清洗"),
        "matching": say("正在查重"),
        "judging": say("正在预演"),
        "ready": say("预览"),
        "running": say("正在导入"),
        "comparing": say("正在对账"),
        "done": say("导入完成"),
        "cancelled": say("已取消"),
    }


def _doing(progress: Progress) -> str:
    return _states()[progress.run.state]


def _because() -> dict[str, str]:
    return {
        "head": say("表头相同"),
        "near": say("表头相近"),
        "values": say("看内容像"),
        "file": say("文件名"),
        "": "",
    }


def _policies() -> tuple[tuple[str, str, str], ...]:
    """(key, name, what it does) of the ways to treat what is there already."""
    return (
        ("fill", say("只补空白"), say("已有的值不动，只填空着的字段")),
        ("update", say("用文件覆盖"), say("文件里有的值覆盖已有的值")),
        ("skip", say("跳过"), say("已有的记录不动")),
        ("review", say("逐条确认"), say("值不一样时逐个字段由我选")),
    )
