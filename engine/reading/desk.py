"""A desk: one person reading, in one transaction. Everything read through it is cut to what the person may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsl.app import Entity
from dsl.formula.value_types import RowsType
from engine.answers import FileNote, Record
from engine.people import permissions
from engine.reading.links import files_of, link_of
from engine.reading.masks import masked
from engine.seat import Seat

Raw = Mapping[str, Any]


@dataclass(slots=True)
class Desk(Seat):
    _hidden: dict[str, frozenset[str]] = field(default_factory=dict, init=False)
    _masked: dict[str, frozenset[str]] = field(default_factory=dict, init=False)

    # --- rights ------------------------------------------------------------------------------------------------------

    def hidden(self, entity: Entity) -> frozenset[str]:
        if entity.key not in self._hidden:
            self._hidden[entity.key] = permissions.hidden_fields(self.app, self.actor, entity)
        return self._hidden[entity.key]

    def masked(self, entity: Entity) -> frozenset[str]:
        if entity.key not in self._masked:
            self._masked[entity.key] = permissions.masked_fields(self.app, self.actor, entity)
        return self._masked[entity.key]

    # --- records -----------------------------------------------------------------------------------------------------

    def raw(self, entity: Entity, record_id: int) -> Raw | None:
        """The whole record if it is in sight: for judging, never for showing."""
        return self.installed.records.find(self.conn, self.sight(entity), entity.key, record_id, self.env)

    def sees(self, entity_key: str, record_id: int) -> bool:
        """Whether the record is there and in sight."""
        sight, records = self.sight(self.entity(entity_key)), self.installed.records
        return records.find(self.conn, sight, entity_key, record_id, self.env, fields=()) is not None

    def show(self, entity: Entity, rows: Iterable[Raw]) -> list[Record]:
        """The records as the actor may read them, with titles of what they refer to and notes of their files."""
        rows = list(rows)
        hidden, masked_keys = self.hidden(entity), self.masked(entity)
        links = {row["id"]: _links_of(entity, row, hidden | masked_keys) for row in rows}
        pairs = {pair for each in links.values() for pair in each.values()}
        pairs.update((entity.key, row["id"]) for row in rows)
        titles = self.titles_of(pairs)
        seen = self._in_sight({pair for each in links.values() for pair in each.values()})
        files = self.file_notes(_file_ids(entity, rows, hidden | masked_keys))
        return [self._shown(entity, row, links[row["id"]], titles, seen, files) for row in rows]

    def _shown(
        self,
        entity: Entity,
        row: Raw,
        links: Mapping[str, tuple[str, int]],
        titles: Mapping[tuple[str, int], str],
        seen: Collection[tuple[str, int]],
        files: Mapping[int, FileNote],
    ) -> Record:
        hidden, masked_keys = self.hidden(entity), self.masked(entity)
        values: dict[str, object] = {}
        for key, known in entity.fields.items():
            if key in hidden or key not in row or isinstance(known.value_type, RowsType):
                continue
            values[key] = masked(known, row[key]) if key in masked_keys else row[key]
        own_title = "" if entity.title in hidden | masked_keys else titles.get((entity.key, row["id"]), "")
        own_files = {each: files[each] for each in _file_ids(entity, [row], hidden | masked_keys) if each in files}
        return Record(
            entity=entity.key,
            id=row["id"],
            version=row["row_version"],
            title=own_title or str(row.get("code") or f"#{row['id']}"),
            values=values,
            titles={key: titles[pair] for key, pair in links.items() if pair in titles},
            masked=masked_keys & values.keys(),
            files=own_files,
            closed=frozenset(key for key, pair in links.items() if pair not in seen),
        )

    def _in_sight(self, pairs: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those that can be opened: people always, records where the actor sees them."""
        by_entity: dict[str, set[int]] = defaultdict(set)
        for key, record_id in pairs:
            by_entity[key].add(record_id)
        seen: set[tuple[str, int]] = set()
        for key, ids in by_entity.items():
            entity = self.app.entities.get(key)
            records = self.installed.records
            is_seen = records.visible(self.conn, self.sight(entity), key, ids, self.env) if entity else ids
            seen |= {(key, record_id) for record_id in is_seen}
        return seen

    # --- what is referred to -----------------------------------------------------------------------------------------

    def titles_of(self, pairs: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
        """(entity, id) → how it is called. A reference shows its title to whoever sees the record that refers."""
        return self.installed.records.titles(self.conn, set(pairs))

    def file_notes(self, ids: Iterable[int]) -> Mapping[int, FileNote]:
        found = self.installed.files.find_many(self.conn, sorted(set(ids)))
        return {each.id: FileNote(each.id, each.name, each.size, each.mime, each.sha256) for each in found}


def _links_of(entity: Entity, row: Raw, covered: frozenset[str]) -> dict[str, tuple[str, int]]:
    """Field key → (entity, id) of the references and people the record names."""
    return {
        key: found
        for key, known in entity.fields.items()
        if key not in covered and (found := link_of(known, row.get(key))) is not None
    }


def _file_ids(entity: Entity, rows: Iterable[Raw], covered: frozenset[str]) -> set[int]:
    fields = [(key, known) for key, known in entity.fields.items() if key not in covered]
    return {each for row in rows for key, known in fields for each in files_of(known, row.get(key))}
