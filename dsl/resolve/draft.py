"""The draft: an App whose fields are all there with their types, but without any formula or gate.

It is what formulas are checked over, so that the order of the text never matters.
"""

from __future__ import annotations

from dsl.app import App, Choices, Entity, Field, Option, Pipeline, Stage, Text
from dsl.catalog_entry import in_both
from dsl.definition import AppDef, EntityDef, FieldDef, StageDef
from dsl.formula.value_types import INTEGER, PERSON, TEXT, TIME, ChoiceType, RefType, SetType, ValueType
from dsl.kinds import KINDS, Spec
from dsl.nodes import Scalar
from dsl.read import Reading
from dsl.resolve.durations import read_chance, read_limit
from dsl.source import NOWHERE

_GIVEN = {
    "code": in_both("编号", "Number"),
    "stage": in_both("阶段", "Stage"),
    "stage_since": in_both("进入阶段时间", "In stage since"),
    "days_in_stage": in_both("停留天数", "Days in stage"),
    "tags": in_both("标签", "Tags"),
    "owner": in_both("负责人", "Owner"),
    "backup": in_both("备份负责人", "Backup"),
    "created_at": in_both("创建时间", "Created at"),
    "created_by": in_both("创建人", "Created by"),
    "changed_at": in_both("修改时间", "Changed at"),
    "changed_by": in_both("修改人", "Changed by"),
}


def draft_app(reading: Reading, definition: AppDef, digest: str, source: str) -> App:
    """Every entity with its fields, given ones too; option lists of stages, bands, tags and roles included."""
    choices = {**_made_lists(definition), **definition.choices}
    entities = {key: _draft_entity(reading, definition, entity, choices) for key, entity in definition.entities.items()}
    return App(
        key=definition.key,
        label=definition.label if definition.label.by_language else Text((("", definition.key),)),
        version=definition.head.whole("version", 1),
        languages=definition.languages,
        timezone=definition.timezone,
        calendar=definition.head.text("calendar", "cn"),
        currency=definition.head.text("currency", "CNY"),
        modules=definition.modules,
        roles=definition.roles,
        choices=choices,
        entities=entities,
        tables={},
        filler=definition.filler,
        menu=(),
        digest=digest,
        source=source,
        span=definition.span,
    )


def _made_lists(definition: AppDef) -> dict[str, Choices]:
    """The lists nobody wrote as lists: roles, and each entity's stages, tags and score bands."""
    roles = tuple(Option(role.key, role.label) for role in definition.roles.values())
    made = {"role": Choices("role", roles)}
    for key, entity in definition.entities.items():
        stages = {s.key.text: s for pipeline in entity.pipelines for s in pipeline.stages}
        if stages:
            options = tuple(Option(s.key.text, s.label, s.block.text("color")) for s in stages.values())
            made[f"stage:{key}"] = Choices(f"stage:{key}", options, entity.key.span)
        if entity.tags is not None:
            made[entity.tags.key] = entity.tags
        for score in entity.scores:
            options = tuple(Option(b.key.text, b.label, b.color) for b in score.bands)
            name = f"band:{key}.{score.key.text}"
            made[name] = Choices(name, options, score.key.span)
    return made


def _draft_entity(reading: Reading, definition: AppDef, entity: EntityDef, choices: dict[str, Choices]) -> Entity:
    parent = _parent(reading, definition, entity)
    fields: dict[str, Field] = {}
    series = entity.block.scalar("code")
    if series is not None:
        fields["code"] = _given("code", "code", TEXT)
    if parent and parent not in entity.fields:
        above = definition.entities[parent]
        former = above.block.text("was")  # the reference has the name of what it points to, so it goes with it
        fields[parent] = Field(
            parent, "ref", above.label, RefType(parent), entity.block.key_span("part_of"), target=parent, required=True,
            given=True, was=former if former not in entity.fields else "",
        )  # fmt: skip
    for key, written in entity.fields.items():
        fields[key] = _draft_field(reading, definition, entity, written, choices)
    fields.update(_given_fields(entity, parent, fields, choices))
    return Entity(
        key=entity.key.text,
        label=entity.label,
        fields=fields,
        title="",
        span=entity.key.span,
        parent=parent,
        pipelines=tuple(
            Pipeline(p.key.text, p.label, tuple(_draft_stage(reading, s) for s in p.stages), (), p.key.span)
            for p in entity.pipelines
            if p.stages
        ),
        module=entity.block.text("module"),
        was=entity.block.text("was"),
        icon=entity.block.text("icon"),
        has_own_access=entity.block.has("access"),
    )


def _draft_stage(reading: Reading, stage: StageDef) -> Stage:
    limit, in_workdays = read_limit(reading, stage.block.scalar("limit"))
    return Stage(
        key=stage.key.text,
        label=stage.label,
        span=stage.key.span,
        chance=read_chance(reading, stage.block.scalar("chance")),
        limit=limit,
        limit_in_workdays=in_workdays,
    )


