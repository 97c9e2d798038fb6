"""The part of /openapi.json that tells of imports; an app without any has none of these paths."""

from __future__ import annotations

from typing import get_args

from dsl.app import App
from engine.intake.comparison import PARTS
from engine.intake.ledger import Purpose, State
from web.api.import_bodies import FOUND, LAST_COLUMN, LONGEST
from web.api.imports import FATES, MOST_FILES, MOST_ROWS
from web.api.openapi_common import (
    ID,
    KEY,
    OBJECT,
    POSITIVE,
    READ_STATUSES,
    WORD,
    WRITE_STATUSES,
    YES_NO,
    closed,
    items_of,
    json_body,
    json_content,
    opened,
    parameter,
    refusals,
)
from web.api.openapi_schemas import Schema, ref_to
from web.responses import XLSX
from web.url_parts import MOST_ID

_COUNT: Schema = {"type": "integer", "minimum": 0}
_COUNTS: Schema = {"type": "object", "additionalProperties": _COUNT, "description": "fate → rows"}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_TEXT: Schema = {"type": "string", "maxLength": LONGEST, "pattern": r"^[^\u0000]*$"}
_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT, "propertyNames": _TEXT}
_PLACE: Schema = {"type": "integer", "minimum": 0, "maximum": LAST_COLUMN}
_RECORD: Schema = {"type": ["integer", "null"]}
_STATES: Schema = {"enum": list(get_args(State))}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


_RUN: Schema = {
    "id": POSITIVE,
    "import": WORD,
    "purpose": {"enum": list(get_args(Purpose))},
    "entity": WORD,
    "state": _STATES,
    "found": WORD,
    "position": _COUNT,
    "total": _COUNT,
    "words": OBJECT,
    "created_at": _INSTANT,
    "changed_at": _INSTANT,
}
_FIELD = opened(
    ("field", "label", "differs", "values"),
    field=WORD,
    label=WORD,
    differs=YES_NO,
    values=_list(opened(("from", "text"), **{"from": _COUNT, "text": WORD})),
)
_SHEET_WISH = closed(
    ("id",),
    id=POSITIVE,
    columns=_list(opened(("at", "to"), at=_PLACE, to=_TEXT | {"description": 'the import\'s column; "" for none'})),
    fixed=_TEXTS | {"description": "column → the text that stands for it in every row"},
)

IMPORT_SCHEMAS: Schema = {
    "Imports": items_of(
        opened(("key", "label", "entity", "found", "columns"), key=WORD, label=WORD, entity=WORD, found=WORD,
               columns=_list(opened(("head", "fills", "also", "is_required"), head=WORD, fills=WORD, also=_list(WORD),
                                    is_required=YES_NO)))
    ),
    "ImportRunNote": opened(tuple(_RUN), **_RUN),
    "ImportRuns": items_of(ref_to("ImportRunNote")),
    "ImportRun": opened(
        (*_RUN, "preview", "result", "questions", "sheets"),
        **_RUN,
        preview=_COUNTS,
        result=_COUNTS,
        questions=_COUNT,
        sheets=_list(
            opened(("id", "file", "sheet", "rows", "passed_over", "columns", "fixed"), id=POSITIVE, file=WORD,
                   sheet=WORD, rows=_COUNT, passed_over=_COUNT, columns=_list(ref_to("ImportColumnMatch")),
                   fixed=OBJECT)
        ),
    ),
    "ImportColumnMatch": opened(
        ("at", "head", "to", "because", "samples"), at=_COUNT, head=WORD, to=WORD, because=WORD, samples=_list(WORD)
    ),
    "ImportMapping": closed(
        (),
        sheets=_list(_SHEET_WISH),
        words={"type": ["object", "null"], "additionalProperties": _TEXTS, "propertyNames": _TEXT,
               "description": "column → word → the option that it means"},
        found={"enum": ["", *FOUND], "description": "what to do with records that are there"},
    ),
    "ImportProblems": opened(
        ("problems", "words"),
        problems=_list(opened(("said", "count", "place"), said=WORD, count=_COUNT, place=WORD)),
        words=_list(opened(("head", "word", "count", "options"), head=WORD, word=WORD, count=_COUNT,
                           options=_list(opened(("key", "label"), key=WORD, label=WORD)))),
    ),
    "ImportRows": opened(
        ("items", "next"),
        items=_list(
            opened(("number", "place", "state", "said", "record_id"), number=_COUNT, place=WORD,
                   state={"enum": [*FATES, None]}, said=_list(WORD), record_id=_RECORD)
        ),
        next=_RECORD,
    ),
    "ImportQuestions": opened(
        ("questions", "contested"),
        questions=_list(
            opened(("id", "row", "places", "record_id", "because", "fields"), id=POSITIVE, row=_COUNT,
                   places=_list(WORD), record_id=_RECORD, because=_list(WORD), fields=_list(_FIELD))
        ),
        contested=_list(
            opened(("row", "place", "record_id", "fields"), row=_COUNT, place=WORD, record_id=_RECORD,
                   fields=_list(_FIELD))
        ),
    ),
    "Differences": opened(
        ("state", "counts", "part", "items", "next"),
        state=_STATES,
        counts=_COUNTS,
        part={"enum": list(PARTS)},
        items=_list(
            opened(("number", "record_id", "title"), number=_COUNT, place=WORD, record_id=_RECORD, title=WORD,
                   said=_list(WORD), fields=_list(opened(("field", "label", "file", "here"), field=WORD, label=WORD,
                                                         file=WORD, here=WORD)))
        ),
        next=_RECORD,
    ),
    "ImportAnswers": closed(
        (),
        answers=_list(closed(("question", "answer"), question=POSITIVE, answer={"enum": ["same", "other"]})),
        choices=_list(closed(("row", "field", "from"), **{
            "row": POSITIVE, "field": _TEXT, "from": {"type": "integer", "minimum": 0, "maximum": MOST_ID},
        })),
    ),
}  # fmt: skip

