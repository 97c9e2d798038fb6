"""The frame around every page: navigation, language, theme, and the names that all templates share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from flask import Blueprint, Response, g, make_response, request
from flask.blueprints import BlueprintSetupState

from dsl.app import App, BoardView, Entity, ListView
from dsl.checks.workdays import calendar_ends
from dsl.formula.tree import Formula
from engine.answers import Mention, Rights
from engine.clock import day_of
from engine.errors import NotThere
from web.assets.manifest import asset
from web.contexts import Link, NavItem
from web.made import kept, made_for_roles
from web.pages.address import address
from web.pages.drawing import badge, facts, initial, meter, show
from web.pages.made_views import boards_of, has_charts
from web.session import current_actor, current_context, current_engine, current_language
from web.templating import icon, rendered
from web.words import SOURCE_LANGUAGE, say, script_texts

blueprint = Blueprint("frame", __name__)
LOOK_COOKIE = "sluice_look"
THEMES, DENSITIES = ("auto", "light", "dark"), ("cosy", "compact")
LANGUAGE_SIGNS = {"zh": "中", "en": "EN"}


@dataclass(frozen=True, slots=True)
class Look:
    """How this browser likes it."""

    theme: str = "auto"
    density: str = "cosy"

    @classmethod
    def of_cookie(cls, text: str) -> Look:
        theme, _, density = text.partition(".")
        return cls(theme if theme in THEMES else "auto", density if density in DENSITIES else "cosy")

    def __str__(self) -> str:
        return f"{self.theme}.{self.density}"


def entity_or_404(key: str) -> Entity:
    """The entity, if the app has it and the actor may see any of it. Raises NotThere."""
    entity = current_engine().app.entities.get(key)
    if entity is None or not rights_of(key).see:
        raise NotThere(say("没有这个页面"))
    return entity


def rights_of(entity: str) -> Rights:
    """The actor's rights, asked once per request."""
    known: dict[str, Rights] = g.setdefault("rights", {})
    if entity not in known:
        known[entity] = current_engine().rights(current_context(), entity)
    return known[entity]


def lists_of(entity: Entity) -> tuple[ListView, ...]:
    """The entity's list views, without those whose condition asks what this person may not read."""
    return tuple(view for view in entity.lists if view.condition is None or _may_read(view.condition))


def readable_boards(entity: Entity) -> tuple[BoardView, ...]:
    """The entity's boards, without those whose columns are made from a field that this person may not read."""
    rights = rights_of(entity.key)
    return tuple(board for board in boards_of(entity) if board.by not in rights.hidden | rights.masked)


def _may_read(condition: Formula) -> bool:
    for read in condition.reads:
        rights = rights_of(read.entity) if read.entity in current_engine().app.entities else None
        if rights is not None and (not rights.see or read.field in rights.hidden | rights.masked):
            return False
    return True


def page(template: str, status: int = 200, **values: object) -> Response:
    """A rendered template: a whole page, or the fragment that it is."""
    return make_response(rendered(template, **values), status)


def is_fragment() -> bool:
    """Whether htmx asks, for a part of the page that stays."""
    return "HX-Request" in request.headers


def look() -> Look:
    return Look.of_cookie(request.cookies.get(LOOK_COOKIE, ""))


# --- navigation ------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a page stands in the navigation: all that its drawing asks of the page.

    here: the page's entity, else its endpoint. path, whole: its address without and with the query, where an entry
    of the navigation leads to just that; else "".
    """

    here: str = ""
    path: str = ""
    whole: str = ""


NOWHERE = Place()


def place_here() -> Place:
    entries = made_for_roles(("entries",), lambda: frozenset(sub.href for item in nav_items() for sub in item.subs))
    here = (request.view_args or {}).get("entity") or request.endpoint or ""
    path, whole = (each if each in entries else "" for each in (request.path, request.full_path))
    return Place(here, path, whole)


def nav_items(place: Place = NOWHERE) -> tuple[NavItem, ...]:
    """Home, then the entities of the app's menu that the actor may see, each with its board."""
    known = made_for_roles(("nav",), lambda: dict(_nav()))
    return tuple(replace(item, is_here=True) if key == place.here else item for key, item in known.items())


def _nav() -> Iterable[tuple[str, NavItem]]:
    """Each with the endpoint or the entity that it is the way to."""
    yield "home.show", NavItem(say("首页"), address("home.show"), "home", key="g h")
    for at, entity in enumerate(menu_entities(), start=1):
        yield entity.key, _nav_of(entity, at)


def menu_entities() -> tuple[Entity, ...]:
    app = current_engine().app
    keys = app.menu or tuple(key for key, entity in app.entities.items() if not entity.parent)
    return tuple(app.entities[key] for key in keys if key in app.entities and rights_of(key).see)


