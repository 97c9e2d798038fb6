"""Parts of a module that is off, and what still leads to them."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App
from dsl.checks.formulas import actions_of
from dsl.flow import Create, MakeDocument, MoveTo
from dsl.problems import Problem
from dsl.source import Span


def parts_that_are_switched_off(app: App) -> Iterator[Problem]:
    """A27, a warning: something that is on needs something of a module that is off."""
    off = {module for module, is_on in app.modules.items() if not is_on}
    if not off:
        return
    for span, name, module, by in _needs(app):
        if module in off and by not in off:
            yield Problem("A27", span, {"name": name, "module": module}, severity="warning")


def _needs(app: App) -> Iterator[tuple[Span, str, str, str]]:
    """(place, what is needed, its module, the module of what needs it)"""
    for entity in app.entities.values():
        for field in entity.fields.values():
            if field.target in app.entities and not field.given:
                yield field.span, field.target, app.entities[field.target].module, entity.module
        for rule in entity.rules:
            for key in rule.trigger.stages:
                stage = entity.stage(key)
                yield rule.trigger.span, key, stage.module if stage else "", entity.module
            if rule.trigger.verb == "opened" and rule.trigger.name in app.pages:
                yield rule.trigger.span, rule.trigger.name, app.pages[rule.trigger.name].module, entity.module
    for key, action in actions_of(app):
        entity = app.entities[key]
        match action:
            case MakeDocument() if action.document in app.documents:
                yield action.span, action.document, app.documents[action.document].module, entity.module
            case MoveTo():
                target = entity.stage(action.stage)
                yield action.span, action.stage, target.module if target else "", entity.module
            case Create():
                yield action.span, action.entity, app.entities[action.entity].module, entity.module
            case _:
                pass
    for document in app.documents.values():
        if document.page in app.pages:
            yield document.span, document.page, app.pages[document.page].module, document.module
