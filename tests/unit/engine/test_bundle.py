"""Bundles and backups: everything goes out as one file and comes in on either database, the same to the byte."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.bundle.archive import MANIFEST, Reader
from engine.bundle.backup import back_up, list_backups, prove, restore
from engine.bundle.export import write_bundle
from engine.clock import SystemClock, VirtualClock
from engine.errors import NotReady
from engine.integrity.check import check_data
from engine.runtime import Engine
from engine.store.system_tables import org_unit, user_account
from engine.testing import STARTS_AT, acting, engine_for, virtual_clock
from tests.conftest import PostgresServer
from tests.unit.engine.conftest import WORKSHOP, Shop, made


@dataclass
class Bundled:
    shop: Shop
    path: Path


@pytest.fixture
def bundled(shop_on_both: Shop, tmp_path: Path) -> Bundled:
    """A workshop at work, and the bundle of it."""
    shop = shop_on_both
    customer = shop.sales.create("customer", name="轴承 Bearing", tags=("hot", "key"), grade="B")
    shop.offered_deal(customer)
    shop.engine.comment(shop.sales.context, "customer", customer, "打过电话")
    gone = shop.deal(customer)
    made(shop.manager.delete("deal", gone))
    boss = acting(shop.engine, "admin").actor.id  # an id above that of who answers to it
    with shop.engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "director").values(manager_id=boss))
        conn.execute(sa.update(org_unit).where(org_unit.c.name == "North").values(lead_id=boss))
    path = tmp_path / "all.sluice.zip"
    write_bundle(shop.engine.installed, path)
    return Bundled(shop, path)


def brought(bundled_from: Engine, path: Path, place: Path, url: str = "sqlite") -> Shop:
    """The workshop that a bundle gives, in another place; it agrees with itself."""
    place.mkdir(parents=True)
    assert list(restore(path, bundled_from.app, url, place, SystemClock())) == []
    return Shop(Engine.start(WORKSHOP, url, place, VirtualClock(STARTS_AT)))


def test_everything_comes_in_as_it_went_out(bundled: Bundled, tmp_path: Path) -> None:
    old, shop = bundled.shop, brought(bundled.shop.engine, bundled.path, tmp_path / "there")
    assert check_data(shop.engine) == []
    for entity, number in (("customer", 1), ("deal", 1), ("line", 1)):
        assert shop.sales.values(entity, number) == old.sales.values(entity, number)
        ours = shop.engine.timeline(shop.sales.context, entity, number)
        assert ours == old.engine.timeline(old.sales.context, entity, number)
    assert "customer" in [group.entity for group in shop.engine.search(shop.sales.context, "轴承")]
    found = shop.engine.open_file(shop.sales.context, shop.sales.values("deal", 1)["proof"])
    assert found is not None
    assert found[1].read_bytes().startswith(b"%PDF")
    shop.engine.close()


def test_work_goes_on_where_it_stopped(bundled: Bundled, tmp_path: Path) -> None:
    """Ids, numbers and versions go on after those that came in."""
    shop = brought(bundled.shop.engine, bundled.path, tmp_path / "there")
    assert shop.deal(1) == 3
    assert shop.sales.values("customer", shop.customer("Next"))["code"] == "C2026-0002"
    assert check_data(shop.engine) == []
    shop.engine.close()


def test_sqlite_to_postgresql_to_sqlite_is_the_same_to_the_byte(
    bundled: Bundled, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_database()
    there = brought(bundled.shop.engine, bundled.path, tmp_path / "pg", url)
    second = tmp_path / "second.zip"
    write_bundle(there.engine.installed, second)
    there.engine.close()
    back = brought(bundled.shop.engine, second, tmp_path / "back")
    third = tmp_path / "third.zip"
    write_bundle(back.engine.installed, third)
    back.engine.close()
    postgres_server.give_back(url)
    assert _members(bundled.path) == _members(second) == _members(third)  # tells which part differs
    assert bundled.path.read_bytes() == second.read_bytes() == third.read_bytes()


def _members(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as members:
        return {name: members.read(name).decode(errors="replace") for name in members.namelist()}


def test_retired_columns_and_tables_come_along(tmp_path: Path, database_url: str) -> None:
    text = WORKSHOP.read_text(encoding="utf-8")
    shop = Shop(engine_for(text, tmp_path / "here", database_url))
    shop.sales.create("customer", name="With a score", score=42)
    note = shop.as_("tech").create("note", text="to be retired")
    shop.engine.close()
    without = text.replace("      score: {label: 分数 | Score, type: integer, min: 0, max: 100}\n", "")
    shop = Shop(engine_for(without[: without.index("  note:\n")], tmp_path / "here", database_url, people=()))
    path = tmp_path / "all.zip"
    write_bundle(shop.engine.installed, path)
    app = shop.engine.app
    shop.engine.close()
    assert list(restore(path, app, "sqlite", tmp_path / "there", SystemClock())) == []
    shop = Shop(engine_for(text, tmp_path / "there", people=()))
    assert shop.sales.values("customer", 1)["score"] == 42
    assert shop.as_("tech").values("note", note)["text"] == "to be retired"
    shop.engine.close()


# --- damage ----------------------------------------------------------------------------------------------------------


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _flip(path: Path) -> None:
    """A byte in the middle of what the largest part holds."""
    with zipfile.ZipFile(path) as members:
        largest = max(members.infolist(), key=lambda member: member.compress_size)
    content = bytearray(path.read_bytes())
    content[largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2] ^= 0xFF
    path.write_bytes(content)


def _rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """The same zip with other members; None leaves one out."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            if (kept := change(name, data)) is not None:
                new.writestr(name, kept)