def _nav_of(entity: Entity, at: int) -> NavItem:
    language = current_language()
    subs = tuple(
        Link(board.label.say(language) or say("看板"), address("boards.show", entity=entity.key, view=board.key))
        for board in readable_boards(entity)
    )
    if has_charts(entity):
        subs += (Link(say("图表"), address("charts.show", entity=entity.key)),)
    subs += tuple(
        Link(view.label.say(language), address("lists.show", entity=entity.key, view=view.key))
        for view in lists_of(entity)[1:]
    )
    href = address("lists.show", entity=entity.key)
    return NavItem(entity.label.say(language), href, entity.icon, key=f"g {at}" if at < 10 else "", subs=subs)


def bottom_items(place: Place) -> tuple[NavItem, ...]:
    """The phone's bar: home, the first entity, and the first board (or the second entity)."""
    items = nav_items(place)
    board = next(
        (
            NavItem(item.subs[0].text, item.subs[0].href, "layout-kanban", place.path == item.subs[0].href)
            for item, entity in zip(items[1:], menu_entities(), strict=True)
            if readable_boards(entity)
        ),
        None,
    )
    third = (board,) if board else items[2:3]
    return (*items[:2], *third)


def creatable() -> tuple[Link, ...]:
    """What the actor may add from anywhere: entities of the menu and their small children (a visit)."""
    return made_for_roles(("creatable",), _creatable)


def _creatable() -> tuple[Link, ...]:
    language = current_language()
    return tuple(
        Link(entity.label.say(language), address("forms.new", entity=entity.key), icon=entity.icon)
        for entity in menu_entities()
        if rights_of(entity.key).create
    )


def has_imports() -> bool:
    """Whether the actor may import anything."""
    return made_for_roles(("imports",), lambda: bool(current_engine().imports.offered(current_context())))


# --- what all templates know -----------------------------------------------------------------------------------------


def _shared() -> Mapping[str, object]:
    """Cheap values at once; what asks the engine only when a template calls it, so that error pages need nothing."""
    language, app = current_language(), current_engine().app
    return {
        "app": app,
        "actor": current_actor(),
        "language": language,
        "app_label": app.label.say(language),
        "look": look(),
        "today": day_of(current_engine().clock.now(), app.timezone).isoformat(),
        "script_texts": script_texts(language) if language != SOURCE_LANGUAGE else {},
        "place_here": place_here,
        "nav_items": nav_items,
        "bottom_items": bottom_items,
        "creatable": creatable,
        "has_imports": has_imports,
        "role_label": role_label,
        "news": news,
        "language_signs": LANGUAGE_SIGNS,
        "calls_waiting": calls_waiting,
        "has_room": current_engine().database.has_room,
        "calendar_ends": _calendar_ends(),
    }


def _calendar_ends() -> date | None:
    """For administrators: the day after which public holidays are unknown, when that is near and matters."""
    actor, engine = current_actor(), current_engine()
    if actor is None or not actor.is_admin:
        return None
    return calendar_ends(engine.app, day_of(engine.clock.now(), engine.app.timezone))


def calls_waiting() -> int:
    """How many comments call the person and were not seen yet."""
    return len(mentions()) if current_actor() else 0


def mentions() -> list[Mention]:
    """The comments that call the person, asked for once per request."""
    if "mentions" not in g:
        g.mentions = current_engine().mentions(current_context()) if is_called() else []
    found: list[Mention] = g.mentions
    return found


def is_called() -> bool:
    """Whether any comment calls the person and was not seen yet when the request began."""
    if "is_called" not in g:
        g.is_called = current_engine().is_called(current_context())
    return bool(g.is_called)


def news() -> str:
    """The sentence for `?said=KEY`, with which a page comes after something was done."""
    if "said" not in request.args:
        return ""
    known = {
        "saved": say("已保存"), "created": say("已新建"), "deleted": say("已删除"), "moved": say("已推进到下一步"),
        "settings": say("设置已保存"), "reloaded": say("应用已重新载入"),
        "undone": say("已撤销"), "view_saved": say("视图已保存"), "view_deleted": say("视图已删除"),
        "view_chosen": say("以后打开列表时先用这个视图"),
    }  # fmt: skip
    return known.get(request.args["said"], "")


def role_label(app: App) -> str:
    actor = current_actor()
    role = app.roles.get(actor.role) if actor else None
    return role.label.say(current_language()) if role else ""


def _set_up(state: BlueprintSetupState) -> None:
    site = state.app
    site.jinja_env.globals.update(
        _=say,
        icon=icon,
        asset=asset,
        url_for=address,
        initial=initial,
        show=show,
        badge=badge,
        meter=meter,
        facts=facts,
        kept=kept,
    )
    site.context_processor(lambda: dict(_shared()))


blueprint.record(_set_up)
