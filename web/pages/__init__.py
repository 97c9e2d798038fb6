"""The screens. `BLUEPRINTS` is registered by create_site; `PUBLIC` names the endpoints a stranger may open."""

from __future__ import annotations

from flask import Blueprint

from web.pages import (
    backups,
    boards,
    bulk,
    card_edit,
    cells,
    charts,
    comments,
    comparisons,
    delivery,
    exports,
    files,
    filter_builder,
    forms,
    frame,
    gallery,
    histories,
    home,
    imports,
    installing,
    lists,
    login,
    lookups,
    moves,
    preferences,
    prints,
    records,
    searching,
    studio,
    undoing,
    view_pages,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    frame.blueprint, login.blueprint, home.blueprint, lists.blueprint, filter_builder.blueprint,
    card_edit.blueprint, cells.blueprint, bulk.blueprint, view_pages.blueprint, undoing.blueprint,
    records.blueprint, forms.blueprint,
    boards.blueprint, moves.blueprint, files.blueprint, lookups.blueprint, searching.blueprint,
    charts.blueprint, installing.blueprint, comments.blueprint, exports.blueprint, histories.blueprint,
    prints.blueprint,
    imports.blueprint, comparisons.blueprint, preferences.blueprint, delivery.blueprint, backups.blueprint,
    studio.blueprint, gallery.blueprint,
)  # fmt: skip
PUBLIC: frozenset[str] = frozenset(
    {"login.show", "login.enter", "installing.manifest", "installing.worker", "installing.offline"}
)
