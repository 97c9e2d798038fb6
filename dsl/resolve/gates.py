"""Gates: what must be filled, proven and true to go on."""

from __future__ import annotations

from typing import Literal, cast

from dsl.app import Evidence, Fill, Gate, Group, Mode, Must, Requirement, Text
from dsl.formula.scope import link_of
from dsl.nodes import Entry, Mapping, Node, Scalar
from dsl.read import Block, key_text
from dsl.resolve.site import Site
from dsl.source import Span

_FILE_KINDS = {"file": "file", "files": "file", "image": "image"}
_LATER: dict[str, Literal["opened", "mail", "approval", "task"]] = {
    "opened": "opened", "mail": "mail", "approved": "approval", "done": "task",
}  # fmt: skip
_SECTIONS = {"opened": ("portal", "M27"), "approved": ("approvals", "M23")}


def resolve_gate(site: Site, entity: str, node: Node | None, rule: str, span: Span) -> Gate | None:
    """The gate under `enter:`, `leave:` or `need:`; rule is its stable path."""
    if node is None:
        return None
    block = site.reading.block(node, "gate", span)
    mode = cast("Mode", block.one_of("mode", "enforce"))
    teams = tuple(word.text for word in block.words("for"))
    return Gate(
        rule, _requirements(site, entity, block, rule), span, mode, teams, site.role_words(block.words("waive"))
    )


def _requirements(site: Site, entity: str, block: Block, rule: str) -> tuple[Requirement, ...]:
    words = [word for word in block.words("fill") if site.field_word(word, entity)]
    found: list[Requirement] = [Fill(f"{rule}.fill.{word.text}", word.text, word.span) for word in words]
    if block.has("evidence"):
        found += resolve_evidence(site, entity, block.get("evidence"), rule)
    for number, node in enumerate(block.items("must"), 1):
        found += _must(site, entity, node, f"{rule}.must.{number}")
    for key, kind in _LATER.items():
        if block.has(key):
            found.append(_later(site, entity, block, key, kind, rule))
    found += _groups(site, entity, block, rule)
    return tuple(found)


def _must(site: Site, entity: str, node: Node, rule: str) -> list[Requirement]:
    block = site.reading.block(node, "must")
    that = site.condition(block.scalar("that"), entity)
    say = block.label("say")
    return [Must(rule, that, say, node.span)] if that is not None else []


def _later(
    site: Site, entity: str, block: Block, key: str, kind: Literal["opened", "mail", "approval", "task"], rule: str
) -> Evidence:
    """Proof whose source is not built yet: it stands in the gate, unmet, so that the gate stays closed."""
    span = block.key_span(key)
    subject = block.text(key)
    word = block.scalar(key)
    if word is not None and key in _SECTIONS and not site.section_word(*_SECTIONS[key], word, entity):
        return Evidence(f"{rule}.{key}.{subject}", kind, key_text(subject), span, subject=subject)
    site.reading.report("N03", span, severity="warning", name=key)
    return Evidence(f"{rule}.{key}.{subject}", kind, key_text(subject), span, subject=subject)


def _groups(site: Site, entity: str, block: Block, rule: str) -> list[Requirement]:
    found: list[Requirement] = []
    label = block.label()
    if block.has("at_least") and not block.items("any_of"):
        site.reading.report("S57", block.key_span("at_least"))
    for key in ("any_of", "all_of"):
        nodes = block.items(key)
        if not nodes:
            continue
        parts: list[Requirement] = []
        for number, node in enumerate(nodes, 1):
            parts += _part(site, entity, node, f"{rule}.{key}.{number}")
        if key == "all_of":
            found.append(Group(f"{rule}.all_of", "all_of", len(parts), tuple(parts), block.key_span(key), label))
            continue
        least = block.whole("at_least", 1)
        if block.has("at_least") and not 1 <= least <= len(parts):
            site.reading.report("S30", block.key_span("at_least"), least=least, count=len(parts))
            least = 1
        kind: Literal["any_of", "at_least"] = "at_least" if block.has("at_least") else "any_of"
        found.append(Group(f"{rule}.{kind}", kind, least, tuple(parts), block.key_span(key), label))
    return found


def _part(site: Site, entity: str, node: Node, rule: str) -> list[Requirement]:
    """One member of a group: `{that, say}`, or a block of requirements that count as one."""
    if isinstance(node, Mapping) and node.get("that") is not None:
        return _must(site, entity, node, rule)
    block = site.reading.block(node, "gate")
    parts = _requirements(site, entity, block, rule)
    if len(parts) == 1:
        return list(parts)
    return [Group(rule, "all_of", len(parts), parts, node.span, block.label())] if parts else []


def resolve_evidence(site: Site, entity: str, node: Node | None, rule: str) -> list[Requirement]:
    """`{FIELD: label}` for a file, `{ENTITY: label, where: formula}` for a related record."""
    found: list[Requirement] = []
    if not isinstance(node, Mapping):
        entries = [Entry(word, Scalar("", word.span)) for word in site.reading.words(node)]
        where = None
    else:
        entries = [entry for entry in node.entries if entry.key.text != "where"]
        where = site.reading.scalar(node.get("where"))
    for entry in entries:
        evidence = _one_evidence(site, entity, entry, where, f"{rule}.evidence.{entry.key.text}")
        if evidence is not None:
            found.append(evidence)
    return found


def _one_evidence(site: Site, entity: str, entry: Entry, where: Scalar | None, rule: str) -> Evidence | None:
    label, own_where, is_live = _evidence_words(site, entry)
    key, span = entry.key.text, entry.key.span
    field = site.draft.entities[entity].fields.get(key)
    if field is not None and field.kind in _FILE_KINDS:
        kind = cast("Literal['file', 'image', 'live_photo']", "live_photo" if is_live else _FILE_KINDS[field.kind])
        return Evidence(rule, kind, label, span, field=key)
    if key in site.draft.entities:
        link = evidence_link(site, entity, key)
        if not link:
            site.reading.report("M11", span, child=key, entity=entity)
            return None
        text = own_where or where
        condition = site.condition(text, key)
        if text is not None and condition is None:
            return None
        return Evidence(rule, "record", label, span, entity=key, link=link, where=condition)
    if key not in site.reading.poisoned:
        files = [f.key for f in site.draft.entities[entity].fields.values() if f.kind in _FILE_KINDS]
        site.reading.unknown("M12", entry.key, [*files, *site.draft.entities], entity=entity)
    return None


def _evidence_words(site: Site, entry: Entry) -> tuple[Text, Scalar | None, bool]:
    if isinstance(entry.value, Mapping):
        block = site.reading.block(entry.value, "evidence", entry.key.span)
        label = block.label()
        return label if label.by_language else key_text(entry.key.text), block.scalar("where"), block.flag("live")
    label = site.reading.label(entry.value)
    return label if label.by_language else key_text(entry.key.text), None, False


def evidence_link(site: Site, entity: str, child: str) -> str:
    """The child's reference to the entity, or to a record that both belong to (visit and deal: their customer)."""
    if link := link_of(site.draft.entities, entity, child):
        return link
    targets = {f.target for f in site.draft.entities[entity].fields.values() if f.kind == "ref" and f.target}
    shared = (f.key for f in site.draft.entities[child].fields.values() if f.kind == "ref" and f.target in targets)
    return next(shared, "")
