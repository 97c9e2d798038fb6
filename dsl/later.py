"""Parts of the language that are read but do not act yet: one warning at each, so that none is silently inert."""

from __future__ import annotations

from dsl.app import App
from dsl.definition import AppDef, EntityDef
from dsl.parts import PARTS
from dsl.read import Reading
from dsl.read_entity import only_warns


def report_later(reading: Reading, definition: AppDef, app: App) -> None:
    """N01 at every top-level section and N02 at the rules of every entity that wait for their runtime."""
    for entry in definition.head.node.entries:
        key = PARTS["app"].get(entry.key.text)
        if key is not None and key.is_later:
            if entry.key.text == "extends":
                reading.report("N04", entry.key.span)
            else:
                reading.report("N01", entry.key.span, severity="warning", name=entry.key.text)
    for entity in definition.entities.values():
        _report_rules(reading, entity)
        _report_stages(reading, entity, app)


def _report_rules(reading: Reading, entity: EntityDef) -> None:
    waiting = [entry.key.text for entry in entity.block.entries("rules") if not only_warns(entry)]
    if waiting:
        span = entity.block.key_span("rules")
        reading.report("N02", span, severity="warning", rules=", ".join(waiting), entity=entity.key.text)


def _report_stages(reading: Reading, entity: EntityDef, app: App) -> None:
    for pipeline in entity.pipelines:
        for stage in pipeline.stages:
            if stage.block.has("approval"):
                span = stage.block.key_span("approval")
                reading.report("N05", span, severity="warning", stage=stage.key.text, app=app.key)
