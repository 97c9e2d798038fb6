"""Access: what each role may do with the records that it sees."""

from __future__ import annotations

from dsl.app import Access
from dsl.definition import EntityDef
from dsl.formula.tree import Formula
from dsl.nodes import Mapping, Node, Scalar, Sequence
from dsl.read import Block
from dsl.read_app import SIGHTS
from dsl.resolve.site import Site

EVERYONE = "everyone"
_YES_WORDS = {"true", "yes", "on", "是"}
_NO_WORDS = {"false", "no", "off", "否"}


def resolve_access(site: Site, entity: EntityDef) -> dict[str, Access]:
    """By role. `everyone:` stands for every role that has no row of its own."""
    found: dict[str, Access] = {}
    others: Access | None = None
    for entry in entity.block.entries("access"):
        role = entry.key.text
        if role != EVERYONE and role not in site.draft.roles:
            site.reading.unknown("M04", entry.key, [*site.draft.roles, EVERYONE])
            continue
        access = _resolve_row(site, entity.key.text, role, entry.key, entry.value)
        if role == EVERYONE:
            others = access
        else:
            found[role] = access
    if others is not None:
        for role in site.draft.roles:
            if role not in found:
                found[role] = _for_role(others, role)
    return found


def _for_role(access: Access, role: str) -> Access:
    return Access(
        role, access.span, access.see, access.create, access.edit, access.edit_fields, access.delete, access.export,
        access.hide, access.mask, access.move,
    )  # fmt: skip


def _resolve_row(site: Site, entity: str, role: str, key: Scalar, node: Node) -> Access:
    if isinstance(node, Scalar) and node.text == "all":
        return Access(role, key.span, create=True, edit=True, delete=True, export=True)
    if isinstance(node, Scalar) and (node.text == "read" or node.is_nothing):
        return Access(role, key.span)
    block = site.reading.block(node, "access", key.span)
    return Access(
        role=role,
        span=key.span,
        see=_sight(site, entity, block),
        create=_permission(site, entity, block, "create"),
        edit=_edit(site, entity, block),
        edit_fields=frozenset(site.field_words(block.words("fields"), entity)),
        delete=_permission(site, entity, block, "delete"),
        export=block.flag("export"),
        hide=frozenset(site.field_words(block.words("hide"), entity)),
        mask=frozenset(site.field_words(block.words("mask"), entity)),
        move=_permission(site, entity, block, "move") if block.has("move") else None,
    )


def _sight(site: Site, entity: str, block: Block) -> str | Formula:
    text = block.scalar("see")
    if text is None or text.text in SIGHTS:
        return text.text if text else ""
    return site.condition(text, entity) or "own"


def _permission(site: Site, entity: str, block: Block, key: str) -> bool | Formula:
    text = block.scalar(key)
    if text is None or text.text.lower() in _NO_WORDS:
        return False
    if text.text.lower() in _YES_WORDS:
        return True
    return site.condition(text, entity) or False


def _edit(site: Site, entity: str, block: Block) -> bool | frozenset[str] | Formula:
    node = block.get("edit")
    if isinstance(node, Sequence):
        return frozenset(site.field_words(site.reading.words(node), entity))
    if isinstance(node, Mapping):
        site.reading.report("S32", node.span)
        return False
    return _permission(site, entity, block, "edit")
