"""What follows when something is late: one word, or a ladder of rungs."""

from __future__ import annotations

from typing import Literal, cast

from dsl.flow import Delay, Late
from dsl.names import suggest
from dsl.nodes import Mapping, Node, Scalar
from dsl.resolve.durations import read_delay
from dsl.resolve.people import resolve_people
from dsl.resolve.site import Site

_WORDS = ("remind", "escalate", "next")
_RUNGS: tuple[Literal["remind", "notify", "escalate"], ...] = ("remind", "notify", "escalate")


def resolve_late(site: Site, node: Node | None, entity: str) -> tuple[Late, ...]:
    """`remind`, `escalate` or `next`; or `[{after: 0d, notify: owner}, {after: 2d, escalate: director}]`."""
    found = []
    for item in site.reading.items(node):
        rung = _rung(site, item, entity) if isinstance(item, Mapping) else _word(site, item)
        if rung is not None:
            found.append(rung)
    return tuple(found)


def _word(site: Site, node: Node) -> Late | None:
    word = site.reading.scalar(node)
    if word is None:
        return None
    if word.text not in _WORDS:
        near = suggest(word.text, _WORDS)
        site.reading.report("S08", word.span, near=near, text=word.text[:60], words=", ".join(_WORDS))
        return None
    return Late(Delay(0), cast('Literal["remind", "escalate", "next"]', word.text), word.span)


def _rung(site: Site, node: Mapping, entity: str) -> Late | None:
    block = site.reading.block(node, "late")
    acts = [act for act in _RUNGS if block.has(act)]
    if len(acts) != 1:
        if len(acts) > 1 or not _has_unknown(node):
            site.reading.report("S50", node.span, count=len(acts), acts=", ".join(_RUNGS))
        return None
    after = read_delay(site.reading, block.scalar("after")) or Delay(0)
    to = block.get(acts[0])
    is_flag = isinstance(to, Scalar) and to.text.lower() == "true"
    people = () if is_flag else resolve_people(site, to, entity)
    return Late(after, acts[0], node.span, people)


def _has_unknown(node: Mapping) -> bool:
    """Whether an unknown key was told already."""
    return any(entry.key.text not in ("after", *_RUNGS) for entry in node.entries)
