"""What follows from the app, a language and a person's roles: made once for each revision, not for each page."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from flask import current_app, request
from markupsafe import Markup

from dsl.app import App
from engine.store.plans import Recent
from web.session import current_actor, current_engine, current_language

_MADE = "sluice_made"
MOST_MADE = 500
"""Lists, menus and the like; the least used are forgotten and made again."""

T = TypeVar("T")


def made(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave the first time that the app's revision was asked for this key.

    The key names everything that the answer depends on beside the app itself; never a person, only his or her roles.
    """
    kept = _made()
    found = kept.find(key)
    if found is None:
        found = kept.keep(key, make())
    return cast("T", found)


def made_for_roles(key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """The same for what also depends on the roles of whoever asks, the language, and where the site is mounted."""
    actor = current_actor()
    held = (actor.roles, actor.is_system, actor.is_admin) if actor is not None else ()
    return made((*key, held, current_language(), request.script_root), make)


def kept(*key: Hashable, caller: Callable[[], Markup]) -> Markup:
    """A part of a template, drawn once: `{% call kept('side', place) %}…{% endcall %}`.

    What stands inside may ask only for what the key says, and for what `made_for_roles` may depend on.
    """
    return made_for_roles(("kept", *key), caller)


def _made() -> Recent[object]:
    app = current_engine().app
    known: tuple[App, Recent[object]] | None = current_app.extensions.get(_MADE)
    if known is None or known[0] is not app:
        known = current_app.extensions[_MADE] = (app, Recent[object](MOST_MADE))
    return known[1]
