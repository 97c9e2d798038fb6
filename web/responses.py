"""Answers: html from a template, JSON, and every refusal in one shape (a page for browsers, problem+json for programs).

`STATUS` maps each leaf of engine.errors to one status; a test asserts that none is missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, make_response, request

from dsl.app import Text
from engine import errors
from engine.verdict import Explanation, Finding
from web.session import current_language, is_api_request
from web.templating import rendered

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

STATUS: Mapping[type[errors.EngineError], int] = {
    errors.NotThere: 404,
    errors.Refused: 422,
    errors.NotAllowed: 403,
    errors.VersionConflict: 409,
    errors.KeyReused: 422,
    errors.BadInput: 422,
    errors.FileRefused: 422,
    errors.StoreBusy: 503,
    errors.StoreFull: 507,
    errors.StoreLocked: 503,
    errors.NotReady: 503,
}


def _text(zh: str, en: str) -> Text:
    return Text((("zh", zh), ("en", en)))


_TITLES: Mapping[int, Text] = {
    400: _text("请求无法读懂", "The request cannot be read"),
    401: _text("请先登录", "Sign in first"),
    403: _text("不允许这样做", "This is not allowed"),
    404: _text("没有这条记录，或者您无权查看", "There is no such record, or it is not yours to see"),
    405: _text("此地址不支持这种请求", "This address does not take that kind of request"),
    409: _text("有人在您之前保存过", "Somebody saved in between"),
    412: _text("记录的版本已经改变", "The record has another version by now"),
    413: _text("内容太大", "Too large"),
    415: _text("请用 application/json 发送", "Send application/json"),
    422: _text("还缺一些内容", "Something is still missing"),
    428: _text("请给出您看到的版本", "Say which version you saw"),
    429: _text("尝试过于频繁，请稍后再试", "Too many attempts; try again later"),
    500: _text("系统出错了，错误编号已记录", "Something broke on our side; the error number is kept"),
    503: _text("系统正忙，请稍后再试", "The system is busy; try again"),
    507: _text("磁盘已满，没有保存", "The disk is full: nothing was saved"),
}


def title_of(status: int, language: str) -> str:
    if status in _TITLES:
        return _TITLES[status].say(language)
    return HTTPStatus(status).phrase


# --- pages and JSON --------------------------------------------------------------------------------------------------


def html(template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: object) -> Response:
    """A rendered template. The error page gets its own names by `error_page`."""
    response = make_response(rendered(template, **values), status)
    response.headers.update(headers or {})
    return response


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_dumped(body), status, headers, mimetype="application/json")


def no_content() -> Response:
    return Response(status=204)


def _dumped(body: object) -> str:
    return _JSON.encode(body)


# --- refusals --------------------------------------------------------------------------------------------------------


def is_program_asking() -> bool:
    """Whether the answer should be problem+json: the API, or a client that prefers JSON to html."""
    return is_api_request() or request.accept_mimetypes.best_match(["text/html", "application/json"]) == (
        "application/json"
    )


def refusal(status: int, said: str = "", findings: Sequence[Finding] = (), error_id: str = "") -> Response:
    """A refusal in the form that this client reads."""
    if is_program_asking():
        return problem(status, said, findings, error_id)
    said = said or " ".join(in_reading_language(finding.said) for finding in findings)
    return error_page(status, said, error_id)


def problem(status: int, said: str = "", findings: Sequence[Finding] = (), error_id: str = "") -> Response:
    return problem_response(status, problem_body(status, said, findings, error_id))


def problem_body(
    status: int, said: str = "", findings: Sequence[Finding] = (), error_id: str = ""
) -> dict[str, object]:
    """RFC 9457 problem details with our `findings`. It never names what was asked for: see NotThere."""
    title = title_of(status, current_language())
    detail = said or title
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if error_id:
        body["error_id"] = error_id
    body["findings"] = [finding_json(finding) for finding in findings or (Finding("request", "unmet", detail),)]
    return body


def problem_response(status: int, body: Mapping[str, object]) -> Response:
    return Response(_dumped(body), status, mimetype="application/problem+json")


def said_by(error: errors.EngineError) -> str:
    return in_reading_language(str(error))


def in_reading_language(said: str) -> str:
    """The reader's half of a sentence that the store wrote as `中文 | English`; any other sentence as it is."""
    chinese, separator, english = said.partition(" | ")
    return english if separator and current_language() == "en" else chinese


def status_of(error: errors.EngineError) -> int:
    """The status of an error; a kind of StoreBusy that only the store knows takes that of its family."""
    return next(STATUS[family] for family in type(error).__mro__ if family in STATUS)


def error_page(status: int, said: str = "", error_id: str = "") -> Response:
    """The page `error.html` with status, title, said and error_id."""
    language = current_language()
    title = title_of(status, language)
    back = _way_back()
    return html("error.html", status, code=status, title=title, said=said or title, error_id=error_id, back_href=back)


def _way_back() -> str:
    """The path of the page of ours that led here; "" for none, and for this very page."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or came_from.path == request.path:
        return ""
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


# --- findings as JSON ------------------------------------------------------------------------------------------------


def finding_json(finding: Finding) -> dict[str, object]:
    """{rule, state, said, needs, line, …}: what the gate dialog shows, for programs. line is null for given rules."""
    needs = finding.needs
    body: dict[str, object] = {
        "rule": finding.rule,
        "state": finding.state,
        "said": in_reading_language(finding.said),
        "needs": {
            "kind": needs.kind,
            "field": needs.field,
            "fields": list(needs.fields),
            "entity": needs.entity,
            "accept": needs.accept,
        },
        "line": finding.span.line or None,
        "column": finding.span.column or None,
        "field": finding.field,
        "waivable": finding.waivable,
        "waive_roles": list(finding.waive_roles),
        "parts": [finding_json(part) for part in finding.parts],
    }
    if finding.why is not None:
        body["why"] = explanation_json(finding.why)
    return body


def explanation_json(explanation: Explanation) -> dict[str, object]:
    return {
        "text": explanation.text,
        "label": explanation.label,
        "value": explanation.value,
        "parts": [explanation_json(part) for part in explanation.parts],
    }


def input_finding(rule: str, said: str, field: str = "") -> Finding:
    """A finding about the request itself (a header, a parameter, the shape of the body)."""
    return Finding(rule=rule, state="unmet", said=said, field=field)
