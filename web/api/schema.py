"""The shape of the app as this person may see it, for clients that draw forms."""

from __future__ import annotations

from flask import Response

from dsl.app import Entity, Field, Pipeline
from engine.answers import Rights
from engine.values import is_written
from web.api.blueprint import api
from web.responses import json_answer
from web.session import current_context, current_engine, current_language


@api.get("/schema")
def schema() -> Response:
    engine, context = current_engine(), current_context()
    entities = []
    for entity in engine.app.entities.values():
        rights = engine.rights(context, entity.key)
        if rights.see:
            entities.append(_entity(entity, rights))
    return json_answer(
        {
            "app": engine.app.key,
            "label": engine.app.label.say(current_language()),
            "version": engine.app.version,
            "revision": engine.revision,
            "languages": list(engine.app.languages),
            "timezone": engine.app.timezone,
            "currency": engine.app.currency,
            "entities": entities,
        }
    )


def _entity(entity: Entity, rights: Rights) -> dict[str, object]:
    language = current_language()
    return {
        "key": entity.key,
        "label": entity.label.say(language),
        "parent": entity.parent or None,
        "title": entity.title,
        "may": {
            "create": rights.create,
            "edit": rights.edit,
            "edit_fields": sorted(rights.edit_fields),
            "delete": rights.delete,
            "export": rights.export,
        },
        "fields": [_field(entity, f, rights) for f in entity.fields.values() if f.key not in rights.hidden],
        "pipelines": [_pipeline(pipeline) for pipeline in entity.pipelines],
    }


def _field(entity: Entity, field: Field, rights: Rights) -> dict[str, object]:
    language = current_language()
    choices = current_engine().app.choices.get(field.choices)
    options = [
        {"key": o.key, "label": o.label.say(language), "color": o.color, "retired": o.retired, "parent": o.parent}
        for o in (choices.options if choices else ())
    ]
    return {
        "key": field.key,
        "kind": field.kind,
        "label": field.label.say(language),
        "help": field.help.say(language),
        "scale": field.scale,
        "target": field.target or None,
        "required": field.required is True,
        "unique": field.unique,
        "computed": field.is_computed,
        "written": is_written(entity, field),
        "masked": field.key in rights.masked,
        "options": options,
    }


def _pipeline(pipeline: Pipeline) -> dict[str, object]:
    language = current_language()
    return {
        "key": pipeline.key,
        "label": pipeline.label.say(language),
        "stages": [{"key": s.key, "label": s.label.say(language), "end": s.end or None} for s in pipeline.stages],
        "moves": [{"from": m.source, "to": m.target} for m in pipeline.moves],
    }
