"""Sign in and out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from web.limits import FailureWindow
from web.pages.frame import page
from web.session import current_actor, current_engine, sign_in, sign_out
from web.words import say

blueprint = Blueprint("login", __name__)
SAMPLE_FILE = "sample-logins.txt"


@blueprint.get("/login")
def show() -> WsgiResponse:
    if current_actor() is not None:
        return redirect(url_for("home.show"), 303)
    return _form()


@blueprint.post("/login")
def enter() -> WsgiResponse:
    window: FailureWindow = current_app.extensions["sluice_failures"]
    address, login = request.remote_addr or "", request.form.get("login", "").strip()
    wait = window.wait(address)
    if wait:
        return _form(say("尝试过于频繁，请 {n} 秒后再试", n=wait), 429)
    actor = current_engine().authenticate(login, request.form.get("password", ""))
    if actor is None:
        window.record_failure(address)
        return _form(say("用户名或密码不对"), 422)
    sign_in(actor)
    return redirect(safe_next(request.form.get("next", "")), 303)


@blueprint.post("/logout")
def leave() -> WsgiResponse:
    sign_out()
    return redirect(url_for("login.show"), 303)


def safe_next(address: str) -> str:
    """An address of this site, or the home page. Browsers leave out control characters, so none may stand in it."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_ours else url_for("home.show")


def _form(fault: str = "", status: int = 200) -> Response:
    return make_response(
        page(
            "login.html",
            status,
            fault=fault,
            login=request.form.get("login", ""),
            next=request.values.get("next", ""),
            samples=_sample_logins(),
        )
    )


def _sample_logins() -> tuple[str, ...]:
    """Login names of the sample company while it is loaded; its file also holds the passwords, which stay there."""
    file = current_engine().data_dir / SAMPLE_FILE
    if not file.is_file():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(line.split()[0] for line in lines if line.strip())
