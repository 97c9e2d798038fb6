"""What must change in the database so that it can hold an app: pure comparison of the ledger with the app.

Expand only: a physical column never changes its name or type. A rename (`was`) is a new line in the ledger, a field
that went away is retired with its data, a new type is a new column filled from the old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dsl.app import App, Entity
from dsl.formula.value_types import RefType, ValueType
from engine.store.columns import is_linked, storage
from engine.store.ledger import (
    Entry,
    Kind,
    Ledger,
    first_column_name,
    first_link_name,
    first_table_name,
    stored_fields,
)


@dataclass(frozen=True, slots=True)
class Add:
    """Something new in the database. `revived`: it was retired, and its data is still there."""

    entry: Entry
    revived: bool = False

    def __str__(self) -> str:
        return f"{'revive' if self.revived else 'add'} {self.entry.said}"


@dataclass(frozen=True, slots=True)
class Rename:
    """Only in the ledger: the app calls it, or the entity it points to, differently, the database does not."""

    old: Entry
    new: Entry

    def __str__(self) -> str:
        if self.old.said == self.new.said:
            return f"rename {self.old.storage} of {self.old.said} to {self.new.storage}"
        return f"rename {self.old.said} to {self.new.said}"


@dataclass(frozen=True, slots=True)
class Retype:
    """A new column or link table, filled from the old one, which stays."""

    old: Entry
    new: Entry
    value_type: ValueType

    def __str__(self) -> str:
        return f"retype {self.new.said} from {self.old.storage} to {self.new.storage}"


@dataclass(frozen=True, slots=True)
class Retire:
    """The app has it no more; its data is kept."""

    entry: Entry

    def __str__(self) -> str:
        return f"retire {self.entry.said}"


Op = Add | Rename | Retype | Retire


def changes(ledger: Ledger, app: App) -> list[Op]:
    """What leads from the ledger to the app, tables before their columns; nothing if it is there already."""
    return list(_Comparison(ledger).run(app))


def after(ledger: Ledger, ops: Iterable[Op]) -> Ledger:
    """The ledger once the ops are applied."""
    live, retired = list(ledger.live), list(ledger.retired)
    for op in ops:
        match op:
            case Add(entry=entry):
                live.append(entry)
                retired = [kept for kept in retired if kept != entry]
            case Rename(old=old, new=new):
                live[live.index(old)] = new
            case Retype(old=old, new=new):
                live[live.index(old)] = new
                retired.append(old)
            case Retire(entry=entry):
                live.remove(entry)
                retired.append(entry)
    return Ledger(live, retired)


class _Comparison:
    """One walk over the app; `seen` are the ledger's entries that the app still has."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.seen: set[Entry] = set()
        self.renamed: dict[str, str] = {}
        """Storage of references to an entity's former key → to its present one."""

    def run(self, app: App) -> Iterator[Op]:
        for entity in app.entities.values():
            if entity.was and entity.was not in app.entities:
                self.renamed[storage(RefType(entity.was))] = storage(RefType(entity.key))
        for entity in app.entities.values():
            yield from self._entity(entity)
        for entry in self.ledger.live:
            if entry not in self.seen:
                yield Retire(entry)

    def _entity(self, entity: Entity) -> Iterator[Op]:
        table = self._find("table", entity, "", "")
        if table is None:
            name = self.ledger.free_table(first_table_name(entity.key))
            yield from self._add(Entry("table", entity.key, "", name, "", ""))
            table_name = name
        else:
            yield from self._keep(table, replace(table, entity=entity.key))
            table_name = table.table_name
        fields = [(field.key, field.was, field.value_type) for field in stored_fields(entity)]
        if entity.parent and entity.parent not in entity.fields:
            fields.append((entity.parent, "", RefType(entity.parent)))
        for key, was, value_type in fields:
            yield from self._field(entity, table_name, key, was, value_type)

    def _field(self, entity: Entity, table_name: str, key: str, was: str, value_type: ValueType) -> Iterator[Op]:
        old = self._find("column", entity, key, was) or self._find("link", entity, key, was)
        new = self._new_entry(entity, table_name, key, value_type)
        if old is None:
            yield from self._add(new)
        elif self.renamed.get(old.storage, old.storage) == new.storage:
            yield from self._keep(old, replace(old, entity=entity.key, field=key, storage=new.storage))
        else:
            self.seen.add(old)
            self._take_names(new)
            yield Retype(old, new, value_type)

    def _new_entry(self, entity: Entity, table_name: str, key: str, value_type: ValueType) -> Entry:
        kept = storage(value_type)
        if is_linked(value_type):
            name = self.ledger.free_table(first_link_name(entity.key, key))
            return Entry("link", entity.key, key, name, "", kept)
        name = self.ledger.free_column(table_name, first_column_name(key))
        return Entry("column", entity.key, key, table_name, name, kept)

    def _find(self, kind: Kind, entity: Entity, key: str, was: str) -> Entry | None:
        """The live entry under the present name, or under a former one."""
        for entity_key in (entity.key, entity.was):
            for field in (key, was) if key else ("",):
                is_name = bool(entity_key) and (bool(field) or not key)
                if is_name and (entry := self.ledger.find(kind, entity_key, field)) and entry not in self.seen:
                    return entry
        return None

    def _keep(self, entry: Entry, present: Entry) -> Iterator[Op]:
        self.seen.add(entry)
        if entry != present:
            yield Rename(entry, present)

    def _add(self, new: Entry) -> Iterator[Op]:
        """The retired thing of the same name and storage comes back with its data; else a new one."""
        for old in reversed(self.ledger.retired):
            if (old.kind, old.entity, old.field, old.storage) == (new.kind, new.entity, new.field, new.storage):
                yield Add(old, revived=True)
                return
        self._take_names(new)
        yield Add(new)

    def _take_names(self, new: Entry) -> None:
        """A name given in this walk is not given again."""
        self.ledger = Ledger(self.ledger.live, (*self.ledger.retired, new))
