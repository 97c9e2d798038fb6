"""Parts of pages that are drawn once (`kept`) hold what all people of the same roles may see, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment, meta, nodes

from engine.runtime import Engine
from engine.store.system_tables import user_account
from engine.testing import actor, engine_for
from tests.web.conftest import SALES_CRM
from web.create_site import create_site

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
SAME_FOR_ROLES = {
    "_", "icon", "url_for", "kept", "app", "language", "language_signs", "script_texts",
    "nav_items", "bottom_items", "creatable", "has_imports",
}  # fmt: skip
"""What follows from the app's revision, the language and the roles of whoever asks."""


def _kept_parts() -> Iterator[tuple[str, nodes.CallBlock]]:
    environment = Environment(autoescape=True)
    for path in sorted(TEMPLATES.rglob("*.html")):
        template = environment.parse(path.read_text(encoding="utf-8"))
        for part in template.find_all(nodes.CallBlock):
            if isinstance(part.call.node, nodes.Name) and part.call.node.name == "kept":
                yield path.name, part


def _asked(found: Iterable[nodes.Node]) -> set[str]:
    """The names that come from outside."""
    around = nodes.Template(list(found), lineno=1)
    around.set_environment(Environment(autoescape=True))
    return meta.find_undeclared_variables(around)


def test_a_kept_part_asks_for_its_key_and_for_what_is_the_same_for_the_roles() -> None:
    parts = list(_kept_parts())
    assert {part.call.args[0].as_const() for _, part in parts} == {
        "side", "adding", "look", "bottom", "more", "keys", "words",
    }  # fmt: skip
    for template, part in parts:
        key = _asked(part.call.args)
        of_person = {node.attr for node in part.find_all(nodes.Getattr) if _is_name(node.node, "actor")}
        assert _asked(part.body) - key <= SAME_FOR_ROLES | {"actor"}, template
        assert of_person <= {"is_admin"}, template


def _is_name(node: nodes.Node, name: str = "") -> bool:
    return isinstance(node, nodes.Name) and name in ("", node.name)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = engine_for(SALES_CRM, tmp_path_factory.mktemp("company"))
    with engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "admin").values(is_admin=True))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def site(engine: Engine) -> Flask:
    return create_site(engine)


def _browser(site: Flask, engine: Engine, login: str) -> FlaskClient:
    client = site.test_client()
    client.set_cookie("sluice", engine.open_session(actor(engine, login).id, "test"))
    return client


def test_the_next_reader_of_the_same_role_gets_no_token_and_no_name_of_the_first(site: Flask, engine: Engine) -> None:
    first = _browser(site, engine, "sales2").get("/e/customer").text
    assert "Sales2" in first
    tokens = set(re.findall("[0-9a-f]{128}", first))
    assert tokens
    second = _browser(site, engine, "sales").get("/e/customer").text
    assert "Sales2" not in second
    assert not tokens & set(re.findall("[0-9a-f]{128}", second))


def test_each_role_has_its_own_navigation_whoever_came_first(site: Flask, engine: Engine) -> None:
    assert "/studio" in _browser(site, engine, "admin").get("/").text
    assert "/studio" not in _browser(site, engine, "sales").get("/").text


def test_the_entry_of_this_page_is_marked_on_each_page(site: Flask, engine: Engine) -> None:
    client = _browser(site, engine, "sales")
    for address in ("/", "/e/customer", "/settings", "/e/opportunity", "/e/customer", "/"):
        side = re.search(r'<aside class="side".*?</aside>', client.get(address).text, re.DOTALL)
        assert side is not None
        marked = re.findall(r'<a (?:class="sub" )?href="([^"]+)"[^>]*aria-current="page"', side[0])
        assert marked == [address], address