_FILES: Schema = {
    "type": "object",
    "properties": {
        "files": _list({"type": "string", "format": "binary"}) | {"minItems": 1, "maxItems": MOST_FILES},
    },
    "required": ["files"],
}
_UPLOAD: Schema = {"required": True, "content": {"multipart/form-data": {"schema": _FILES}}}
_FOUND_ROWS = parameter("state", "query", {"enum": list(FATES)}, "only rows that came, or would come, to this")
_AFTER = parameter("after", "query", {"type": "integer", "minimum": 0, "maximum": MOST_ID}, "the last number seen")
_LIMIT = parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS})
_PART = parameter("part", "query", {"enum": list(PARTS)}, "differs, if none is named")
_PAGE_OF_PART = [ID, _PART, _AFTER, _LIMIT]
_FOLLOWING = ("get_import_run", "settle_import", "start_import", "import_problems", "import_rows", "import_questions")


def import_paths(app: App) -> Schema:
    """Paths of imports, for an app that has some."""
    if not app.imports:
        return {}
    key = parameter("key", "path", {"enum": sorted(app.imports)}, "an import of the app", required=True)
    one = "/api/v1/import-runs/{id}"
    begun = json_content("read; its mapping is proposed", ref_to("ImportRun"))
    begun["links"] = {name: {"operationId": name, "parameters": {"id": "$response.body#/id"}} for name in _FOLLOWING}
    return {
        "/api/v1/imports": {"get": _get("list_imports", "imports that I may run", "Imports")},
        "/api/v1/imports/{key}": {
            "post": _post("begin_import", begun, "201", parameters=[key, KEY]) | {"requestBody": _UPLOAD}
        },
        "/api/v1/import-runs": {"get": _get("list_import_runs", "my runs, latest first", "ImportRuns")},
        one: {"get": _get("get_import_run", "how far it is and what it came to", "ImportRun", [ID])},
        f"{one}/mapping": {"put": _changes("settle_import", "ImportMapping")},
        f"{one}/start": {"post": _changes("start_import")},
        f"{one}/cancel": {"post": _changes("cancel_import")},
        f"{one}/problems": {"get": _get("import_problems", "what refuses rows", "ImportProblems", [ID])},
        f"{one}/rows": {"get": _get("import_rows", "row by row", "ImportRows", [ID, _FOUND_ROWS, _AFTER, _LIMIT])},
        f"{one}/refused": {"get": _file("refused_rows", "the refused rows, to be corrected and loaded again")},
        f"{one}/questions": {"get": _get("import_questions", "what is not sure", "ImportQuestions", [ID])},
        "/api/v1/imports/{key}/compare": {
            "post": _post("begin_comparison", begun, "201", parameters=[key, KEY]) | {"requestBody": _UPLOAD}
        },
        f"{one}/differences": {"get": _get("differences", "what a comparison found", "Differences", _PAGE_OF_PART)},
        f"{one}/comparison": {"get": _file("comparison", "all that a comparison found")},
        f"{one}/answers": {"post": _changes("answer_import", "ImportAnswers")},
    }


def _get(operation_id: str, summary: str, answer: str, parameters: list[Schema] | None = None) -> Schema:
    return {
        "operationId": operation_id,
        "summary": summary,
        "parameters": parameters or [],
        "responses": {"200": json_content(summary, ref_to(answer))} | refusals(READ_STATUSES),
    }


def _post(operation_id: str, answer: Schema, status: str, parameters: list[Schema]) -> Schema:
    return {
        "operationId": operation_id,
        "parameters": parameters,
        "responses": {status: answer} | refusals(WRITE_STATUSES),
    }


def _changes(operation_id: str, body: str = "") -> Schema:
    """A step of one run; the run is answered."""
    done = json_content("where it is now", ref_to("ImportRun"))
    return _post(operation_id, done, "200", [ID]) | ({"requestBody": json_body(ref_to(body))} if body else {})


def _file(operation_id: str, summary: str) -> Schema:
    answer = {"description": summary, "content": {XLSX: {}}}
    return {
        "operationId": operation_id,
        "summary": summary,
        "parameters": [ID],
        "responses": {"200": answer} | refusals(READ_STATUSES),
    }
