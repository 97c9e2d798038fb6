"""Reading one entity: its fields, stages and score cards as written."""

from __future__ import annotations

import re

from dsl.app import Text
from dsl.definition import BandDef, EntityDef, FieldDef, PipelineDef, ScoreDef, StageDef
from dsl.field_text import read_field_text
from dsl.names import is_name, meant
from dsl.nodes import Entry, Mapping, Node, Scalar
from dsl.parts import PARTS
from dsl.read import Block, Reading, empty_block, key_text
from dsl.read_choices import read_choices

GIVEN_KEYS = frozenset(
    {"id", "code", "stage", "stage_since", "days_in_stage", "tags", "created_at", "created_by", "changed_at",
     "changed_by", "row_version", "owner_id", "backup_id", "unit_id", "pipeline", "deleted_at", "gaps"}
)  # fmt: skip
"""Keys that the engine gives or keeps for itself: no field of an author may take one."""
MOST_STAGES = 100
MOST_FIELDS = 1_000
MOST_SCORES = 20
_BAND = re.compile(r"\s*([+-]?\d{1,9})?\s*\.\.\s*([+-]?\d{1,9})?\s*")


def read_entity(reading: Reading, entry: Entry) -> EntityDef:
    block = reading.block(entry.value, "entity", entry.key.span)
    label = named(block, entry.key)
    fields: dict[str, FieldDef] = {}
    for field in reading.limited(block.entries("fields"), MOST_FIELDS):
        if field.key.text in GIVEN_KEYS:
            reading.report("M03", field.key.span, name=field.key.text)
        else:
            fields[field.key.text] = _read_field(reading, field)
    tags_node = block.get("tags")
    tags = read_choices(reading, f"tags:{entry.key.text}", tags_node, block.key_span("tags")) if tags_node else None
    scores = tuple(_read_score(reading, score) for score in reading.limited(block.entries("scores"), MOST_SCORES))
    return EntityDef(entry.key, block, label, fields, _read_pipelines(reading, block), scores, tags)


def named(block: Block, key: Scalar) -> Text:
    """The label of a thing, or its key where it has none."""
    text = block.label()
    return text if text.by_language else key_text(key.text)


def _read_field(reading: Reading, entry: Entry) -> FieldDef:
    key = entry.key
    if isinstance(entry.value, Mapping):
        block = reading.block(entry.value, "field", key.span)
        text = block.scalar("type")
    else:
        block = empty_block(reading, "field", key.span)
        text = reading.scalar(entry.value)
        if text is not None and not text.text:
            reading.report("S10", key.span, text="")
    parts = read_field_text(reading, text) if text is not None and text.text else None
    label = named(block, key)
    if parts is None:
        return FieldDef(key, "text", block, label=label, is_poisoned=True)
    required, required_if = _read_required(reading, block)
    return FieldDef(
        key, parts.kind, block, parts.scale, parts.subject, parts.is_required or required, required_if,
        parts.is_unique or block.flag("unique"), parts.formula, label, parts.is_guessed,
    )  # fmt: skip


def _read_required(reading: Reading, block: Block) -> tuple[bool, Scalar | None]:
    scalar = block.scalar("required")
    if scalar is None:
        return False, None
    formula = formula_of(scalar)
    return (False, formula) if formula is not None else (reading.flag(scalar), None)


def only_warns(entry: Entry) -> bool:
    """Whether a rule is a yellow mark: it has `warn:`, if mistyped."""
    if not isinstance(entry.value, Mapping):
        return False
    keys = (known.key.text for known in entry.value.entries)
    return any(key == "warn" or (key not in PARTS["rule"] and meant(key, PARTS["rule"]) == "warn") for key in keys)


def formula_of(scalar: Scalar) -> Scalar | None:
    """The formula after `=`; None for a literal."""
    if scalar.text[:1] in ("=", "＝"):
        return scalar.cut(1)
    return None


def _read_pipelines(reading: Reading, block: Block) -> tuple[PipelineDef, ...]:
    if block.has("pipelines"):
        if block.has("stages"):
            reading.report("S18", block.key_span("stages"))
        return tuple(
            _read_pipeline(reading, entry) for entry in reading.limited(block.entries("pipelines"), MOST_SCORES)
        )
    if not block.has("stages"):
        return ()
    stages = _read_stages(reading, block.get("stages"))
    return (PipelineDef(Scalar("", block.key_span("stages")), Text(), stages, block),) if stages else ()


def _read_pipeline(reading: Reading, entry: Entry) -> PipelineDef:
    block = reading.block(entry.value, "pipeline", entry.key.span)
    return PipelineDef(entry.key, named(block, entry.key), _read_stages(reading, block.get("stages")), block)


def _read_stages(reading: Reading, node: Node | None) -> tuple[StageDef, ...]:
    """Stages by key: a block, or only a label; or a list of keys."""
    stages = []
    if node is not None and not isinstance(node, Mapping):
        for word in reading.limited(reading.words(node), MOST_STAGES):
            if is_name(word.text):
                stages.append(StageDef(word, empty_block(reading, "stage", word.span), key_text(word.text)))
            else:
                reading.report("S09", word.span, name=word.text[:60])
        return tuple(stages)
    for entry in reading.limited(reading.entries(node), MOST_STAGES):
        if isinstance(entry.value, Scalar):
            block = empty_block(reading, "stage", entry.key.span)
            label = reading.label(entry.value)
            stages.append(StageDef(entry.key, block, label if label.by_language else key_text(entry.key.text)))
        else:
            block = reading.block(entry.value, "stage", entry.key.span)
            stages.append(StageDef(entry.key, block, named(block, entry.key)))
    return tuple(stages)


def _read_score(reading: Reading, entry: Entry) -> ScoreDef:
    block = reading.block(entry.value, "score", entry.key.span)
    bands = []
    for band in block.entries("bands"):
        read = _read_band(reading, band)
        if read is not None:
            bands.append(read)
    return ScoreDef(entry.key, block, named(block, entry.key), tuple(bands))


def _read_band(reading: Reading, entry: Entry) -> BandDef | None:
    if isinstance(entry.value, Mapping):
        block = reading.block(entry.value, "band", entry.key.span)
        text, label, color = block.scalar("range"), named(block, entry.key), block.text("color")
    else:
        text, label, color = reading.scalar(entry.value), key_text(entry.key.text), ""
    if text is None:
        return None
    match = _BAND.fullmatch(text.text)
    if match is None or (match.group(1) is None and match.group(2) is None):
        reading.report("S19", text.span, text=text.text[:60])
        return BandDef(entry.key, None, None, label, color)
    low, high = (None if end is None else int(end) for end in match.groups())
    if low is not None and high is not None and low > high:
        reading.report("S20", text.span, low=low, high=high)
    return BandDef(entry.key, low, high, label, color)
