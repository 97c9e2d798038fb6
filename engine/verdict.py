"""Findings and verdicts: the same object explains and enforces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dsl.source import NOWHERE, Span

State = Literal["met", "unmet", "broken", "warned", "waived", "observed"]


@dataclass(frozen=True, slots=True)
class Needs:
    """What would meet a finding, so that the screen can offer it in place.

    kind "field": give `field` a value. "file": upload to `field` (kind of file in `accept`). "record": add a record of
    `entity` (with `field` as its link to this one) that meets the condition. "reason": answer the move's question.
    "change": alter one of `fields` so that the condition holds. "" : nothing the person can do here.
    """

    kind: Literal["", "field", "file", "record", "reason", "change"] = ""
    field: str = ""
    fields: tuple[str, ...] = ()
    entity: str = ""
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement and how it stands.

    rule: stable path, e.g. `opportunity.stages.qualified.leave.fill.amount`; required fields are
    `ENTITY.fields.KEY.required`, validations `ENTITY.validations.KEY`, permissions `ENTITY.access`, input
    `ENTITY.fields.KEY.input`. said: one sentence in the actor's language. waivable: the actor may waive it with a
    reason. waive_roles: who may. parts: the members of a group (any_of …). why: the condition with operand values,
    made only when asked for.
    """

    rule: str
    state: State
    said: str
    needs: Needs = Needs()
    span: Span = NOWHERE
    waivable: bool = False
    waive_roles: tuple[str, ...] = ()
    parts: tuple["Finding", ...] = ()
    field: str = ""
    why: "Explanation | None" = None

    @property
    def blocks(self) -> bool:
        return self.state in ("unmet", "broken")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A condition or computed value as a tree: the text of the part, its value as people read it, and its parts."""

    text: str
    value: str
    parts: tuple["Explanation", ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    findings: tuple[Finding, ...] = ()

    @property
    def missing(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.blocks)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did (or, dry, would do).

    id and values: the record after (stored form; empty after a delete). `was_repeated`: answered from the idempotency
    ledger.
    """

    verdict: Verdict
    entity: str
    id: int | None
    version: int | None
    values: Mapping[str, object]
    event_ids: tuple[int, ...] = ()
    is_dry: bool = False
    was_repeated: bool = False
