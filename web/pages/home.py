"""The first page: what needs me today, my pipeline, what changed last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, url_for

from dsl.app import Entity
from dsl.formula.tree import Formula
from dsl.kinds import text_value
from engine.answers import Record
from engine.store.lists import Query
from engine.verdict import Finding
from web.contexts import Row
from web.pages.address import address
from web.pages.comments import calls
from web.pages.filters import both
from web.pages.frame import menu_entities, page, readable_boards
from web.pages.lists import row_of, view_of, wanted
from web.pages.showing import days_over
from web.session import current_context, current_engine, current_language
from web.words import say

blueprint = Blueprint("home", __name__)
OVERDUE_SHOWN = 8
RECENT_SHOWN = 6
JUDGED = 10
"""How many open records are judged for "one item short": each is a dry run of its moves."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage of my pipeline: share of the longest bar in percent."""

    label: str
    count: int
    sum: str
    share: int
    href: str


@dataclass(frozen=True, slots=True)
class Pipeline:
    title: str
    icon: str
    href: str
    bars: tuple[Bar, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Due:
    """A record that needs me: why, and the way there."""

    row: Row
    label: str
    icon: str
    where: str
    note: str
    href: str


@blueprint.get("/")
def show() -> Response:
    staged = [entity for entity in menu_entities() if entity.has_stages]
    mine = {entity.key: _mine(entity) for entity in staged}
    overdue = [due for entity in staged for due in _overdue(entity, mine[entity.key][0])]
    return page(
        "home.html",
        pipelines=tuple(p for p in (_pipeline(entity, *mine[entity.key]) for entity in staged[:3]) if p.count),
        overdue=overdue[:OVERDUE_SHOWN],
        overdue_count=len(overdue),
        recent=tuple(_recent()),
        called=calls(),
    )


@blueprint.get("/home/short")
def short() -> Response:
    """Records that lack one item for their next step; loaded after the page, since each is judged."""
    found = [due for entity in menu_entities() if entity.has_stages for due in _one_short(entity)]
    return page("home_short.html", short=found[:OVERDUE_SHOWN])


def _mine(entity: Entity) -> tuple[Formula | None, bool]:
    """The open records that concern the person, and whether they are her own.

    Who owns none of them (a director, an engineer), and everybody where the entity has no owner, sees to all in sight.
    """
    owner = entity.owner_field or ("owner" if "owner" in entity.fields else "")
    open_keys = dict.fromkeys(s.key for p in entity.pipelines for s in p.stages if not s.end)
    is_open = "(" + " or ".join(f'stage = "{key}"' for key in open_keys) + ")" if open_keys else ""
    if owner:
        own = _formula(entity, " and ".join(part for part in (f"{owner} = me", is_open) if part))
        if _records(entity, own, (), 1):
            return own, True
    return _formula(entity, is_open), False


def _formula(entity: Entity, text: str) -> Formula | None:
    return current_engine().filter(current_context(), entity.key, text).value if text else None


def _pipeline(entity: Entity, mine: Formula | None, is_own: bool) -> Pipeline:
    engine, context, language = current_engine(), current_context(), current_language()
    hidden = engine.rights(context, entity.key).hidden
    shown = (*(board.total for board in readable_boards(entity)), *view_of(entity, "").columns)
    money = next((k for k in shown if k not in hidden and k in entity.fields and entity.fields[k].kind == "money"), "")
    totals = {str(t.key): t for t in engine.totals(context, entity.key, mine, "stage", (money,) if money else ())}
    most = max((t.count for t in totals.values()), default=0)
    bars = []
    for stage in (s for p in entity.pipelines[:1] for s in p.stages if not s.end):
        total = totals.get(stage.key)
        count = total.count if total else 0
        amount = total.sums.get(money) if total else None
        text = text_value(engine.app, entity.fields[money], amount, language).removesuffix(".00") if money else ""
        owner = {"f.owner": "me"} if is_own else {}
        href = address("lists.show", entity=entity.key, **{"f.stage": stage.key, **owner})
        bars.append(Bar(stage.label.say(language), count, text, round(100 * count / most) if most else 0, href))
    href = (
        url_for("boards.show", entity=entity.key)
        if readable_boards(entity)
        else url_for("lists.show", entity=entity.key)
    )
    label = entity.label.say(language)
    title = say("我的{label}", label=label) if is_own else say("进行中的{label}", label=label)
    return Pipeline(title, entity.icon, href, tuple(bars), sum(t.count for t in totals.values()))


def _records(entity: Entity, condition: Formula | None, sort: tuple[str, ...], limit: int) -> tuple[Record, ...]:
    context, engine = current_context(), current_engine()
    hidden = engine.rights(context, entity.key).hidden
    view = view_of(entity, "")
    columns = tuple(k for k in view.columns if k in entity.fields and k not in hidden)
    query = Query(
        entity=entity.key, where=condition, sort=sort, limit=limit, cursor=None, fields=wanted(entity, columns, hidden)
    )
    return engine.page(context, query).items


def _overdue(entity: Entity, mine: Formula | None) -> Iterable[Due]:
    if all(stage.limit is None for p in entity.pipelines for stage in p.stages):
        return
    late = _formula(entity, "days_in_stage > stage.limit_days")
    for record in _records(entity, both(entity, (mine, late)), ("-changed_at",), OVERDUE_SHOWN + 1):
        yield _due(entity, record, say("超期 {n} 天", n=days_over(entity, record.values)))


def _one_short(entity: Entity) -> Iterable[Due]:
    engine, context = current_engine(), current_context()
    for record in _records(entity, _mine(entity)[0], ("-changed_at",), JUDGED):
        for move, verdict in engine.checklist(context, entity.key, record.id):
            stage = entity.stage(move.target)
            if stage is None or stage.end in ("lost", "cancelled") or move.ask is not None:
                continue
            said = _only_missing(verdict.missing)
            if said:
                there = stage.label.say(current_language())
                yield _due(entity, record, say("去「{stage}」只差：{said}", stage=there, said=said))
                break


def _only_missing(missing: tuple[Finding, ...]) -> str:
    """What alone is missing, in words; a choice of ways names them, several things at once are not one, and what the
    person cannot supply (a right, say) is no task of hers."""
    if len(missing) != 1 or not (missing[0].needs.kind or missing[0].parts):
        return ""
    (one,) = missing
    ways = [part.said for part in one.parts if part.blocks]
    if len(ways) > 1 and one.rule.endswith(".all_of"):
        return ""
    return say(" 或 ").join(ways) if ways else one.said


def _due(entity: Entity, record: Record, note: str) -> Due:
    language = current_language()
    stage = entity.stage(record.stage)
    row = row_of(entity, record, tuple(k for k in view_of(entity, "").columns if k in record.values))
    where = [record.titles.get(entity.parent, ""), stage.label.say(language) if stage else "", row.next_step]
    return Due(row, entity.label.say(language), entity.icon, " · ".join(text for text in where if text), note, row.href)


def _recent() -> Iterable[Due]:
    found = []
    for entity in menu_entities()[:4]:
        if "changed_at" in entity.fields:
            latest = _records(entity, None, ("-changed_at",), 4)
            found += [(record.values.get("changed_at"), entity, record) for record in latest]
    found.sort(key=lambda item: str(item[0]), reverse=True)
    for _at, entity, record in found[:RECENT_SHOWN]:
        yield _due(entity, record, "")
