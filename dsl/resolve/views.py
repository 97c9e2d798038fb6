"""Lists, boards, forms and snippets."""

from __future__ import annotations

from dsl.app import BoardView, Entity, FormSection, ListView, Snippet, Text
from dsl.definition import EntityDef
from dsl.nodes import Mapping, Node, Scalar
from dsl.read import Block
from dsl.resolve.site import Site

_MOST_DEFAULT_COLUMNS = 6
_NOT_IN_LISTS = ("table", "long", "rich", "file", "files", "image", "place")
_MADE = Text((("zh", "列表"), ("en", "List")))
_ALL_FIELDS = Text((("zh", "内容"), ("en", "Details")))


def resolve_views(site: Site, entity: EntityDef) -> tuple[tuple[ListView, ...], tuple[BoardView, ...]]:
    """Views by key: one with `kanban` is a board, any other a list. Without any list, one is made."""
    lists, boards = [], []
    key = entity.key.text
    for entry in entity.block.entries("views"):
        block = site.reading.block(entry.value, "view", entry.key.span)
        label = block.label()
        label = label if label.by_language else Text((("", entry.key.text),))
        if block.has("kanban"):
            board = _board(site, key, entry.key, block, label)
            if board is not None:
                boards.append(board)
        else:
            lists.append(_list(site, key, entry.key, block, label))
    if not lists:
        lists.append(_made_list(site.draft.entities[key]))
    return tuple(lists), tuple(boards)


def _list(site: Site, entity: str, key: Scalar, block: Block, label: Text) -> ListView:
    group = block.scalar("group")
    return ListView(
        key=key.text,
        label=label,
        columns=site.field_words(block.words("columns"), entity) or _made_list(site.draft.entities[entity]).columns,
        filters=site.field_words(block.words("filter"), entity),
        sort=resolve_sort(site, entity, block),
        span=key.span,
        condition=site.condition(block.scalar("where"), entity),
        group=group.text if group and site.field_word(group, entity) else "",
    )


def resolve_sort(site: Site, entity: str, block: Block) -> tuple[str, ...]:
    """The fields under `sort:`, with - before those that fall."""
    found = []
    for word in block.words("sort"):
        is_falling = word.text.startswith("-")
        name = word.cut(1) if is_falling else word
        if site.field_word(name, entity):
            found.append(f"-{name.text}" if is_falling else name.text)
    return tuple(found)


def _board(site: Site, entity: str, key: Scalar, block: Block, label: Text) -> BoardView | None:
    by = block.scalar("kanban")
    if by is None or not site.field_word(by, entity):
        return None
    if site.draft.entities[entity].fields[by.text].kind != "choice":
        site.reading.report("M15", by.span, name=by.text)
        return None
    total = block.scalar("total")
    return BoardView(
        key=key.text,
        label=label,
        by=by.text,
        card=site.field_words(block.words("card"), entity),
        span=key.span,
        red=site.condition(block.scalar("red"), entity),
        total=total.text if total and site.field_word(total, entity) else "",
    )


def _made_list(entity: Entity) -> ListView:
    shown = [f.key for f in entity.fields.values() if f.kind not in _NOT_IN_LISTS and not f.key.startswith("changed_")]
    written = [key for key in shown if not entity.fields[key].given or key in ("code", "stage")]
    return ListView("list", _MADE, tuple(written[:_MOST_DEFAULT_COLUMNS]), (), (), entity.span)


def resolve_form(site: Site, entity: EntityDef) -> tuple[FormSection, ...]:
    """Sections in order: a list of `label: [fields]`. Without a form, one section with every written field."""
    sections = []
    key = entity.key.text
    for item in entity.block.items("form"):
        if not isinstance(item, Mapping):
            site.reading.report("S33", item.span)
            continue
        for entry in item.entries:
            label = site.reading.label(entry.key)
            sections.append(FormSection(label, site.field_words(site.reading.words(entry.value), key)))
    if sections:
        return tuple(sections)
    fields = site.draft.entities[key].fields.values()
    parent = site.draft.entities[key].parent
    written = tuple(f.key for f in fields if not f.given or f.key == parent)
    return (FormSection(_ALL_FIELDS, written),) if written else ()


def resolve_snippets(site: Site, *nodes: Node | None) -> tuple[Snippet, ...]:
    """Texts by key; those of the entity before those of the app."""
    found: dict[str, Snippet] = {}
    for node in nodes:
        for entry in site.reading.entries(node):
            text = site.reading.scalar(entry.value)
            if text is not None and entry.key.text not in found:
                found[entry.key.text] = Snippet(entry.key.text, site.reading.label(text))
    return tuple(found.values())
