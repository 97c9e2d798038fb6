"""What happens by itself, resolved: rules with triggers and actions, approvals, cadences. Parts of the App."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dsl.app import Mode, Requirement, Text
from dsl.formula.tree import Formula
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Delay:
    """seconds; with in_workdays they are whole days of 86,400 that count on the app's calendar."""

    seconds: int
    in_workdays: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a clock strikes, in the app's time zone.

    unit "seconds": every `seconds`; "hour" "day" "workday" "week" "month" "quarter" "year": at `minute` (of the day;
    of the hour for "hour"), on `day` (week: Monday is 1; month: the day of the month, 0 for its last).
    """

    unit: Literal["seconds", "hour", "day", "workday", "week", "month", "quarter", "year"]
    span: Span
    minute: int = 0
    day: int = 1
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a text names. role: all people of `role`; person: the value of `path`; manager: that person's manager;
    head: the head of the unit called `unit`; customer: the customer of the record, through the portal."""

    kind: Literal["role", "person", "manager", "head", "customer"]
    span: Span
    role: str = ""
    path: Formula | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Hole:
    """`<path>` or `<path|format>` in a text: written is what stands between < and >."""

    written: str
    value: Formula
    format: str = ""


@dataclass(frozen=True, slots=True)
class HoledText:
    """A text with holes: every hole's `<written>` is to be replaced by its value as people read it."""

    text: Text
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True, slots=True)
class Late:
    """One rung of a ladder: `after` the time was up, `to` are reminded, told, or take over.

    next: the next one who would be chosen takes over. An empty `to` stands for whoever has it.
    """

    after: Delay
    act: Literal["remind", "notify", "escalate", "next"]
    span: Span
    to: tuple[Who, ...] = ()


# --- actions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    to: tuple[Who, ...]
    title: HoledText
    span: Span
    cc: tuple[Who, ...] = ()
    within: Delay | None = None
    form: str = ""
    evidence: tuple[Requirement, ...] = ()
    late: tuple[Late, ...] = ()
    then: tuple["Action", ...] = ()


@dataclass(frozen=True, slots=True)
class Notify:
    """via: "inbox", "mail" or plugin keys; empty for the inbox."""

    to: tuple[Who, ...]
    text: HoledText
    span: Span
    cc: tuple[Who, ...] = ()
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """One value into one field: `via` are the references passed, `entity` and `field` where it goes.

    value: stored form, or a formula over the rule's own record.
    """

    via: tuple[str, ...]
    entity: str
    field: str
    value: object | Formula
    span: Span


@dataclass(frozen=True, slots=True)
class SetFields:
    puts: tuple[Put, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Create:
    entity: str
    puts: tuple[Put, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Assign:
    """The person field gets one of the role's people. match: of equal value in this field of the record."""

    field: str
    among: str
    span: Span
    match: str = ""
    pick: Literal["least_busy", "round_robin", "by"] = "least_busy"
    by: Formula | None = None
    within: Delay | None = None
    late: tuple[Late, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveTo:
    stage: str
    span: Span


@dataclass(frozen=True, slots=True)
class AddTags:
    tags: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MakeDocument:
    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class CallPlugin:
    plugin: str
    function: str
    span: Span
    retry: int = 0


@dataclass(frozen=True, slots=True)
class AskApproval:
    """approval: its key, or "knowledge" for the knowledge base's own."""

    approval: str
    span: Span


@dataclass(frozen=True, slots=True)
class StartCadence:
    cadence: str
    span: Span


@dataclass(frozen=True, slots=True)
class GivePoints:
    to: tuple[Who, ...]
    add: int
    text: HoledText
    span: Span


@dataclass(frozen=True, slots=True)
class WaitFor:
    delay: Delay
    span: Span


Action: TypeAlias = (
    Task | Notify | SetFields | Assign | Create | MoveTo | AddTags | MakeDocument | CallPlugin | AskApproval
    | StartCadence | GivePoints | WaitFor
)  # fmt: skip


# --- rules -----------------------------------------------------------------------------------------------------------

Verb: TypeAlias = Literal[
    "create", "change", "enter", "leave", "stay", "after", "every", "score", "webhook", "button", "approved",
    "rejected", "submitted", "opened",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a rule waits for; only what the verb needs is set.

    fields: of change, and the one of after. stages: of enter, leave, stay. wait: of stay and after. without: of after:
    a child entity or a field. score, bands. name: webhook, approval or page. label: the button's.
    """

    verb: Verb
    span: Span
    fields: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    wait: Delay | None = None
    without: str = ""
    every: Schedule | None = None
    score: str = ""
    bands: tuple[str, ...] = ()
    name: str = ""
    label: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True)
class Rule:
    """rule: its stable path, `customer.rules.rescue`."""

    key: str
    rule: str
    entity: str
    label: Text
    trigger: Trigger
    actions: tuple[Action, ...]
    span: Span
    condition: Formula | None = None
    mode: Mode = "enforce"
    reveals: str = ""


# --- approvals and cadences ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """by: who signs. needed: how many of them with sign "some" (of `of_total`, 0 where it is not said)."""

    by: tuple[Who, ...]
    span: Span
    cc: tuple[Who, ...] = ()
    condition: Formula | None = None
    sign: Literal["all", "any", "in_order", "some"] = "any"
    needed: int = 0
    of_total: int = 0
    within: Delay | None = None
    late: tuple[Late, ...] = ()
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Approval:
    """may: what a signer may do besides signing. rejected: the stage after a refusal, "" to stay."""

    key: str
    label: Text
    entity: str
    steps: tuple[ApprovalStep, ...]
    span: Span
    cc: tuple[Who, ...] = ()
    same_person: Literal["skip", "ask"] = "ask"
    repeated: Literal["skip", "ask"] = "ask"
    nobody: tuple[Who, ...] = ()
    may: frozenset[str] = frozenset()
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class CadenceStep:
    after: Delay
    actions: tuple[Action, ...]
    span: Span
    condition: Formula | None = None


@dataclass(frozen=True, slots=True)
class Cadence:
    key: str
    label: Text
    entity: str
    steps: tuple[CadenceStep, ...]
    span: Span
    stop: Formula | None = None
