"""From the definition to the App: every name resolved, every formula checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dsl.app import App, Entity
from dsl.definition import AppDef, EntityDef
from dsl.graph import tell_live
from dsl.nodes import Mapping as MappingNode
from dsl.nodes import Scalar
from dsl.read import Reading
from dsl.resolve.access import resolve_access
from dsl.resolve.actions import plugins_of
from dsl.resolve.approvals import check_stage_approvals, resolve_approvals, resolve_cadences
from dsl.resolve.draft import draft_app
from dsl.resolve.fields import resolve_fields, with_limits
from dsl.resolve.figures import resolve_dashboards, resolve_metrics, resolve_reports
from dsl.resolve.imports import resolve_imports
from dsl.resolve.papers import resolve_documents, resolve_handovers, resolve_pages
from dsl.resolve.rules import resolve_rules
from dsl.resolve.scores import resolve_scores, score_fields
from dsl.resolve.series import resolve_series
from dsl.resolve.site import Site
from dsl.resolve.stages import resolve_pipelines
from dsl.resolve.tables import resolve_tables
from dsl.resolve.tags import check_tag_conditions
from dsl.resolve.transfer import (
    check_calendar,
    resolve_calendars,
    resolve_exports,
    resolve_library,
)
from dsl.resolve.validations import resolve_one_open, resolve_validations
from dsl.resolve.views import resolve_form, resolve_snippets, resolve_views


def resolve_app(reading: Reading, definition: AppDef, digest: str, source: str, files: Mapping[str, str]) -> App:
    """The App; what is faulty is left out of it and has been reported. files: CSV texts beside the app, by name."""
    draft = draft_app(reading, definition, digest, source)
    draft = replace(draft, tables=resolve_tables(reading, definition.head, draft, files))
    draft = with_limits(reading, definition, draft)
    site = Site(reading, definition, draft)
    entities = {key: _resolve_entity(site, entity) for key, entity in definition.entities.items()}
    entities, menu = _resolve_menu(reading, definition, entities)
    for entity in definition.entities.values():
        check_stage_approvals(site, entity)
        check_tag_conditions(site, entity)
    check_calendar(site)
    app = _with_sections(site, replace(draft, entities=entities, menu=menu))
    return tell_live(reading, app)


def _with_sections(site: Site, app: App) -> App:
    """The App with what stands beside its entities."""
    metrics = resolve_metrics(site)
    return replace(
        app,
        plugins=plugins_of(site),
        approvals=resolve_approvals(site),
        cadences=resolve_cadences(site),
        documents=resolve_documents(site),
        pages=resolve_pages(site),
        handovers=resolve_handovers(site),
        metrics=metrics,
        dashboards=resolve_dashboards(site, metrics),
        reports=resolve_reports(site),
        imports=resolve_imports(site),
        exports=resolve_exports(site),
        calendars=resolve_calendars(site),
        library=resolve_library(site),
    )


def _resolve_entity(site: Site, entity: EntityDef) -> Entity:
    draft = site.draft.entities[entity.key.text]
    fields = resolve_fields(site, entity)
    scores = resolve_scores(site, entity)
    for score in scores.values():
        fields.update(score_fields(score, fields))
    lists, boards = resolve_views(site, entity)
    return replace(
        draft,
        fields=fields,
        title=_title(site, entity),
        owner_field=_person_field(site, entity, "owner"),
        backup_field=_person_field(site, entity, "backup"),
        series=resolve_series(site.reading, entity.block.scalar("code")),
        pipelines=resolve_pipelines(site, entity),
        validations=resolve_validations(site, entity),
        one_open=resolve_one_open(site, entity),
        scores=scores,
        access=resolve_access(site, entity),
        lists=lists,
        boards=boards,
        form=resolve_form(site, entity),
        quick=site.field_words(entity.block.words("quick"), entity.key.text),
        snippets=resolve_snippets(site, entity.block.get("snippets"), site.definition.head.get("snippets")),
        module=site.module_word(entity.block.scalar("module")),
        rules=resolve_rules(site, entity),
    )


def _title(site: Site, entity: EntityDef) -> str:
    """The field that names a record: the one written, else name, title, the first text, the code."""
    word = entity.block.scalar("title")
    fields = site.draft.entities[entity.key.text].fields
    if word is not None and site.field_word(word, entity.key.text):
        return word.text
    texts = [field.key for field in fields.values() if field.kind == "text"]
    for key in ("name", "title", "code", *texts):
        if key in fields:
            return key
    return ""


def _person_field(site: Site, entity: EntityDef, key: str) -> str:
    """The field that `owner:` or `backup:` names; else the person field of that very name; else ""."""
    word = entity.block.scalar(key)
    fields = site.draft.entities[entity.key.text].fields
    if word is None:
        return key if key in fields and fields[key].kind == "person" else ""
    if not site.field_word(word, entity.key.text):
        return ""
    if fields[word.text].kind != "person":
        site.reading.report("M19", word.span, name=word.text)
        return ""
    return word.text


def _resolve_menu(
    reading: Reading, definition: AppDef, entities: dict[str, Entity]
) -> tuple[dict[str, Entity], tuple[str, ...]]:
    """The entities with their icons, and the order of the navigation: `menu:`, else those that stand alone."""
    node = definition.head.get("menu")
    icons: dict[str, Scalar | None] = {}
    if isinstance(node, MappingNode):
        words = tuple(entry.key for entry in node.entries)
        icons = {entry.key.text: reading.scalar(entry.value) for entry in node.entries}
    else:
        words = reading.words(node)
    for entry in reading.entries(definition.head.get("icons")):
        icons[entry.key.text] = reading.scalar(entry.value)
        if entry.key.text not in entities:
            reading.unknown("M06", entry.key, entities)
    for word in words:
        if word.text not in entities:
            reading.unknown("M06", word, entities)
    menu = tuple(dict.fromkeys(word.text for word in words if word.text in entities))
    with_icons = {
        key: replace(entity, icon=icon.text) if (icon := icons.get(key)) is not None else entity
        for key, entity in entities.items()
    }
    return with_icons, menu or tuple(key for key, entity in entities.items() if not entity.parent)
