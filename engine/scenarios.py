"""Plays the scenarios of an app (given, do, then) on a real engine whose clock moves only when the scenario waits.

In every role there is one person, who goes by the role's key. What a given record needs and the scenario does not
mention — a parent, a required field — is made up. The record of the `then` part is the first given one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from dsl.app import App, Entity, Field
from dsl.formula.value_types import ChoiceType, DateType, NumberType, PersonType, RefType, TextType, TimeType
from dsl.kinds import text_value
from dsl.scenarios import Given, Scenario, Step, scenarios_of
from engine.clock import day_of
from engine.commands import ChildRow, Create, Move, Update
from engine.context import Context
from engine.errors import EngineError
from engine.runtime import Engine
from engine.testing import Colleague, acting, engine_for, virtual_clock
from engine.values import is_written
from engine.verdict import Verdict

EVERYBODY = "somebody"
"""Who acts where the app has no roles."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a scenario went. faults: what was not as told, a sentence each; waiting: parts that cannot run yet."""

    scenario: Scenario
    faults: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.faults


def play_all(app_path: Path, directory: Path) -> Iterator[Played]:
    """Every scenario of the app on an engine of its own in `directory`. Raises NotReady for an app with errors."""
    first = engine_for(app_path, _fresh(directory, "check"), people=())
    scenarios, roles = scenarios_of(first.app), tuple(first.app.roles)
    first.close()
    for scenario in scenarios:
        engine = engine_for(app_path, _fresh(directory, scenario.key), people=_people(roles))
        try:
            yield _Stage(engine).play(scenario)
        finally:
            engine.close()


def _fresh(directory: Path, name: str) -> Path:
    place = directory / name
    place.mkdir(parents=True)
    return place


def _people(roles: tuple[str, ...]) -> tuple[Colleague, ...]:
    return tuple(Colleague(role, role, leads=place == 0) for place, role in enumerate(roles or (EVERYBODY,)))


@dataclass
class _Stage:
    """One scenario under way. records: the first record of each entity."""

    engine: Engine
    records: dict[str, int] = field(default_factory=dict)
    refused: Verdict | None = None

    @property
    def app(self) -> App:
        return self.engine.app

    def play(self, scenario: Scenario) -> Played:
        try:
            for given in scenario.given:
                self._give(given, self._owner(scenario))
            for step in scenario.steps:
                self._take(step)
        except EngineError as error:
            return Played(scenario, (f"{type(error).__name__}: {error}",), scenario.waiting)
        return Played(scenario, tuple(self._look(scenario)), scenario.waiting)

    def _owner(self, scenario: Scenario) -> str:
        """Whose the given records are: of whoever acts first."""
        roles = [step.role for step in scenario.steps if step.role]
        return roles[0] if roles else next(iter(self.app.roles), EVERYBODY)

    # --- given -------------------------------------------------------------------------------------------------------

    def _give(self, given: Given, owner: str) -> int:
        entity = self.app.entity(given.entity)
        rows = {
            key: [
                ChildRow(self._filled(self.app.entity(row.entity), row.values, owner, is_row=True)) for row in children
            ]
            for key, children in given.children.items()
        }
        command = Create(entity.key, self._filled(entity, given.values, owner), rows, given.stage)
        outcome = self.engine.execute(command, acting(self.engine, "system", "import"))
        if not outcome.verdict.allowed or outcome.id is None:
            raise EngineError(f"{given.span}: {_told(outcome.verdict)}")
        self.records.setdefault(entity.key, outcome.id)
        return outcome.id

    def _row(self, given: Given, owner: str) -> ChildRow:
        return ChildRow(self._filled(self.app.entity(given.entity), given.values, owner, is_row=True))

    def _filled(
        self, entity: Entity, values: Mapping[str, object], owner: str, *, is_row: bool = False
    ) -> dict[str, object]:
        """The values with what is required and not mentioned made up; a row's parent is the record it stands in."""
        filled = dict(values)
        for each in entity.fields.values():
            is_wanted = each.required is True or each.key in (entity.owner_field, entity.parent)
            if each.key in filled or not is_written(entity, each) or not is_wanted:
                continue
            if not (is_row and each.key == entity.parent):
                filled[each.key] = self._made_up(each, owner)
        return filled

    def _made_up(self, wanted: Field, owner: str) -> object:
        match wanted.value_type:
            case PersonType():
                return acting(self.engine, owner).actor.id
            case RefType(entity=entity) if entity in self.app.entities:
                known = self.records.get(entity)
                return known if known is not None else self._give(Given(entity, {}, {}, "", wanted.span), owner)
            case TextType():
                return f"{wanted.label.say('zh')} {len(self.records) + 1}"
            case NumberType(scale=scale):
                return max(wanted.minimum or 0, min(10**scale, wanted.maximum or 10**scale))
            case DateType():
                return day_of(self.engine.clock.now(), self.app.timezone)
            case TimeType():
                return self.engine.clock.now()
            case ChoiceType(keys=keys):
                return keys[0]
            case _:
                return None

    # --- do ----------------------------------------------------------------------------------------------------------

    def _take(self, step: Step) -> None:
        if step.kind == "wait":
            virtual_clock(self.engine).wait(timedelta(seconds=step.seconds))
            return
        context = self._context(step)
        record_id = self.records[step.entity]
        if step.kind == "move":
            outcome = self.engine.execute(Move(step.entity, record_id, step.target), context)
        else:
            outcome = self.engine.execute(Update(step.entity, record_id, None, step.values or {}), context)
        self.refused = None if outcome.verdict.allowed else outcome.verdict

    def _context(self, step: Step) -> Context:
        return acting(self.engine, step.role or "system")

    # --- then --------------------------------------------------------------------------------------------------------

    def _look(self, scenario: Scenario) -> Iterator[str]:
        """What is not as the `then` part tells it; the last refused deed counts for `refused` and `missing`."""
        expected = dict(scenario.expected)
        missing = _rules(self.refused)
        wants_refusal = bool(expected.pop("refused", "missing" in expected))
        if wants_refusal != (self.refused is not None):
            yield f"refused: {_told(self.refused)}" if self.refused else "nothing was refused"
        for rule in _texts(expected.pop("missing", ())):
            if not any(found == rule or found.endswith(f".{rule}") for found in missing):
                yield f"{rule} was not missing, but: {', '.join(missing) or 'nothing'}"
        if expected and scenario.given:
            yield from self._differences(self.app.entity(scenario.given[0].entity), expected)

    def _differences(self, entity: Entity, expected: Mapping[str, object]) -> Iterator[str]:
        record = self.engine.find(acting(self.engine, "system"), entity.key, self.records[entity.key])
        for key, wanted in expected.items():
            found = record.values.get(key) if record is not None else None
            if found != wanted:
                told = [text_value(self.app, entity.fields[key], value, "zh") for value in (found, wanted)]
                yield f"{key}: {told[0] or '—'} ≠ {told[1] or '—'}"


def _rules(verdict: Verdict | None) -> list[str]:
    return [finding.rule for finding in verdict.missing] if verdict is not None else []


def _told(verdict: Verdict) -> str:
    return "; ".join(f"{finding.said} ({finding.rule})" for finding in verdict.missing)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, tuple) else ()
