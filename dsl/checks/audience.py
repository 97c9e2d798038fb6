"""Who is told, asked or shown something: people who see nothing of the record, and fields hidden from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dsl.app import App, Entity, Text
from dsl.checks.formulas import actions_of
from dsl.checks.rights import hidden_from, sees
from dsl.flow import GivePoints, HoledText, Notify, Task, Who
from dsl.formula.tree import Formula
from dsl.graph import Place
from dsl.outlets import Card
from dsl.problems import Problem, Related
from dsl.source import Span


def approvers_who_see_nothing(app: App) -> Iterator[Problem]:
    """A23: the role that signs has no row in the access of the entity. A25: no step has anybody who signs."""
    for approval in app.approvals.values():
        signers = [who for step in approval.steps for who in step.by]
        if not signers:
            yield Problem("A25", approval.span, {"name": approval.label})
        for who in (*signers, *approval.nobody):
            if _is_blind(app, approval.entity, who):
                yield _blind(app, "A23", approval.entity, who)


def people_who_see_nothing(app: App) -> Iterator[Problem]:
    """A24, a warning: a role is told of a record, or has something to do on it, of which it sees nothing."""
    told = [(a.entity, who) for a in app.approvals.values() for step in a.steps for who in (*a.cc, *step.cc)]
    for entity, action in actions_of(app):
        if isinstance(action, Task | Notify):
            told += [(entity, who) for who in (*action.to, *action.cc)]
    for entity, who in told:
        if _is_blind(app, entity, who):
            yield _blind(app, "A24", entity, who)


def _is_blind(app: App, entity: str, who: Who) -> bool:
    return who.kind == "role" and not sees(app, app.entities[entity], who.role)


def _blind(app: App, code: str, entity: str, who: Who) -> Problem:
    values = {"role": app.roles[who.role].label, "key": who.role, "entity": app.entities[entity].label, "of": entity}
    return Problem(code, who.span, values, "error" if code == "A23" else "warning")


@dataclass(frozen=True, slots=True)
class _Showing:
    """Something that shows fields to roles; `to_customer`: to people outside, so nothing hidden may be in it.

    at: where a field is named there.
    """

    name: Text
    span: Span
    places: frozenset[Place]
    roles: frozenset[str]
    to_customer: bool = False
    at: Mapping[str, Span] = field(default_factory=dict)


def hidden_fields_that_go_out(app: App) -> Iterator[Problem]:
    """A26: a document, page, board, report, export or message shows what one of its readers does not see."""
    hidden = {
        role: {(entity.key, key) for entity in app.entities.values() for key in hidden_from(app, entity, role)}
        for role in app.roles
    }
    for showing in _showings(app):
        for role in app.roles:
            found = sorted(showing.places & hidden[role])
            if found and (showing.to_customer or role in showing.roles):
                entity, key = found[0]
                source = app.entities[entity].fields[key]
                values = {"name": showing.name, "source": source.label, "role": app.roles[role].label}
                related = (Related(source.span, key),) if source.span.line else ()
                yield Problem("A26", showing.at.get(key, showing.span), values, related=related)
                break


def _showings(app: App) -> Iterator[_Showing]:
    yield from _papers(app)
    yield from _boards(app)
    yield from _files(app)
    revealing = {rule.span for entity in app.entities.values() for rule in entity.rules if rule.reveals}
    for entity, action in actions_of(app, without=revealing):
        if isinstance(action, Task):
            yield from _messages(app, entity, action.title, (*action.to, *action.cc))
        elif isinstance(action, Notify):
            yield from _messages(app, entity, action.text, (*action.to, *action.cc))
        elif isinstance(action, GivePoints):
            yield from _messages(app, entity, action.text, action.to)


def _papers(app: App) -> Iterator[_Showing]:
    for document in app.documents.values():
        entity = app.entities[document.entity]
        if not document.reveals:
            places = _fields(app, entity, document.fields) | _read_by_text(document.watermark)
            yield _Showing(document.label, document.span, places, _seeing(app, entity), at=document.at)
    for page in app.pages.values():
        if not page.reveals:
            places = _fields(app, app.entities[page.entity], page.show)
            yield _Showing(page.label, page.span, places, frozenset(), to_customer=True, at=page.at)


def _boards(app: App) -> Iterator[_Showing]:
    for board in app.dashboards.values():
        sent = {who.role for who in (board.send.to if board.send else ())}
        roles = (board.roles | sent) - {""} if board.roles else frozenset(app.roles)
        for card in board.cards:
            if not board.reveals:
                yield _Showing(board.label, card.span, _on_card(app, card), roles, at=card.at)


def _on_card(app: App, card: Card) -> frozenset[Place]:
    places = {(card.entity, key) for key in (card.field, card.rows, card.by) if key}
    metric = app.metrics.get(card.metric)
    return frozenset(places) | (_read(metric.value) if metric and not metric.reveals else frozenset())


def _files(app: App) -> Iterator[_Showing]:
    for report in app.reports.values():
        entity = app.entities[report.entity]
        if not report.reveals:
            sent = frozenset(who.role for who in (report.send.to if report.send else ())) - {""}
            keys = (*report.columns, *(key.removeprefix("-") for key in report.sort), *filter(None, [report.group]))
            places = _fields(app, entity, keys) | _read_by(report.condition)
            yield _Showing(report.label, report.span, places, sent, at=report.at)
    for export in app.exports.values():
        if not export.reveals:
            entity = app.entities[export.entity]
            named = [key for key in export.columns.values() if key not in export.made]
            made = frozenset[Place]().union(*(_read_by(field.formula) for field in export.made.values()))
            places = _fields(app, entity, named) | made | _read_by(export.condition)
            yield _Showing(export.label, export.span, places, export.roles, at=export.at)


def _messages(app: App, entity: str, text: HoledText, to: tuple[Who, ...]) -> Iterator[_Showing]:
    roles = frozenset(who.role for who in to) - {""}
    outside = any(who.kind == "customer" for who in to)
    for hole in text.holes:
        yield _Showing(app.entities[entity].label, hole.value.span, _read(hole.value), roles, outside)


def _fields(app: App, entity: Entity, keys: Iterable[str]) -> frozenset[Place]:
    """The fields; of rows all fields of the child."""
    found: set[Place] = set()
    for key in keys:
        shown = entity.fields[key]
        found.add((entity.key, key))
        if shown.kind == "table":
            found.update((shown.target, inner) for inner in app.entities[shown.target].fields)
    return frozenset(found)


def _seeing(app: App, entity: Entity) -> frozenset[str]:
    return frozenset(role for role in app.roles if sees(app, entity, role))


def _read(formula: Formula) -> frozenset[Place]:
    return frozenset((read.entity, read.field) for read in formula.reads)


def _read_by(condition: Formula | None) -> frozenset[Place]:
    """What the choice of records tells: who is in a list and who is not."""
    return _read(condition) if condition else frozenset()


def _read_by_text(text: HoledText | None) -> frozenset[Place]:
    return frozenset[Place]().union(*(_read(hole.value) for hole in text.holes)) if text else frozenset()
