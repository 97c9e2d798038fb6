"""The sample company's people: forty of them in an org tree of regions, teams and departments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from engine.sample.words import GIVEN_NAMES, REGIONS, SURNAMES

SHOPS_PER_REGION: Final = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation unit. path: the ids from the root, "/1/4/17/"."""

    id: int
    parent_id: int | None
    name: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Worker:
    """A person of the company. login "" has no way to sign in."""

    id: int
    login: str
    name: str
    role: str
    unit_id: int
    manager_id: int | None
    region: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    units: tuple[Unit, ...]
    workers: tuple[Worker, ...]

    def of_role(self, role: str) -> tuple[Worker, ...]:
        return tuple(w for w in self.workers if w.role == role)

    def sellers_in(self, region: str) -> tuple[Worker, ...]:
        return tuple(w for w in self.workers if w.role == "sales" and w.region == region)

    def manager_in(self, region: str) -> Worker:
        return next(w for w in self.workers if w.role == "manager" and w.region == region)

    def worker(self, worker_id: int) -> Worker:
        return next(w for w in self.workers if w.id == worker_id)

    def leads(self) -> dict[int, int]:
        """Unit → who leads it: the first one hired into it, where people report to that person."""
        bosses = {w.manager_id for w in self.workers}
        found: dict[int, int] = {}
        for worker in self.workers:
            if worker.id in bosses:
                found.setdefault(worker.unit_id, worker.id)
        return found

    def renumbered(self, units: Mapping[int | None, int | None], people: Mapping[int | None, int | None]) -> Company:
        """The same company with other ids; both maps take None to None."""
        moved_units = []
        for unit in self.units:
            path = "/".join(str(units[int(step)]) for step in unit.path.strip("/").split("/"))
            moved_units.append(
                replace(unit, id=_known(units, unit.id), parent_id=units[unit.parent_id], path=f"/{path}/")
            )
        workers = tuple(
            replace(w, id=_known(people, w.id), unit_id=_known(units, w.unit_id), manager_id=people[w.manager_id])
            for w in self.workers
        )
        return Company(tuple(moved_units), workers)


def _known(ids: Mapping[int | None, int | None], old: int) -> int:
    new = ids[old]
    if new is None:
        raise ValueError(f"{old} has no new id")
    return new


class Staffing:
    """Hires people into units, numbered from 1 on."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._names: set[str] = set()
        self._next_unit, self._next_person = 1, 1
        self.units: list[Unit] = []
        self.workers: list[Worker] = []

    def unit(self, name: str, kind: str, parent: Unit | None = None) -> Unit:
        unit_id, self._next_unit = self._next_unit, self._next_unit + 1
        path = f"{parent.path if parent else '/'}{unit_id}/"
        made = Unit(unit_id, parent.id if parent else None, name, kind, path)
        self.units.append(made)
        return made

    def hire(
        self, role: str, unit: Unit, manager: Worker | None, *, login: str = "", name: str = "", region: str = ""
    ) -> Worker:
        person_id, self._next_person = self._next_person, self._next_person + 1
        chosen = name or self._new_name()
        self._names.add(chosen)
        made = Worker(person_id, login, chosen, role, unit.id, manager.id if manager else None, region)
        self.workers.append(made)
        return made

    def company(self) -> Company:
        return Company(tuple(self.units), tuple(self.workers))

    def _new_name(self) -> str:
        while True:
            name = self._rng.choice(SURNAMES) + self._rng.choice(GIVEN_NAMES)
            if name not in self._names:
                return name


def parts_maker(rng: Random) -> Company:
    """A parts maker with three sales regions of two teams each. The seven sample logins are among its people."""
    staff = Staffing(rng)
    house = staff.unit("甬锐精密五金", "company")
    director = staff.hire("director", house, None, login="director", name="周敏")
    staff.hire("admin", house, director, login="admin", name="沈志强")
    _departments(staff, house, director)
    logins = iter(("sales", "sales2"))
    names = iter(("李婷", "王强"))
    for region in REGIONS:
        area = staff.unit(f"{region}大区", "region", house)
        is_home = region == REGIONS[0]
        manager = staff.hire(
            "manager", area, director, login="manager" if is_home else "", name="陈立" if is_home else "", region=region
        )
        for number in ("一", "二"):
            team = staff.unit(f"{region}{number}组", "team", area)
            login, name = (next(logins), next(names)) if is_home else ("", "")
            staff.hire("sales", team, manager, login=login, name=name, region=region)
            for _ in range(3):
                staff.hire("sales", team, manager, region=region)
    return staff.company()


def _departments(staff: Staffing, house: Unit, director: Worker) -> None:
    for unit_name, people in _DEPARTMENTS:
        unit = staff.unit(unit_name, "department", house)
        head: Worker | None = None
        for role, login, name in people:
            made = staff.hire(role, unit, head or director, login=login, name=name)
            head = head or made


_DEPARTMENTS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("财务部", (("cfo", "cfo", "吴静"), ("clerk", "", ""), ("clerk", "", ""))),
    ("法务部", (("legal", "", ""), ("legal", "", ""))),
    ("技术部", (("tech", "tech", "赵刚"), ("tech", "", ""), ("tech", "", ""), ("tech", "", ""))),
    ("生产计划部", (("planner", "", ""), ("planner", "", ""))),
)


def shop_chain(rng: Random) -> Company:
    """A chain of twelve shops in three regions, each with a manager and two guides."""
    staff = Staffing(rng)
    house = staff.unit("美宿家居连锁", "company")
    office = staff.hire("head_office", house, None, login="director", name="周敏")
    staff.hire("admin", house, office, login="admin", name="沈志强")
    finance = staff.unit("财务部", "department", house)
    staff.hire("finance", finance, office, login="cfo", name="吴静")
    guides = iter((("sales", "李婷"), ("sales2", "王强")))
    for region in REGIONS:
        area = staff.unit(f"{region}大区", "region", house)
        is_home = region == REGIONS[0]
        supervisor = staff.hire(
            "supervisor", area, office, login="tech" if is_home else "", name="赵刚" if is_home else "", region=region
        )
        for number in range(SHOPS_PER_REGION):
            shop = staff.unit(f"{region}{number + 1}店", "team", area)
            is_first = is_home and number == 0
            login, name = ("manager", "陈立") if is_first else ("", "")
            manager = staff.hire("store_manager", shop, supervisor, login=login, name=name, region=region)
            for _ in range(2):
                login, name = next(guides, ("", "")) if is_first else ("", "")
                staff.hire("guide", shop, manager, login=login, name=name, region=region)
    return staff.company()
