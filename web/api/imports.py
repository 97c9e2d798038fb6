"""Imports through the API: upload, mapping, preview, questions, run, report. Each run goes on by itself, as a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from flask import Response, request, url_for

from dsl.outlets import Import
from engine.intake.comparison import PARTS, ComparedRow, Part
from engine.intake.imports import Imports, Progress
from engine.intake.ledger import Fate, Purpose, RowOfRun, Run
from engine.intake.mapping import meanings, required_heads
from engine.intake.report import place_of
from engine.intake.review import Line
from web.api.blueprint import api
from web.api.body import idempotency_key, json_object, refuse_others, unreadable
from web.api.import_bodies import answers, mapping_wish
from web.api.people import instant
from web.api.sentences import say
from web.responses import XLSX, json_answer
from web.session import current_context, current_engine, current_language
from web.uploads import on_disk
from web.url_parts import id_in

MOST_FILES = 20
MOST_ROWS = 1_000
FATES: tuple[Fate, ...] = tuple(fate for fate in get_args(Fate) if fate)


def _imports() -> Imports:
    return current_engine().imports


# --- what may be imported --------------------------------------------------------------------------------------------


@api.get("/imports")
def list_imports() -> Response:
    """The imports of the app that I may run."""
    return json_answer({"items": [_import_json(each) for each in _imports().offered(current_context())]})


def _import_json(wanted: Import) -> dict[str, object]:
    required = required_heads(current_engine().app, wanted)
    return {
        "key": wanted.key,
        "label": wanted.label.say(current_language()),
        "entity": wanted.entity,
        "found": wanted.found,
        "columns": [
            {"head": each.head, "fills": each.path, "also": list(each.also), "is_required": each.head in required}
            for each in wanted.columns.values()
        ],
    }


@api.post("/imports/<key>")
def begin_import(key: str) -> Response:
    """multipart/form-data with parts `files`; → the run, whose mapping is proposed and waits to be settled."""
    return _begin(key, "import")


@api.post("/imports/<key>/compare")
def begin_comparison(key: str) -> Response:
    """As an import; once its mapping is settled the files are compared with the records, and nothing is written."""
    return _begin(key, "compare")


def _begin(key: str, purpose: Purpose) -> Response:
    once = idempotency_key() or ""
    parts = [part for part in request.files.getlist("files") if part.filename]
    if not 1 <= len(parts) <= MOST_FILES:
        raise unreadable("request.body.files", say("files_wanted", current_language(), most=MOST_FILES), 422)
    with on_disk(parts) as files:
        run_id = _imports().upload(current_context(), key, files, once=once, purpose=purpose)
    return _answer(run_id, 201)


# --- one run ---------------------------------------------------------------------------------------------------------


@api.get("/import-runs")
def list_runs() -> Response:
    """My runs, latest first."""
    return json_answer({"items": [_run_json(run) for run in _imports().runs(current_context())]})


@api.get("/import-runs/<int:run_id>")
def get_run(run_id: int) -> Response:
    """How far it is, what its preview says, what it came to."""
    return _answer(run_id)


@api.put("/import-runs/<int:run_id>/mapping")
def settle_mapping(run_id: int) -> Response:
    """What each column is; what is not sent stays as it was proposed. The preview is then made anew."""
    wish = mapping_wish()
    _imports().map(current_context(), run_id, wish.columns, wish.fixed, wish.words, wish.found)
    return _answer(run_id)


@api.post("/import-runs/<int:run_id>/start")
def start_run(run_id: int) -> Response:
    """From the preview to the work itself; once more after it, over what waited for an answer."""
    _nothing_sent()
    _imports().start(current_context(), run_id)
    return _answer(run_id)


@api.post("/import-runs/<int:run_id>/cancel")
def cancel_run(run_id: int) -> Response:
    """It goes no further; what is written stays."""
    _nothing_sent()
    _imports().cancel(current_context(), run_id)
    return _answer(run_id)


def _nothing_sent() -> None:
    refuse_others(json_object(may_be_empty=True), frozenset())


def _answer(run_id: int, status: int = 200) -> Response:
    headers = {"Location": url_for("api.get_run", run_id=run_id)} if status == 201 else {}
    return json_answer(_progress_json(_imports().progress(current_context(), run_id)), status, headers)


def _progress_json(progress: Progress) -> dict[str, object]:
    return _run_json(progress.run) | {
        "preview": dict(progress.foreseen),
        "result": dict(progress.fates),
        "questions": progress.open_questions,
        "sheets": [
            {
                "id": sheet.id,
                "file": sheet.name,
                "sheet": sheet.sheet,
                "rows": sheet.row_count,
                "passed_over": sheet.passed_over,
                "columns": [{**match, "to": sheet.mapping.get(match["at"], "")} for match in sheet.matches],
                "fixed": dict(sheet.fixed),
            }
            for sheet in progress.sheets
        ],
    }


def _run_json(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "import": run.key,
        "purpose": run.purpose,
        "entity": run.entity,
        "state": run.state,
        "found": run.found,
        "position": run.position,
        "total": run.total,
        "words": {head: dict(words) for head, words in run.words.items()},
        "created_at": instant(run.created_at),
        "changed_at": instant(run.changed_at),
    }


# --- what speaks against it ------------------------------------------------------------------------------------------


@api.get("/import-runs/<int:run_id>/problems")
def list_problems(run_id: int) -> Response:
    """What refuses rows and how often, and the words that mean no option, with what they may mean."""
    problems, strange = _imports().problems(current_context(), run_id)
    engine = current_engine()
    wanted = engine.app.imports[_imports().progress(current_context(), run_id).run.key]
    words = [
        {
            "head": each.head,
            "word": each.word,
            "count": each.count,
            "options": [
                {"key": key, "label": label}
                for key, label in meanings(engine.app, wanted, each.head, current_language())
            ],
        }
        for each in strange
    ]
    told = [{"said": each.said, "count": each.count, "place": each.place} for each in problems]
    return json_answer({"problems": told, "words": words})


@api.get("/import-runs/<int:run_id>/rows")
def list_rows(run_id: int) -> Response:
    """Row by row; `?state=refused`, `?after=` the number of the last one seen, `?limit=`."""
    state, after, limit = _asked("state", FATES)
    states = tuple(fate for fate in FATES if fate == state)
    rows = _imports().rows(current_context(), run_id, states, after, limit)
    sheets = {sheet.id: sheet for sheet in _imports().progress(current_context(), run_id).sheets}
    items = [_row_json(row, place_of(sheets, row)) for row in rows]
    return json_answer({"items": items, "next": rows[-1].number if len(rows) == limit else None})


def _asked(name: str, choices: Sequence[str]) -> tuple[str, int, int]:
    """(the choice or "", after, limit) of the query. Raises Unreadable."""
    if unknown := sorted(set(request.args) - {name, "after", "limit"}):
        raise unreadable(f"request.query.{unknown[0]}", say("unknown_parameter", current_language(), key=unknown[0]))
    chosen = request.args.get(name, "")
    if chosen and chosen not in choices:
        said = say("fate_wanted", current_language(), name=name, choices=", ".join(choices))
        raise unreadable(f"request.query.{name}", said)
    after, limit = id_in(request.args.get("after", "0")), id_in(request.args.get("limit", "100"))
    if after is None:
        raise unreadable("request.query.after", say("number_wanted", current_language()))
    if limit is None or not 1 <= limit <= MOST_ROWS:
        raise unreadable("request.query.limit", say("limit_wanted", current_language(), most=MOST_ROWS))
    return chosen, after, limit


def _row_json(row: RowOfRun, place: str) -> dict[str, object]:
    return {
        "number": row.number,
        "place": place,
        "state": row.state or row.foreseen or None,
        "said": list(row.said),
        "record_id": row.record_id if row.state in ("created", "changed", "same", "merged", "skipped") else None,
    }


@api.get("/import-runs/<int:run_id>/refused")
def refused_rows(run_id: int) -> Response:
    """The refused rows with their reasons as an xlsx, to be corrected and loaded again."""
    response = Response(_imports().refused_file(current_context(), run_id), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="refused-{run_id}.xlsx"'
    return response


# --- questions -------------------------------------------------------------------------------------------------------


@api.get("/import-runs/<int:run_id>/questions")
def list_questions(run_id: int) -> Response:
    """Rows that may be one thing, and rows that say otherwise than their record, field by field."""
    asked, contested = _imports().review(current_context(), run_id)
    return json_answer(
        {
            "questions": [
                {
                    "id": each.id,
                    "row": each.leader,
                    "places": list(each.places),
                    "record_id": each.record_id,
                    "because": list(each.because),
                    "fields": [_line_json(line) for line in each.lines],
                }
                for each in asked
            ],
            "contested": [
                {
                    "row": each.number,
                    "place": each.place,
                    "record_id": each.record_id,
                    "fields": [_line_json(line) for line in each.lines],
                }
                for each in contested
            ],
        }
    )


def _line_json(line: Line) -> dict[str, object]:
    """from: whose value it is: a row's number, 0 for the record's."""
    return {
        "field": line.path,
        "label": line.label,
        "differs": line.differs,
        "values": [{"from": told.source, "text": told.text} for told in line.values],
    }


@api.post("/import-runs/<int:run_id>/answers")
def answer_questions(run_id: int) -> Response:
    """What they change is judged anew; the preview tells."""
    given = answers()
    _imports().decide(current_context(), run_id, given.answers, given.choices)
    return _answer(run_id)


# --- comparisons -----------------------------------------------------------------------------------------------------


@api.get("/import-runs/<int:run_id>/differences")
def list_differences(run_id: int) -> Response:
    """Counts of a comparison, and one part of it (`?part=differs`), a page at a time (`?after=`, `?limit=`)."""
    chosen, after, limit = _asked("part", PARTS)
    part: Part = next((each for each in PARTS if each == chosen), "differs")
    with _imports().comparison(current_context(), run_id) as found:
        rows = [_compared_json(row) for row in found.rows(part, after, limit)]
        alone = found.only_here(after, limit) if part == "only_here" else []
        items = rows or [{"number": each.id, "record_id": each.id, "title": each.title} for each in alone]
        counts = found.counts()
    last = items[-1]["number"] if len(items) == limit else None
    return json_answer({"state": found.run.state, "counts": counts, "part": part, "items": items, "next": last})


def _compared_json(row: ComparedRow) -> dict[str, object]:
    return {
        "number": row.number,
        "place": row.place,
        "record_id": row.record_id,
        "title": row.title,
        "said": list(row.said),
        "fields": [
            {"field": each.path, "label": each.label, "file": each.file, "here": each.here} for each in row.differences
        ],
    }


@api.get("/import-runs/<int:run_id>/comparison")
def comparison_file(run_id: int) -> Response:
    """All that a comparison has found as an xlsx, a sheet for each part."""
    with _imports().comparison(current_context(), run_id) as found:
        response = Response(found.as_file(), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="comparison-{run_id}.xlsx"'
    return response
