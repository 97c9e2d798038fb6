"""Views of lists that people keep: for themselves or for their unit, and which one a list opens with.

A view is words over names (columns, sort, a filter's text), judged each time somebody opens it by that person's own
rights: a view that a colleague shares shows nobody more than she may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.context import Actor, Context
from engine.errors import BadInput, NotThere
from engine.flow.sentences import say
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.plans import Plan
from engine.store.system_tables import org_unit, saved_view, user_account, view_choice, view_share
from engine.store.upsert import put_row
from engine.verdict import Finding

LONGEST_NAME = 60
MOST_VIEWS = 100
PREFIX = "saved-"
"""Before the number in a view's key; no declared view's key holds a hyphen."""


def _visible_plan() -> sa.Select[tuple[Any, ...]]:
    """A person's own views, and those shared with her unit or one above it."""
    view, share, person = saved_view.c, view_share.c, user_account.c
    own, above = org_unit.alias("own"), org_unit.alias("above")
    is_above = sa.func.substr(own.c.path, 1, sa.func.length(above.c.path)) == above.c.path
    reached = sa.select(above.c.id).where(own.c.id == sa.bindparam("unit", type_=sa.BigInteger()), is_above)
    return (
        sa.select(view.id, view.name, view.definition, view.user_id, person.name, share.unit_id)
        .select_from(saved_view.join(user_account, person.id == view.user_id).outerjoin(view_share))
        .where(
            view.entity == sa.bindparam("kind"),
            sa.or_(view.user_id == sa.bindparam("user"), share.unit_id.in_(reached)),
        )
        .order_by(view.id)
    )


_VISIBLE = Plan(_visible_plan())
_CHOSEN = Plan(
    sa.select(view_choice.c.view).where(
        view_choice.c.user_id == sa.bindparam("user"), view_choice.c.entity == sa.bindparam("kind")
    )
)


@dataclass(frozen=True, slots=True)
class ViewShape:
    """What a view shows. sort: field keys, "-" before for descending. filter: a formula's text."""

    columns: tuple[str, ...] = ()
    filter: str = ""
    sort: tuple[str, ...] = ()
    group: str = ""
    has_totals: bool = False

    def as_json(self) -> Mapping[str, object]:
        return {
            "columns": list(self.columns),
            "filter": self.filter,
            "sort": list(self.sort),
            "group": self.group,
            "totals": self.has_totals,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> ViewShape:
        return cls(
            columns=tuple(map(str, kept.get("columns", ()))),
            filter=str(kept.get("filter", "")),
            sort=tuple(map(str, kept.get("sort", ()))),
            group=str(kept.get("group", "")),
            has_totals=bool(kept.get("totals", False)),
        )


@dataclass(frozen=True, slots=True)
class SavedView:
    """author: the name of whoever made it. is_mine: the reader made it and may change it."""

    id: int
    entity: str
    name: str
    shape: ViewShape = field(default_factory=ViewShape)
    author: str = ""
    is_mine: bool = False
    is_shared: bool = False

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.id}"


class SavedViews:
    """The doors to people's views, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, context: Context, entity: str) -> tuple[SavedView, ...]:
        """The person's own views of the entity and those shared with her, by age."""
        with self._database.read() as conn:
            return tuple(_visible(conn, context.actor, entity))

    def find(self, context: Context, entity: str, key: str) -> SavedView | None:
        """The view with this key, if it is the person's to see."""
        return next((view for view in self.of(context, entity) if view.key == key), None)

    def save(self, context: Context, entity: str, name: str, shape: ViewShape, *, is_shared: bool = False) -> SavedView:
        """A new view. Raises BadInput for a name that is empty or too long, and when there are too many already."""
        actor, name = context.actor, _checked_name(context.actor, entity, name)
        with self._database.write() as conn:
            mine = [view for view in _visible(conn, actor, entity) if view.is_mine]
            if len(mine) >= MOST_VIEWS:
                raise _bad(actor, entity, "view.many", most=MOST_VIEWS)
            values = {"user_id": actor.id, "entity": entity, "name": name, "definition": shape.as_json()}
            view_id = int(conn.value(sa.insert(saved_view).values(values).returning(saved_view.c.id)))
            _share(conn, actor, view_id, is_shared=is_shared)
        return SavedView(view_id, entity, name, shape, actor.name, is_mine=True, is_shared=is_shared)

    def change(
        self,
        context: Context,
        entity: str,
        key: str,
        *,
        name: str | None = None,
        shape: ViewShape | None = None,
        is_shared: bool | None = None,
    ) -> None:
        """Another name, shape or audience of one's own view. Raises NotThere for a view of somebody else."""
        values: dict[str, object] = {}
        if name is not None:
            values["name"] = _checked_name(context.actor, entity, name)
        if shape is not None:
            values["definition"] = shape.as_json()
        with self._database.write() as conn:
            view = _own(conn, context.actor, entity, key)
            if values:
                conn.execute(sa.update(saved_view).where(saved_view.c.id == view.id).values(values))
            if is_shared is not None and is_shared != view.is_shared:
                _share(conn, context.actor, view.id, is_shared=is_shared)

    def remove(self, context: Context, entity: str, key: str) -> None:
        """Forgets one's own view, for everybody. Raises NotThere for a view of somebody else."""
        with self._database.write() as conn:
            view = _own(conn, context.actor, entity, key)
            _share(conn, context.actor, view.id, is_shared=False)
            c = view_choice.c
            conn.execute(sa.delete(view_choice).where(c.entity == entity, c.view == key))
            conn.execute(sa.delete(saved_view).where(saved_view.c.id == view.id))

    def chosen(self, context: Context, entity: str) -> str:
        """The key of the view that the list opens with; "" when the person has chosen none."""
        with self._database.read() as conn:
            row = conn.one(_CHOSEN, {"user": context.actor.id, "kind": entity})
        return str(row[0]) if row else ""

    def choose(self, context: Context, entity: str, key: str) -> None:
        """The list opens with this view from now on; "": with the app's own first view."""
        row = {"user_id": context.actor.id, "entity": entity, "view": key}
        with self._database.write() as conn:
            conn.execute(put_row(conn.dialect, view_choice, ("user_id", "entity"), row))


def _checked_name(actor: Actor, entity: str, name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise _bad(actor, entity, "view.name", most=LONGEST_NAME)
    return name


def _bad(actor: Actor, entity: str, sentence: str, **values: object) -> BadInput:
    return BadInput((Finding(f"{entity}.views", "unmet", say(actor.language, sentence, **values), field="name"),))


def _own(conn: Connection, actor: Actor, entity: str, key: str) -> SavedView:
    for view in _visible(conn, actor, entity):
        if view.key == key and view.is_mine:
            return view
    raise NotThere(f"{entity} {key}")


def _share(conn: Connection, actor: Actor, view_id: int, *, is_shared: bool) -> None:
    conn.execute(sa.delete(view_share).where(view_share.c.view_id == view_id))
    if is_shared and actor.unit_id is not None:
        conn.execute(sa.insert(view_share).values(view_id=view_id, unit_id=actor.unit_id))


def _visible(conn: Connection, actor: Actor, entity: str) -> Iterable[SavedView]:
    rows = conn.rows(_VISIBLE, {"kind": entity, "user": actor.id, "unit": actor.unit_id})
    for number, name, kept, author_id, author, unit_id in rows:
        shape = ViewShape.of_json(kept or {})
        yield SavedView(number, entity, name, shape, author, author_id == actor.id, unit_id is not None)
