"""Walks an app as people of every role can: from the first page along every link that they are shown.

A place is a kind of page: its endpoint, its kind of record and its view. Of the many pages of one kind (a record's
page, a filtered list) a person opens the first few that she is led to, not each.
"""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from engine.runtime import Engine
from engine.testing import acting, actor

_LEADS = re.compile(r'(?:\s(href|data-dialog|data-dialog-wide|hx-get|data-source|data-found|data-audience))="(/[^"]*)"')


@dataclass(frozen=True)
class Place:
    """A kind of page with the address of the first that was found, and who found it. is_part: it comes into a page."""

    endpoint: str
    entity: str
    view: str
    address: str
    login: str
    is_part: bool

    @property
    def kind(self) -> tuple[object, ...]:
        return self.endpoint, self.entity, self.view, self.is_part


@dataclass
class Walk:
    """places: of every kind of page the first. dead: links that lead to an error, each with the page that shows it."""

    places: dict[tuple[object, ...], Place] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    visits: int = 0


def one_of_each_role(engine: Engine) -> list[str]:
    """The login of one person of each role of the app that anybody has."""
    people = engine.people(acting(engine, "system"))
    return list({person.role: person.login for person in people if person.role in engine.app.roles}.values())


def walk(site: Flask, engine: Engine, login: str, *, each: int = 1) -> Walk:
    """Every kind of page that the person is led to. each: how many pages of one kind are opened."""
    client, adapter, found = site.test_client(), site.url_map.bind("localhost"), Walk()
    client.set_cookie("sluice", engine.open_session(actor(engine, login).id, "walk"))
    opened: Counter[tuple[object, ...]] = Counter()
    seen: set[str] = set()
    waiting = deque([("/", False, "")])
    while waiting:
        address, is_part, shown_by = waiting.popleft()
        place = _place(adapter, address, login, is_part=is_part)
        if address in seen or opened[place.kind] >= each:
            continue
        seen.add(address)
        opened[place.kind] += 1
        answer = client.get(address, headers={"HX-Request": "true"} if is_part else {})
        found.visits += 1
        if answer.status_code >= 400:
            found.dead.append(f"{login}: {shown_by} → {address}: {answer.status_code}")
        elif answer.mimetype == "text/html":
            found.places.setdefault(place.kind, place)
            waiting.extend((to, to_part, address) for to, to_part in _leads(answer.get_data(as_text=True)))
        answer.close()
    return found


def _leads(text: str) -> Iterator[tuple[str, bool]]:
    """(address, whether it comes into the page) of everything in a page that leads somewhere on the site.

    A link that a script opens over the page is a part of it, as its `href` says the same address.
    """
    found = [(how, html.unescape(raw).partition("#")[0]) for how, raw in _LEADS.findall(text)]
    parts = {address for how, address in found if how != "href"}
    for _how, address in found:
        if not address.startswith(("/static/", "//")):
            yield address, address in parts


def _place(adapter: MapAdapter, address: str, login: str, *, is_part: bool) -> Place:
    """An address that no page has is a place as well: what leads there is told."""
    parts = urlsplit(address)
    try:
        endpoint, values = adapter.match(parts.path, method="GET")
    except HTTPException:
        endpoint, values = "nowhere", {}
    view = dict(parse_qsl(parts.query)).get("view", "")
    return Place(endpoint, str(values.get("entity", "")), view, address, login, is_part)


def pages_of(walks: Sequence[Walk], *, of_each_entity: bool) -> list[Place]:
    """Whole pages to look at, whoever found them: one of each endpoint, or of each with each entity and view."""
    found: dict[tuple[str, ...], Place] = {}
    for place in (place for each in walks for place in each.places.values()):
        if not place.is_part:
            kind = (place.endpoint, place.entity, place.view) if of_each_entity else (place.endpoint,)
            found.setdefault(kind, place)
    return list(found.values())
