"""Changed fields of one record, and the rows of its tables that came with the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dsl.app import Entity
from engine.commands import Children, ChildRow
from engine.errors import NotThere
from engine.people import permissions
from engine.people.permissions import EditScope
from engine.verdict import Finding
from engine.writing import governance, rows
from engine.writing.input import read_values
from engine.writing.judgement import image_case
from engine.writing.new import insert_new
from engine.writing.work import Deed, Image, Record, Work


def change(
    work: Work,
    entity: Entity,
    before: Record,
    given: Mapping[str, object],
    *,
    where: str = "",
    ignores_lock: bool = False,
) -> None:
    """Writes the fields that change, as far as the actor may change them; the rest is noted on the work."""
    scope = governance.edit_scope(work, entity, before)
    faults = len(work.faults)
    # Without any right one finding says so; with some rights each field that is not among them is named.
    values = read_values(work, entity, given, EditScope(all=True) if scope.is_nothing else scope, before)
    if len(work.faults) > faults:
        return
    image = Image(entity, int(before["id"]), image_case(work, entity, before), tuple(values), where=where)
    work.images.append(image)
    if not values:
        return
    if scope.is_nothing:
        work.refuse(f"{entity.key}.access", work.say("access.edit"), entity)
    if not ignores_lock:
        governance.judge_lock(work, entity, before)
    rows.update(work, entity, before, values)
    changes = {key: (before.get(key), value) for key, value in values.items()}
    work.deeds.append(Deed("changed", entity.key, image.id, changes))


def write_children(work: Work, entity: Entity, parent_id: int, children: Children) -> None:
    """The rows of the record's tables: new, changed or removed; their findings say where they stand."""
    for table_field, given in children.items():
        field = entity.fields.get(table_field)
        if field is None or not field.target or field.kind != "table":
            rule = f"{entity.key}.fields.{table_field}.input"
            work.fault(rule, work.say("input.unknown", field=table_field), table_field)
            continue
        child, parent = work.app.entity(field.target), work.get(entity, parent_id)
        for place, row in enumerate(given):
            where = f"{table_field}.{place}"
            seen = len(work.findings), len(work.faults)
            _write_child(work, child, parent, row, where)
            work.findings[seen[0] :] = located(work.findings[seen[0] :], where)
            work.faults[seen[1] :] = located(work.faults[seen[1] :], where)


def located(findings: list[Finding], where: str) -> list[Finding]:
    """The findings of a row with its place before their fields: `price` → `lines.0.price`."""
    if not where:
        return findings
    return [replace(finding, field=f"{where}.{finding.field}" if finding.field else where) for finding in findings]


def _write_child(work: Work, child: Entity, parent: Record, row: ChildRow, where: str) -> None:
    if row.id is None:
        if not row.delete:
            insert_new(work, child, {**row.values, child.parent: parent["id"]}, parent, where=where)
        return
    before = work.find(child, row.id)
    if before is None or before.get(child.parent) != parent["id"]:
        raise NotThere(f"{child.key} {row.id}")
    if row.delete:
        remove_checked(work, child, before)
    else:
        change(work, child, before, row.values, where=where)


def remove_checked(work: Work, entity: Entity, record: Record) -> None:
    """Removes the record if the actor may; else notes a finding."""
    case = work.governing_case(entity, record)
    if not permissions.may_delete(work.app, work.actor, entity, case):
        work.refuse(f"{entity.key}.access", work.say("access.delete"), entity)
    governance.judge_lock(work, entity, record)
    rows.remove(work, entity, record)
    work.deeds.append(Deed("removed", entity.key, int(record["id"]), {}))
