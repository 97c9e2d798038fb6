"""What an address asks of a list: view, filter, columns, sort, group, totals — judged by what this person may read.

Parameters: `view` a declared view or `saved-N`, `filter` a formula, `f.FIELD` quick filters, `q` words, `col` a column
(once each, in order), `sort` field or -field (several by commas), `group` field or day:month, `totals`. A parameter
that is absent is the view's; one that is empty is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from dsl.app import Entity, ListView
from dsl.formula.tree import Aggregate, Const, Formula
from dsl.formula.unparse import unparse
from dsl.formula.value_types import (
    TEXT,
    ChoiceType,
    DateType,
    DurationType,
    NumberType,
    PersonType,
    RefType,
    TimeType,
    YesNoType,
)
from dsl.problems import Checked
from dsl.source import NOWHERE
from engine.people.saved_views import PREFIX as SAVED
from engine.people.saved_views import SavedView, ViewShape
from engine.store.lists import is_searched
from web.pages.address import address
from web.pages.filters import PREFIX, both, where
from web.pages.frame import lists_of, rights_of
from web.session import current_context, current_engine
from web.words import say

Args = MultiDict[str, str]
MONTH = ":month"
PAGE_PARTS = ("cursor", "said", "undo", "only", "as")
"""Parameters that are about one page of the list, not about the list."""
_WITHOUT_ORDER = frozenset({"tags", "choices", "files", "file", "image", "table", "place", "long", "rich"})
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
_NOT_COLUMNS = frozenset({"table"})
_GROUPED = ChoiceType | PersonType | RefType | YesNoType
_SUMMED = frozenset({"money", "number", "integer", "duration"})


@dataclass(frozen=True, slots=True)
class ListState:
    """view: the declared view, or the one that a saved view makes. notes: what of it could not be shown, and why."""

    entity: Entity
    args: Args
    view: ListView
    saved: SavedView | None
    columns: tuple[str, ...]
    sort: tuple[str, ...]
    group: str
    has_totals: bool
    filter: str
    typed: Checked[Formula] | None
    notes: tuple[str, ...] = ()

    @property
    def search(self) -> str:
        return self.args.get("q", "").strip()

    @property
    def quick(self) -> tuple[str, ...]:
        """The fields of the quick filters: those of the view, then any other in the address."""
        asked = (key.removeprefix(PREFIX) for key in self.args if key.startswith(PREFIX))
        return tuple(dict.fromkeys((*self.view.filters, *asked)))

    @property
    def condition(self) -> Formula | None:
        """The view's own condition, the quick filters and the filter, joined by and."""
        typed = self.typed.value if self.typed and not self.typed.errors else None
        me = current_context().actor.id
        return where(self.entity, self.quick, self.args, (self.view.condition, typed), me)

    @property
    def whole_condition(self) -> Formula | None:
        """The condition with the words searched for, for where only a formula will do: counts, sums, all of them."""
        if not self.search:
            return self.condition
        covered = rights_of(self.entity.key).hidden | rights_of(self.entity.key).masked
        part = unparse(Const(value=self.search.translate(_SMALL), type=TEXT, nullable=False, span=NOWHERE))
        keys = [f.key for f in self.entity.fields.values() if is_searched(f) and f.key not in covered]
        text = " or ".join(f"contains(lower({key}), {part})" for key in keys) or "false"
        words = current_engine().filter(current_context(), self.entity.key, text)
        return both(self.entity, (self.condition, words.value))

    @property
    def is_filtered(self) -> bool:
        quick = any(self.args.getlist(PREFIX + key) != [] and self.args[PREFIX + key] for key in self.quick)
        return bool(quick or self.search or self.filter)

    @property
    def is_unreadable(self) -> bool:
        """Whether the filter is no formula that this person may ask; the list then shows what the rest asks."""
        return self.typed is not None and (self.typed.value is None or bool(self.typed.errors))

    @property
    def shape(self) -> ViewShape:
        return ViewShape(self.columns, self.filter, self.sort, self.group, self.has_totals)

    @property
    def is_changed(self) -> bool:
        """Whether the address shows something else than the view would by itself."""
        looks = {"filter", "col", "sort", "group", "totals"}
        return any(key in looks or (key.startswith(PREFIX) and self.args[key]) for key in self.args)

    @property
    def query(self) -> str:
        """This list as a query, without what is about one page of it."""
        return urlencode([(key, value) for key, value in self.args.items(multi=True) if key not in PAGE_PARTS])

    def href(self, **changes: str | None) -> str:
        """The list with some parameters changed (None: the view's own); it starts again at the first page."""
        kept = [
            (key, value) for key, value in self.args.items(multi=True) if key not in changes and key not in PAGE_PARTS
        ]
        added = [(key, value) for key, value in changes.items() if value is not None]
        return f"{address('lists.show', entity=self.entity.key)}?{urlencode([*kept, *added])}"

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """The parameters that a form must carry along so that the rest stays."""
        gone = (*PAGE_PARTS, *without)
        return [(key, value) for key, value in self.args.items(multi=True) if key not in gone]


