"""Documents, pages of the portal, and handovers."""

from __future__ import annotations

from dsl.flow import Delay
from dsl.formula.value_types import DateType, TimeType
from dsl.kinds.times import read_duration
from dsl.nodes import Scalar
from dsl.outlets import Document, Handover, Page
from dsl.read import Block
from dsl.read_entity import named
from dsl.resolve.approvals import known_words
from dsl.resolve.durations import read_delay
from dsl.resolve.people import resolve_people
from dsl.resolve.site import Site, places_of
from dsl.resolve.texts import resolve_text

_BUTTONS = ("accept", "reject", "comment", "sign", "upload", "download")
_FREEZES = ("edit", "move", "create", "export")


def resolve_documents(site: Site) -> dict[str, Document]:
    found = {}
    for entry in site.definition.head.entries("documents"):
        block = site.reading.block(entry.value, "document", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        module = site.module_word(block.scalar("module"))
        if not entity:
            continue
        watermark, qr = block.scalar("watermark"), block.scalar("qr")
        found[entry.key.text] = Document(
            key=entry.key.text,
            label=named(block, entry.key),
            entity=entity,
            template=_file_name(site, block.scalar("template")),
            span=entry.key.span,
            fields=site.field_words(block.words("fields"), entity),
            watermark=resolve_text(site, watermark, entity) if watermark else None,
            page=site.section_word("portal", "M27", qr, entity) if qr else "",
            module=module,
            reveals=block.text("reveals"),
            at=places_of(block.words("fields")),
        )
    return found


def _file_name(site: Site, word: Scalar | None) -> str:
    """A file beside the app: no folders, and a template is HTML."""
    if word is None:
        return ""
    if "/" in word.text or "\\" in word.text or not word.text.endswith(".html"):
        site.reading.report("S52", word.span, text=word.text[:60])
    return word.text


def resolve_pages(site: Site) -> dict[str, Page]:
    found = {}
    for entry in site.definition.head.entries("portal"):
        block = site.reading.block(entry.value, "page", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        module = site.module_word(block.scalar("module"))
        if not entity:
            continue
        found[entry.key.text] = Page(
            key=entry.key.text,
            label=named(block, entry.key),
            entity=entity,
            show=site.field_words(block.words("show"), entity),
            span=entry.key.span,
            buttons=known_words(site, block.words("buttons"), _BUTTONS),
            until=_until(site, block, entity),
            module=module,
            reveals=block.text("reveals"),
            at=places_of(block.words("show")),
        )
    return found


def _until(site: Site, block: Block, entity: str) -> str | Delay | None:
    word = block.scalar("until")
    if word is None:
        return None
    if read_duration(word.text) is not None or word.text[:1].isdigit():
        return read_delay(site.reading, word)
    if not site.field_word(word, entity):
        return None
    if not isinstance(site.draft.entities[entity].fields[word.text].value_type, DateType | TimeType):
        site.reading.report("M25", word.span, name=word.text)
        return None
    return word.text


def resolve_handovers(site: Site) -> dict[str, Handover]:
    found = {}
    for entry in site.definition.head.entries("handover"):
        block = site.reading.block(entry.value, "handover", entry.key.span)
        entity = site.entity_word(block.scalar("of"))
        if not entity:
            continue
        checklist = []
        for item in block.entries("checklist"):
            delay = read_delay(site.reading, site.reading.scalar(item.value))
            if delay is not None:
                checklist.append((item.key.text, delay))
        report = block.scalar("report")
        found[entry.key.text] = Handover(
            key=entry.key.text,
            label=named(block, entry.key),
            entity=entity,
            to=resolve_people(site, block.get("to"), entity),
            span=entry.key.span,
            freeze=frozenset(known_words(site, block.words("freeze"), _FREEZES)),
            report=_file_name(site, report) if report else "",
            watch=read_delay(site.reading, block.scalar("watch")),
            checklist=tuple(checklist),
        )
    return found
