"""Templates say what is the same on every page in their own words, once for each language."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app, request
from jinja2 import Undefined
from markupsafe import Markup, escape

from engine.runtime import Engine
from engine.store.system_tables import user_account
from engine.testing import actor, engine_for
from tests.web.conftest import SALES_CRM
from web.create_site import create_site
from web.pages.address import address
from web.templating import SpokenEnvironment, compiled_ahead, icon


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_for(SALES_CRM, tmp_path_factory.mktemp("company"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def site(engine: Engine) -> Flask:
    return create_site(engine)


def _written(language: str, source: str) -> str:
    environment = current_app.jinja_env.overlay()
    assert isinstance(environment, SpokenEnvironment)
    environment.language = language
    return environment.compile(source, "test.html", raw=True)


def test_a_text_is_written_out_in_the_language_of_the_template(site: Flask) -> None:
    with site.test_request_context("/"):
        assert "'<b>Save</b>'" in _written("en", "<b>{{ _('保存') }}</b>")
        assert "'<b>保存</b>'" in _written("zh", "<b>{{ _('保存') }}</b>")


def test_a_text_with_values_waits_for_them(site: Flask) -> None:
    with site.test_request_context("/"):
        assert "共 {n} 条" in _written("en", "{{ _('共 {n} 条', n=count) }}")


def test_an_icon_is_drawn_while_compiling_and_one_that_is_chosen_later_is_not(site: Flask) -> None:
    with site.test_request_context("/"):
        assert repr(str(icon("plus"))) in _written("zh", "{{ icon('plus') }}")
        assert "icon" not in _written("zh", "{{ icon('plus') }}").replace(str(icon("plus")), "")
        assert "entity" in _written("zh", "{{ icon(entity.icon) }}")


def test_what_is_written_out_is_escaped_as_any_text(site: Flask) -> None:
    with site.test_request_context("/"):
        assert "'&lt;b&gt; &amp;'" in _written("zh", "{{ _('<b> &') }}")


@pytest.mark.parametrize(
    "value", ["", "a & b", "<i>'\"</i>", Markup("<b>&amp;</b>"), 7, True, None, Undefined(), ["<"]], ids=repr
)
def test_a_piece_of_a_page_is_escaped_as_jinja_escapes(site: Flask, value: object) -> None:
    assert SpokenEnvironment.piece(value) == str(escape(value))
    template = SpokenEnvironment(site, autoescape=True).from_string("{{ a }}|{% set b %}{{ a }}{% endset %}{{ b }}")
    assert template.render(a=value) == f"{escape(value)}|{escape(value)}"


def test_what_a_macro_drew_is_not_escaped_again(site: Flask) -> None:
    source = "{% macro bold(a) %}<b>{{ a }}</b>{% endmacro %}{% set c = bold('<') %}{{ c }}{{ c ~ '&' }}"
    assert SpokenEnvironment(site, autoescape=True).from_string(source).render() == "<b>&lt;</b><b>&lt;</b>&amp;"


@pytest.mark.parametrize(("header", "said"), [("zh", "登录"), ("en", "Sign in")])
def test_each_reader_gets_the_templates_of_her_language(site: Flask, header: str, said: str) -> None:
    page = site.test_client().get("/login", headers={"Accept-Language": header}).text
    assert said in page


def _compiling() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "templates"]


def test_the_pages_opened_first_find_their_templates_compiled(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    site = create_site(engine)
    with compiled_ahead(site):
        for thread in _compiling():
            thread.join()
    late: list[str | None] = []
    whole = SpokenEnvironment.compile

    def noting(self: SpokenEnvironment, source: str, name: str | None = None, *more: Any, **others: Any) -> Any:
        late.append(name)
        return whole(self, source, name, *more, **others)

    monkeypatch.setattr(SpokenEnvironment, "compile", noting)
    browser = site.test_client()
    for login in ("sales", "manager"):
        with engine.database.write() as conn:
            conn.execute(sa.update(user_account).where(user_account.c.login == login).values(language="zh"))
        browser.set_cookie("sluice", engine.open_session(actor(engine, login).id, "test"))
        for page in ("/", "/home/short", "/e/customer", "/e/customer/new"):
            assert browser.get(page).status_code == 200
    assert late == []


def test_compiling_ahead_ends_with_the_server(site: Flask) -> None:
    with compiled_ahead(site):
        pass
    assert _compiling() == []


def test_an_address_is_the_same_kept_as_made_anew_and_knows_where_the_site_is_mounted(site: Flask) -> None:
    with site.test_request_context("/"):
        assert address("records.show", entity="deal", record_id=3) == "/e/deal/3"
        assert address("lists.show", entity="deal", filter='a = "b&c"') == "/e/deal?filter=a+%3D+%22b%26c%22"
        assert address("forms.new", entity="deal", dialog=1) == "/e/deal/new?dialog=1"
        assert address("forms.new", entity="deal", dialog=True) == "/e/deal/new?dialog=True"
        assert address("lists.show", entity="deal", col=["name", "stage"]) == "/e/deal?col=name&col=stage"
    with site.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/crm"}):
        assert request.script_root == "/crm"
        assert address("records.show", entity="deal", record_id=3) == "/crm/e/deal/3"