def _parent(reading: Reading, definition: AppDef, entity: EntityDef) -> str:
    word = entity.block.scalar("part_of")
    if word is None:
        return ""
    parent = word.text
    if parent not in definition.entities:
        parent = reading.unknown("M06", word, definition.entities)
    if not parent:
        return ""
    ring = _ring(definition, entity.key.text, parent)
    if entity.key.text not in ring:
        return parent
    first = min(ring, key=lambda key: definition.entities[key].key.span.line)
    if first == entity.key.text:
        reading.report("M07", word.span, name=entity.key.text)
    reading.poisoned.add(parent)
    return ""


def _ring(definition: AppDef, start: str, parent: str) -> list[str]:
    """The entities that are part of each other, met by walking up; empty where the walk ends."""
    way, at = [start], parent
    while at not in way:
        way.append(at)
        above = definition.entities[at].block.node.get("part_of")
        if not isinstance(above, Scalar) or above.text not in definition.entities:
            return []
        at = above.text
    return way[way.index(at) :]


def _draft_field(
    reading: Reading, definition: AppDef, entity: EntityDef, written: FieldDef, choices: dict[str, Choices]
) -> Field:
    kind = KINDS[written.kind]
    name = ""
    keys: tuple[str, ...] = ()
    if written.subject is not None and kind.subject == "choices":
        name, keys = _list_of(reading, definition, written.subject, choices)
    elif written.subject is not None and kind.subject == "entity":
        name = _entity_of(reading, definition, written.subject)
    elif written.kind == "tags" and entity.tags is not None:
        name, keys = entity.tags.key, _keys(entity.tags)
    key = written.key.text
    if written.is_poisoned or (kind.subject and not name):
        reading.poisoned.add(key)
    value_type = kind.value_type(Spec(written.scale, name, keys))
    return Field(
        key,
        written.kind,
        written.label,
        value_type,
        written.key.span,
        scale=getattr(value_type, "scale", 0),
        choices=name if kind.subject != "entity" else "",
        target=name if kind.subject == "entity" else "",
        required=written.is_required,
        unique=written.is_unique,
        help=written.block.label("help"),
        mask=written.block.text("mask"),
        is_personal=written.block.flag("personal"),
        was=written.block.text("was"),
        allow_filler=written.block.flag("allow_filler"),
        max_length=max(0, written.block.whole("max_length")),
        remembers=written.block.flag("remember"),
    )


def _list_of(
    reading: Reading, definition: AppDef, word: Scalar, choices: dict[str, Choices]
) -> tuple[str, tuple[str, ...]]:
    found = choices.get(word.text)
    if found is None:
        right = reading.unknown("M08", word, [*definition.choices, "role"])
        return (right, _keys(choices[right])) if right else ("", ())
    return word.text, _keys(found)


def _keys(choices: Choices) -> tuple[str, ...]:
    return tuple(option.key for option in choices.options if not option.is_group)


def _entity_of(reading: Reading, definition: AppDef, word: Scalar) -> str:
    if word.text in definition.entities:
        return word.text
    return reading.unknown("M06", word, definition.entities)


def _given(key: str, kind: str, value_type: ValueType, choices: str = "", *, is_live: bool = False) -> Field:
    return Field(key, kind, _GIVEN[key], value_type, NOWHERE, choices=choices, given=True, is_live=is_live)


def _given_fields(
    entity: EntityDef, parent: str, fields: dict[str, Field], choices: dict[str, Choices]
) -> dict[str, Field]:
    """What every entity has without saying: stage, tags, scores, owner of a child, and who and when."""
    key = entity.key.text
    given: list[Field] = []
    stages = f"stage:{key}"
    if stages in choices:
        given.append(_given("stage", "choice", ChoiceType(stages, _keys(choices[stages])), stages))
        given.append(_given("stage_since", "time", TIME))
        given.append(_given("days_in_stage", "integer", INTEGER, is_live=True))
    if entity.tags is not None:
        given.append(_given("tags", "tags", SetType(entity.tags.key, _keys(entity.tags)), entity.tags.key))
    for score in entity.scores:
        bands = f"band:{key}.{score.key.text}"
        name = score.key.text
        given.append(Field(name, "integer", score.label, INTEGER, score.key.span, given=True))
        band_type = ChoiceType(bands, _keys(choices[bands]))
        given.append(Field(f"{name}_band", "choice", score.label, band_type, score.key.span, choices=bands, given=True))
    if parent:
        given += [_given(k, "person", PERSON) for k in ("owner", "backup") if k not in fields]
    given += [
        _given("created_at", "time", TIME),
        _given("created_by", "person", PERSON),
        _given("changed_at", "time", TIME),
        _given("changed_by", "person", PERSON),
    ]
    return {field.key: field for field in given}
