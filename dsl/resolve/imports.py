"""Files that come in: which columns they may have, what their words mean, and when a record is known again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from dsl.app import Field
from dsl.nodes import Entry, Node, Scalar
from dsl.nodes import Mapping as MappingNode
from dsl.outlets import Alike, Compare, Found, Import, ImportColumn
from dsl.read import Block, empty_block
from dsl.read_entity import named
from dsl.resolve.fields import read_literal
from dsl.resolve.puts import is_writable
from dsl.resolve.site import Site

_BY_NAME = ("person", "department", "ref")
"""Kinds whose values a file gives by name: which names there are only the database knows."""
_FILES = ("file", "image", "files")
_OF_COMPANIES = ("text", "ref")


def resolve_imports(site: Site) -> dict[str, Import]:
    found = {}
    for entry in site.definition.head.entries("imports"):
        block = site.reading.block(entry.value, "import", entry.key.span)
        entity = site.entity_word(block.scalar("to"))
        if not entity:
            continue
        before = len(site.reading.problems)
        columns = {column.head: column for column in _columns(site, block, entity)}
        same_when = _same_when(site, block, entity, columns)
        compare = _compare(site, block, entity, columns)
        if len(site.reading.problems) == before:
            _check_complete(site, entry.key, entity, columns)
        found[entry.key.text] = Import(
            key=entry.key.text,
            label=named(block, entry.key),
            entity=entity,
            columns=columns,
            span=entry.key.span,
            same_when=same_when,
            found=cast("Found", block.one_of("found", "review")),
            roles=site.role_words(block.words("by")),
            compare=compare,
        )
    return found


def _compare(site: Site, block: Block, entity: str, columns: Mapping[str, ImportColumn]) -> Compare:
    node = block.get("compare")
    if node is None:
        return Compare()
    part = site.reading.block(node, "import_compare", block.key_span("compare"))
    filled = {column.fills for column in columns.values() if not column.rows}
    for word in part.words("fields"):
        if site.field_word(word, entity) and word.text not in filled:
            site.reading.report("M51", word.span, name=word.text)
    return Compare(
        fields=tuple(word.text for word in part.words("fields")),
        condition=site.condition(part.scalar("where"), entity),
        ignores_empty=part.one_of("empty", "differs") == "same",
    )


def _columns(site: Site, block: Block, entity: str) -> Iterator[ImportColumn]:
    heads: set[str] = set()
    for entry in site.reading.entries(block.get("columns"), names=False):
        column = _column(site, entry, entity)
        if column is None:
            continue
        for head in (entry.key, *_also(site, entry)):
            if head.text in heads:
                site.reading.report("M50", head.span, name=head.text[:60])
            heads.add(head.text)
        yield column


def _column(site: Site, entry: Entry, entity: str) -> ImportColumn | None:
    """`客户名称: name`, or `客户名称: {fills: name, also: [公司名称]}`."""
    block = _block(site, entry)
    word = site.reading.scalar(entry.value) if isinstance(entry.value, Scalar) else block.scalar("fills")
    place = _place(site, word, entity) if word is not None else None
    if word is None or place is None:
        return None
    rows, field = place
    alike = block.one_of("alike", "text")
    if alike == "company" and field.kind not in _OF_COMPANIES:
        site.reading.report("S60", block.key_span("alike"), name=word.text, kind=field.kind)
    return ImportColumn(
        head=entry.key.text,
        fills=field.key,
        rows=rows,
        also=tuple(each.text for each in _also(site, entry)),
        words=_words(site, block, entity, field),
        empty=_meant(site, block.get("empty"), entity, field),
        alike=cast("Alike", alike),
    )


def _block(site: Site, entry: Entry) -> Block:
    if isinstance(entry.value, Scalar):
        return empty_block(site.reading, "import_column", entry.key.span)
    return site.reading.block(entry.value, "import_column", entry.key.span)


def _also(site: Site, entry: Entry) -> tuple[Scalar, ...]:
    node = entry.value.get("also") if isinstance(entry.value, MappingNode) else None
    return site.reading.words(node)


def _place(site: Site, word: Scalar, entity: str) -> tuple[str, Field] | None:
    """(the table field, the field) that a path names; None, reported, where it names none that a file may fill."""
    rows, dot, _ = word.text.partition(".")
    if dot:
        if not site.field_word(word.cut(0, len(rows)), entity):
            return None
        field = site.draft.entities[entity].fields[rows]
        if field.kind != "table":
            site.reading.report("M18", word.span, name=rows)
            return None
        entity, word = field.target, word.cut(len(rows) + 1, len(word.text))
    if not site.field_word(word, entity):
        return None
    field = site.draft.entities[entity].fields[word.text]
    is_given = field.kind == "tags" or (field.key == "stage" and not dot)
    if field.kind in _FILES or not (is_given or is_writable(site, entity, field)):
        site.reading.report("M30", word.span, name=word.text)
        return None
    return (rows if dot else ""), field


def _words(site: Site, block: Block, entity: str, field: Field) -> Mapping[str, str]:
    entries = site.reading.entries(block.get("words"), names=False)
    pairs = [(entry.key.text, _meant(site, entry.value, entity, field)) for entry in entries]
    return {said: meant for said, meant in pairs if meant}


def _meant(site: Site, node: Node | None, entity: str, field: Field) -> str:
    """A value written in the app for the field, checked; "" where there is none."""
    word = site.reading.scalar(node)
    if word is None or not word.text:
        return ""
    if field.key == "stage":
        site.stage_words((word,), entity)
    elif field.kind not in _BY_NAME:
        read_literal(site.reading, site.draft, field, word.text, word)
    return word.text


def _same_when(
    site: Site, block: Block, entity: str, columns: Mapping[str, ImportColumn]
) -> tuple[tuple[str, ...], ...]:
    filled = {column.fills for column in columns.values() if not column.rows}
    found = []
    for item in block.items("same_when"):
        words = site.reading.words(item)
        for word in words:
            if site.field_word(word, entity) and word.text not in filled:
                site.reading.report("M51", word.span, name=word.text)
        if words:
            found.append(tuple(dict.fromkeys(word.text for word in words)))
    return tuple(found)


def _check_complete(site: Site, key: Scalar, entity: str, columns: Mapping[str, ImportColumn]) -> None:
    """Without a column for a required field every row of every file would be refused."""
    filled = {column.fills for column in columns.values() if not column.rows}
    written = site.definition.entities[entity].fields
    missing = [
        name for name, field in site.draft.entities[entity].fields.items()
        if field.required is True and name not in filled and field.kind != "table"
        and not (name in written and (written[name].formula is not None or written[name].block.has("default")))
    ]  # fmt: skip
    if missing:
        site.reading.report("M52", key.span, entity=entity, fields=", ".join(missing))