def _without(start: str) -> Callable[[Path], None]:
    return lambda path: _rewrite(path, lambda name, data: None if name.startswith(start) else data)


def _replaced(start: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    return lambda path: _rewrite(path, lambda name, data: data.replace(old, new) if name.startswith(start) else data)


@pytest.mark.parametrize(
    ("harm", "place"),
    [
        (_cut, "all.sluice.zip"),
        (_flip, "damaged at"),
        (_without("tables/event"), "tables/event.ndjson"),
        (_without("files/"), "files/"),
        (_without(MANIFEST), MANIFEST),
        (_replaced("tables/x_deal", b"Gears", b"Gaars"), "tables/x_deal"),
        (_replaced(MANIFEST, b'"version": 1', b'"version": 9'), MANIFEST),
    ],
)
def test_a_damaged_bundle_is_refused_with_its_place_and_nothing_is_loaded(
    bundled: Bundled, tmp_path: Path, harm: Callable[[Path], None], place: str
) -> None:
    harm(bundled.path)
    there = tmp_path / "there"
    with pytest.raises(NotReady, match=place.replace(".", "[.]")):
        list(restore(bundled.path, bundled.shop.engine.app, "sqlite", there, SystemClock()))
    assert not (there / "sluice.sqlite").exists()


def test_a_wrong_line_is_named_and_rolls_everything_back(bundled: Bundled, tmp_path: Path) -> None:
    """A bundle that somebody wrote by hand: its sums are right, a line of it is not."""
    with zipfile.ZipFile(bundled.path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    name = "tables/x_line.ndjson"
    members[name] += b"[1]\n"
    manifest = json.loads(members[MANIFEST])
    [part] = [part for part in manifest["parts"] if part["name"] == name]
    part |= {"sha256": sha256(members[name]).hexdigest(), "size": len(members[name])}
    members[MANIFEST] = json.dumps(manifest).encode()
    _rewrite(bundled.path, lambda each, _data: members[each])
    with pytest.raises(NotReady, match=f"{name}:3"):
        list(restore(bundled.path, bundled.shop.engine.app, "sqlite", tmp_path / "there", SystemClock()))
    fresh = engine_for(WORKSHOP, tmp_path / "there")  # the place is as empty as before
    assert acting(fresh, "sales").actor.id
    fresh.close()


def test_what_is_there_is_never_overwritten(bundled: Bundled, tmp_path: Path) -> None:
    other = engine_for(WORKSHOP, tmp_path / "busy")
    other.close()
    with pytest.raises(NotReady, match="not empty"):
        list(restore(bundled.path, other.app, "sqlite", tmp_path / "busy", SystemClock()))


# --- backups ---------------------------------------------------------------------------------------------------------


def test_a_backup_made_while_people_write_is_sound(shop_on_both: Shop, tmp_path: Path) -> None:
    shop, stop = shop_on_both, threading.Event()
    shop.customer("First")

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            shop.deal(shop.customer(f"Works {number}"), amount=100_000)

    writer = threading.Thread(target=work)
    writer.start()
    try:
        backups = [back_up(shop.engine.installed, tmp_path / "backups") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    assert [backup.faults for backup in backups] == [(), (), ()]
    assert check_data(shop.engine) == []


def test_only_the_latest_backups_are_kept(shop: Shop, tmp_path: Path) -> None:
    shop.customer()
    paths = []
    for _ in range(4):
        paths.append(back_up(shop.engine.installed, tmp_path, keeps=2, proves=False).path)
        virtual_clock(shop.engine).wait(timedelta(minutes=1))
    assert list_backups(tmp_path, "workshop") == paths[-2:]


def test_a_backup_of_damaged_data_is_kept_but_told(shop: Shop, tmp_path: Path) -> None:
    shop.customer()
    with shop.engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == "tech").values(role="wizard"))
    backup = back_up(shop.engine.installed, tmp_path, keeps=1)
    assert [fault.sort for fault in backup.faults] == ["account"]
    assert backup.path.exists()
    assert [fault.place for fault in prove(backup.path, shop.engine.app, SystemClock())] == ["tech"]


def test_nobody_else_reads_a_bundle_and_no_session_is_in_it(bundled: Bundled) -> None:
    assert bundled.path.stat().st_mode & 0o077 == 0
    reader = Reader(bundled.path)
    names = {part.name for part in reader.manifest.parts}
    reader.close()
    assert {"app.yaml", "tables/event.ndjson", "tables/user_account.ndjson"} <= names
    assert "tables/session.ndjson" not in names