def state_in(entity: Entity, query: str) -> ListState:
    """The list that a query (`a=1&b=2`) speaks of."""
    return state_of(entity, MultiDict(parse_qsl(query.lstrip("?"), keep_blank_values=True)))


def state_of(entity: Entity, args: Args) -> ListState:
    view, saved, notes = _view(entity, args)
    shape = saved.shape if saved else ViewShape(view.columns, "", view.sort, view.group)
    readable = set(readable_columns(entity))
    asked = tuple(dict.fromkeys(args.getlist("col"))) if "col" in args else shape.columns
    columns = tuple(key for key in asked if key in readable)
    gone = [key for key in asked if key not in readable] if saved and "col" not in args else []
    text = args.get("filter", shape.filter).strip()
    typed = current_engine().filter(current_context(), entity.key, text) if text else None
    if gone:
        notes = (*notes, say("视图里有 {n} 列已不存在或您无权查看，没有显示。", n=len(gone)))
    if typed is not None and typed.errors and "filter" not in args:
        notes = (*notes, say("视图的筛选条件用到了已不存在或您无权查看的内容，没有生效。"))
        text, typed = "", None
    group = args.get("group", shape.group)
    return ListState(
        entity=entity,
        args=args,
        view=view,
        saved=saved,
        columns=columns or _fallback(entity, readable),
        sort=_sort(entity, args, shape.sort),
        group=group if group in group_keys(entity) else "",
        has_totals=args["totals"] == "1" if "totals" in args else shape.has_totals,
        filter=text,
        typed=typed,
        notes=notes,
    )


def view_of(entity: Entity, key: str) -> ListView:
    """The declared view asked for, the first one, or one made from the entity's first fields."""
    views = lists_of(entity)
    if views:
        return next((view for view in views if view.key == key), views[0])
    plain = [k for k, f in entity.fields.items() if not f.given and f.kind not in ("table", "long", "files", "place")]
    columns = (*(("code",) if entity.series else ()), *plain[:6])
    return ListView("list", entity.label, columns, (), (), NOWHERE)


def _view(entity: Entity, args: Args) -> tuple[ListView, SavedView | None, tuple[str, ...]]:
    """The view of the address; without one the person's own choice, unless the address asks for certain records."""
    key = args.get("view", "")
    asks = any(name.startswith(PREFIX) or name in ("filter", "q") for name in args)
    if not key and not asks:
        key = current_engine().saved_views.chosen(current_context(), entity.key)
    if not key.startswith(SAVED):
        return view_of(entity, key), None, ()
    saved = current_engine().saved_views.find(current_context(), entity.key, key)
    first = view_of(entity, "")
    if saved is None:
        return first, None, (say("这个视图已被删除，或不再与您共用。"),) if "view" in args else ()
    return replace(first, key=saved.key, condition=None), saved, ()


def _fallback(entity: Entity, readable: set[str]) -> tuple[str, ...]:
    """Something to show, when nothing that was asked for may be read."""
    keys = (entity.title, *view_of(entity, "").columns)
    return tuple(dict.fromkeys(key for key in keys if key in readable))


def _sort(entity: Entity, args: Args, own: Iterable[str]) -> tuple[str, ...]:
    asked = tuple(word for word in args.get("sort", "").split(",") if word)
    hidden = rights_of(entity.key).hidden | rights_of(entity.key).masked

    def is_good(word: str) -> bool:
        key = word.removeprefix("-")
        return key in entity.fields and key not in hidden and can_sort(entity, key)

    good = tuple(word for word in asked if is_good(word))
    return good or tuple(word for word in own if is_good(word))


# --- what may be asked -----------------------------------------------------------------------------------------------


def can_sort(entity: Entity, key: str) -> bool:
    return entity.fields[key].kind not in _WITHOUT_ORDER


def readable_columns(entity: Entity) -> tuple[str, ...]:
    """The fields that may stand in a column; masked ones show their mask."""
    hidden = rights_of(entity.key).hidden
    return tuple(key for key, field in entity.fields.items() if key not in hidden and field.kind not in _NOT_COLUMNS)


def group_keys(entity: Entity) -> tuple[str, ...]:
    """What a list may be grouped by, as `group` says it: choices, people, records, yes or no, months."""
    covered = rights_of(entity.key).hidden | rights_of(entity.key).masked
    found = []
    for key, field in entity.fields.items():
        if key in covered or field.kind == "department":
            continue
        if isinstance(field.value_type, _GROUPED):
            found.append(key)
        elif isinstance(field.value_type, DateType | TimeType):
            found.append(key + MONTH)
    return tuple(found)


def summed(state: ListState) -> tuple[str, ...]:
    """The columns whose sum says something: money, and what people count; not shares, days, scores or averages."""
    covered = rights_of(state.entity.key).masked
    return tuple(key for key in state.columns if key not in covered and _is_summed(state.entity, key))


def _is_summed(entity: Entity, key: str) -> bool:
    field = entity.fields[key]
    if not isinstance(field.value_type, NumberType | DurationType) or field.is_live or key in entity.scores:
        return False
    made = field.formula.root if field.formula is not None else None
    adds_up = made is None or (isinstance(made, Aggregate) and made.function in ("sum", "count"))
    return field.kind == "money" or (field.kind in _SUMMED and adds_up)
