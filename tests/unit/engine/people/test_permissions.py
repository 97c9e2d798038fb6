"""Rights put together from roles: closed by default, and a manager is bound by the manager's own entry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dsl.app import App
from dsl.formula.tree import Read
from dsl.load import load_text
from engine.commands import Create
from engine.context import Actor
from engine.people import permissions
from engine.people.sight import NO_SIGHT, SYSTEM_SIGHT, Sight
from engine.people.users import system_actor
from engine.store.lists import Query
from engine.testing import Colleague, acting, engine_for

TEXT = """
app: yard
label: 场 | Yard
version: 1
language: 1
languages: [zh, en]
roles:
  sales: {label: 销售 | Sales, sees: own}
  manager: {label: 经理 | Manager, sees: team, also: sales}
  director: {label: 总监 | Director, sees: all, also: manager}
  area: {label: 区域 | Area, sees: area}
  legal: {label: 法务 | Legal, sees: assigned}
  guest: {label: 来客 | Guest, sees: own}
entities:
  client:
    label: 客户 | Client
    title: name
    fields:
      name: {label: 名称 | Name, type: text required}
      margin: {label: 毛利 | Margin, type: percent}
      owner: {label: 负责人 | Owner, type: person}
      calls: {label: 电话 | Calls, type: table call}
    access:
      sales: {create: true, edit: owner = me}
      manager: {edit: true, hide: [margin]}
      director: {edit: true, delete: true, export: true}
      area: {edit: [margin]}
      legal: {see: name = "sued"}
  call:
    label: 电话 | Call
    part_of: client
    title: notes
    fields: {notes: {label: 记录 | Notes, type: text}}
  place:
    label: 地点 | Place
    title: name
    fields: {name: {label: 名称 | Name, type: text}}
    access: {sales: {}, director: {create: true, edit: true}}
"""


def yard() -> App:
    checked = load_text(TEXT, "yard.yaml")
    assert checked.value is not None, [(problem.code, str(problem.span)) for problem in checked.problems]
    return checked.value


APP = yard()


def holder(*roles: str) -> Actor:
    held = frozenset({"everyone"}).union(*(APP.roles[role].includes | {role} for role in roles))
    return Actor(7, "ann", "Ann", roles[0], held, 2, "South", (2, 3), (1, 2, 3), None)


def sight(actor: Actor, entity: str) -> Sight:
    return permissions.sight_of(APP, actor, APP.entity(entity))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("sales", Sight(own_of=7)),
        ("manager", Sight(own_of=7, unit_ids=(2, 3))),
        ("area", Sight(own_of=7, unit_ids=(1, 2, 3))),
        ("director", SYSTEM_SIGHT),
        ("guest", NO_SIGHT),
    ],
)
def test_what_a_role_sees(role: str, expected: Sight) -> None:
    assert sight(holder(role), "client") == expected


def test_a_part_is_seen_by_whoever_sees_its_parent() -> None:
    for role in ("sales", "manager", "director", "guest"):
        assert sight(holder(role), "call") == sight(holder(role), "client")


def test_a_condition_of_ones_own_replaces_the_roles_scope() -> None:
    seen = sight(holder("legal"), "client")
    assert [condition.text for condition in seen.conditions] == ['name = "sued"']
    assert (seen.all, seen.own_of, seen.unit_ids) == (False, None, ())


def test_a_condition_on_the_parent_is_said_of_its_parts() -> None:
    [condition] = sight(holder("legal"), "call").conditions
    assert condition.entity == "call"
    assert condition.reads == {Read(("client",), "client", "name")}


def test_parts_are_seen_by_the_condition_on_their_parent(database_url: str, tmp_path: Path) -> None:
    people = [Colleague("ann", "sales"), Colleague("lex", "legal")]
    engine = engine_for(TEXT, tmp_path, database_url, people)
    ann, lex = acting(engine, "ann"), acting(engine, "lex")
    for name in ("calm", "sued"):
        client = engine.execute(Create("client", {"name": name}), ann).id
        engine.execute(Create("call", {"client": client, "notes": f"a {name} client"}), ann)
    assert [record.title for record in engine.page(lex, Query("call")).items] == ["a sued client"]
    assert [group.entity for group in engine.search(lex, "client")] == ["call"]
    engine.close()


def test_what_nobody_owns_is_seen_whole_by_every_role_that_is_named() -> None:
    assert sight(holder("sales"), "place") == SYSTEM_SIGHT
    assert sight(holder("legal"), "place") == NO_SIGHT


def test_a_manager_is_bound_by_the_managers_entry_not_freed_by_the_salespersons() -> None:
    client = APP.entity("client")
    hidden = {role: permissions.hidden_fields(APP, holder(role), client) for role in ("sales", "manager", "director")}
    assert hidden == {"sales": frozenset(), "manager": {"margin"}, "director": frozenset()}


def test_two_posts_see_what_either_sees() -> None:
    both = holder("manager", "director")
    assert permissions.hidden_fields(APP, both, APP.entity("client")) == frozenset()
    assert sight(both, "client") == SYSTEM_SIGHT


def test_rights_add_up_over_the_roles_held() -> None:
    client = APP.entity("client")
    manager = permissions.rights(APP, holder("manager"), client)
    assert (manager.create, manager.edit, manager.delete, manager.export) == (True, "all", False, False)
    area = permissions.rights(APP, holder("area"), client)
    assert (area.create, area.edit, area.edit_fields) == (False, "fields", {"margin"})
    guest = permissions.rights(APP, holder("guest"), client)
    assert (guest.see, guest.create, guest.edit, guest.delete) == (False, False, "none", False)


def test_a_part_may_be_made_changed_and_removed_by_who_may_edit_its_parent() -> None:
    call = APP.entity("call")
    sales = permissions.rights(APP, holder("sales"), call)
    assert (sales.create, sales.edit, sales.delete) == (True, "all", True)
    area = permissions.rights(APP, holder("area"), call)
    assert (area.create, area.edit, area.delete) == (False, "none", False)


def test_the_engine_itself_sees_and_may_do_all() -> None:
    rights = permissions.rights(APP, system_actor(), APP.entity("client"))
    assert (rights.see, rights.create, rights.edit, rights.delete) == (True, True, "all", True)
    assert sight(system_actor(), "call") == SYSTEM_SIGHT


def test_a_role_that_the_app_does_not_know_gives_nothing() -> None:
    stranger = replace(holder("guest"), role="wizard", roles=frozenset({"wizard", "everyone"}))
    assert sight(stranger, "client") == NO_SIGHT
    assert not permissions.rights(APP, stranger, APP.entity("place")).see


def test_a_field_of_an_entity_out_of_sight_is_covered() -> None:
    assert permissions.covers(APP, holder("manager"), "client", "margin")
    assert not permissions.covers(APP, holder("sales"), "client", "margin")
    assert permissions.covers(APP, holder("legal"), "place", "name")
