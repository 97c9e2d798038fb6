"""What a rule waits for: exactly one verb, with the words that belong to it."""

from __future__ import annotations

from typing import get_args

from dsl.app import Text
from dsl.definition import EntityDef
from dsl.flow import Trigger, Verb
from dsl.formula.value_types import DateType, TimeType
from dsl.nodes import Scalar
from dsl.read import Block
from dsl.resolve.durations import read_delay
from dsl.resolve.schedules import read_schedule
from dsl.resolve.site import Site

VERBS: tuple[Verb, ...] = get_args(Verb)
_COMPANIONS: dict[Verb, tuple[str, ...]] = {"stay": ("for",), "after": ("for",), "score": ("becomes",)}
_MAY_STAND: dict[Verb, tuple[str, ...]] = {"after": ("without",)}
_BESIDE = ("for", "without", "becomes")


def resolve_trigger(site: Site, entity: EntityDef, when: Block) -> Trigger | None:
    """None where it does not wait for exactly one thing, or a word of it is wrong (which has been reported)."""
    verbs = [verb for verb in VERBS if when.has(verb)]
    if len(verbs) != 1:
        if not when.node.entries or all(entry.key.text in (*VERBS, *_BESIDE) for entry in when.node.entries):
            site.reading.report("S40", when.span, count=len(verbs), verbs=", ".join(VERBS))
        return None
    verb = verbs[0]
    if not _has_its_words(site, when, verb):
        return None
    key = entity.key.text
    match verb:
        case "create":
            return Trigger(verb, when.span) if when.flag("create", default=True) else None
        case "change":
            fields = site.field_words(when.words("change"), key)
            return Trigger(verb, when.span, fields=fields) if fields else None
        case "enter" | "leave" | "stay":
            stages = site.stage_words(when.words(verb), key)
            wait = read_delay(site.reading, when.scalar("for"))
            return Trigger(verb, when.span, stages=stages, wait=wait) if stages else None
        case "after":
            return _after(site, key, when)
        case "every":
            every = read_schedule(site.reading, when.scalar("every"))
            return Trigger(verb, when.span, every=every) if every else None
        case "score":
            return _score(site, entity, when)
        case "button":
            return Trigger(verb, when.span, label=when.label("button"))
        case _:
            return _named(site, key, when, verb)


def _has_its_words(site: Site, when: Block, verb: Verb) -> bool:
    needed = _COMPANIONS.get(verb, ())
    missing = [key for key in needed if not when.has(key)]
    for key in missing:
        site.reading.report("S07", when.key_span(verb), key=key, part="when")
    strange = [key for key in _BESIDE if when.has(key) and key not in (*needed, *_MAY_STAND.get(verb, ()))]
    for key in strange:
        site.reading.report("S44", when.key_span(key), key=key, verb=verb)
    return not missing and not strange


def _after(site: Site, entity: str, when: Block) -> Trigger | None:
    word = when.scalar("after")
    if word is None or not site.field_word(word, entity):
        return None
    draft = site.draft.entities[entity]
    if not isinstance(draft.fields[word.text].value_type, DateType | TimeType):
        site.reading.report("M25", word.span, name=word.text)
        return None
    without = when.scalar("without")
    known = [*draft.fields, *site.draft.entities]
    if without is not None and without.text not in known:
        site.reading.unknown("M05", without, known, entity=entity)
        return None
    wait = read_delay(site.reading, when.scalar("for"))
    return Trigger("after", when.span, fields=(word.text,), wait=wait, without=without.text if without else "")


def _score(site: Site, entity: EntityDef, when: Block) -> Trigger | None:
    word = when.scalar("score")
    scores = {score.key.text: score for score in entity.scores}
    if word is None:
        return None
    if word.text not in scores:
        site.reading.unknown("M05", word, scores, entity=entity.key.text)
        return None
    known = [band.key.text for band in scores[word.text].block.entries("bands")]
    bands = when.words("becomes")
    for band in bands:
        if band.text not in known:
            site.reading.unknown("M26", band, known, score=word.text)
    good = tuple(band.text for band in bands if band.text in known)
    return Trigger("score", when.span, score=word.text, bands=good) if good else None


def _named(site: Site, entity: str, when: Block, verb: Verb) -> Trigger | None:
    word = when.scalar(verb)
    name = _name(site, entity, verb, word) if word else ""
    return Trigger(verb, when.span, name=name, label=Text()) if name else None


def _name(site: Site, entity: str, verb: Verb, word: Scalar) -> str:
    if verb == "webhook":
        return word.text
    if verb == "opened":
        return site.section_word("portal", "M27", word, entity)
    return site.section_word("approvals", "M23", word, entity)
