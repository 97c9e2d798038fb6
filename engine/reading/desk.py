"""A desk: one person reading, in one transaction. Everything read through it is cut to what the person may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dsl.app import Entity, Field
from dsl.formula.value_types import FileType, RowsType
from engine.answers import FileNote, Record
from engine.reading.links import files_of, target_of
from engine.reading.masks import masked
from engine.seat import Seat
from engine.store.titles import title_in

Raw = Mapping[str, Any]


@dataclass(slots=True)
class Desk(Seat):
    # --- rights ------------------------------------------------------------------------------------------------------

    def hidden(self, entity: Entity) -> frozenset[str]:
        return self.installed.rights.of(self.actor, entity).hidden

    def masked(self, entity: Entity) -> frozenset[str]:
        return self.installed.rights.of(self.actor, entity).masked

    # --- records -----------------------------------------------------------------------------------------------------

    def raw(self, entity: Entity, record_id: int) -> Raw | None:
        """The whole record if it is in sight: for judging, never for showing."""
        return self.installed.records.find(self.conn, self.sight(entity), entity.key, record_id, self.env)

    def raw_many(self, entity: Entity, ids: Collection[int]) -> list[Raw]:
        """Those of the records that are in sight, in the order of their ids."""
        return list(self.installed.records.find_many(self.conn, self.sight(entity), entity.key, ids, self.env))

    def sees(self, entity_key: str, record_id: int) -> bool:
        """Whether the record is there and in sight."""
        sight, records = self.sight(self.entity(entity_key)), self.installed.records
        return record_id in records.visible(self.conn, sight, entity_key, [record_id], self.env)

    def show(self, entity: Entity, rows: Iterable[Raw]) -> list[Record]:
        """The records as the actor may read them, with titles of what they refer to and notes of their files."""
        rows = list(rows)
        readable = _Readable.of(entity, self.hidden(entity), self.masked(entity))
        links = [readable.links_in(row) for row in rows]
        pairs = {pair for each in links for pair in each.values()}
        own_titles = {(entity.key, row["id"]): title_in(self.installed.tables.entity(entity.key), row) for row in rows}
        pairs |= {pair for pair, title in own_titles.items() if title is None}
        titles = {**self.titles_of(pairs), **{pair: title for pair, title in own_titles.items() if title is not None}}
        seen = self._in_sight({pair for each in links for pair in each.values()})
        files = self.file_notes({each for row in rows for each in readable.files_in(row)})
        return [_shown(readable, row, own, titles, seen, files) for row, own in zip(rows, links, strict=True)]

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
        wanted, known = set(pairs), self.installed.names.of(self.actor)
        titles = {pair: known[pair] for pair in wanted if pair in known}
        if others := wanted - titles.keys():
            found = self.installed.records.titles(self.conn, others)
            self.installed.names.keep(self.actor, found)
            titles |= found
        return titles

    def file_notes(self, ids: Iterable[int]) -> Mapping[int, FileNote]:
        found = self.installed.files.find_many(self.conn, sorted(set(ids)))
        return {each.id: FileNote(each.id, each.name, each.size, each.mime, each.sha256) for each in found}


@dataclass(frozen=True, slots=True)
class _Readable:
    """The fields of an entity that one person reads, sorted by what must be done for them; not for each record anew."""

    entity: Entity
    fields: tuple[Field, ...]
    masked: frozenset[str]
    links: tuple[tuple[str, str], ...]
    """(field, the entity that it points to)."""
    files: tuple[Field, ...]
    shows_title: bool

    @staticmethod
    def of(entity: Entity, hidden: frozenset[str], masked_keys: frozenset[str]) -> _Readable:
        seen = tuple(field for field in entity.fields.values() if field.key not in hidden)
        plain = tuple(field for field in seen if field.key not in masked_keys)
        return _Readable(
            entity=entity,
            fields=tuple(field for field in seen if not isinstance(field.value_type, RowsType)),
            masked=masked_keys,
            links=tuple((field.key, target) for field in plain if (target := target_of(field))),
            files=tuple(field for field in plain if isinstance(field.value_type, FileType)),
            shows_title=entity.title not in hidden | masked_keys,
        )

    def links_in(self, row: Raw) -> dict[str, tuple[str, int]]:
        """Field key → (entity, id) of the references and people the record names."""
        return {key: (target, value) for key, target in self.links if (value := row.get(key)) is not None}

    def files_in(self, row: Raw) -> Iterator[int]:
        return (each for field in self.files for each in files_of(field, row.get(field.key)))


def _shown(
    readable: _Readable,
    row: Raw,
    links: Mapping[str, tuple[str, int]],
    titles: Mapping[tuple[str, int], str],
    seen: Collection[tuple[str, int]],
    files: Mapping[int, FileNote],
) -> Record:
    entity, covered = readable.entity, readable.masked
    values = {
        field.key: masked(field, row[field.key]) if field.key in covered else row[field.key]
        for field in readable.fields
        if field.key in row
    }
    own_title = titles.get((entity.key, row["id"]), "") if readable.shows_title else ""
    return Record(
        entity=entity.key,
        id=row["id"],
        version=row["row_version"],
        title=own_title or str(row.get("code") or f"#{row['id']}"),
        values=values,
        titles={key: titles[pair] for key, pair in links.items() if pair in titles},
        masked=covered & values.keys() if covered else covered,
        files={each: files[each] for each in readable.files_in(row) if each in files},
        closed=frozenset(key for key, pair in links.items() if pair not in seen),
    )
