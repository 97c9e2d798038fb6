"""The screens. `BLUEPRINTS` is registered by create_site; `PUBLIC` names the endpoints a stranger may open."""

from __future__ import annotations

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
PUBLIC: frozenset[str] = frozenset()
