"""Scenarios in YAML, run on a real engine: what is given, what people do, what is then so.

A scenario is a block by name; the rows that it proves stand in the comment beside the name.

    contract_waits_for_its_papers:            # S1-17
      given:                                  # records, made by the engine's import channel, in order
        customer: {name: 甲厂, industry: auto}
        contact 2: {of: customer, name: 李工}  # a second one; `of` names the record it is part of
        deal: {is: opportunity, of: customer, stage: signed}
      do:                                     # steps, each by somebody
        - {as: sales, move: contract, to: legal, missing: [legal.enter.evidence.license]}
        - {as: manager, move: deal, to: quoting, fill: {…}, waive: {RULE: reason}, answer: text, dry: true}
        - {as: sales, set: contract, fill: {amount: 5万}}
        - {as: sales, create: quote, named: second, of: deal, fill: {discount: 3%}}
        - {wait: 9d}
      then:
        contract: {stage: legal, amount: 50000}

A record is called by its name above; a person by the login; the word `file` uploads one. A step that names `missing` is
refused with exactly these findings (rules, without the entity and `stages.` before them); one with `refused: true` is
refused anyhow; any other step must succeed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import yaml

from dsl.app import App, Entity
from dsl.app import Field as AppField
from dsl.formula.value_types import FileType, PersonType, RefType, SetType
from dsl.kinds import Complaint, read_value
from engine.commands import Command, Create, Move, Update
from engine.context import Context
from engine.errors import EngineError
from engine.runtime import Engine
from engine.sample import papers
from engine.testing import acting, virtual_clock
from engine.verdict import Outcome

HERE = Path(__file__).parent
_DURATION = re.compile(r"(\d+)([dh])")


@dataclass(frozen=True, slots=True)
class Scenario:
    app: str
    name: str
    given: Mapping[str, Mapping[str, object]]
    do: tuple[Mapping[str, object], ...]
    then: Mapping[str, Mapping[str, object]]

    def __str__(self) -> str:
        return f"{self.app}-{self.name}"


def scenarios() -> Iterator[Scenario]:
    """All scenarios; a file bears the name of its app."""
    for path in sorted(HERE.glob("*.yaml")):
        for name, told in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader).items():  # noqa: S506  texts only
            yield Scenario(path.stem, name, told.get("given", {}), tuple(told.get("do", ())), told.get("then", {}))


@dataclass
class Stage:
    """A scenario under way: the engine, and the records by name."""

    engine: Engine
    records: dict[str, tuple[str, int]] = field(default_factory=dict)

    def play(self, scenario: Scenario) -> None:
        """Raises AssertionError where something is not as told."""
        for name, told in scenario.given.items():
            self._give(name, told)
        for step in scenario.do:
            self._do(step)
        for name, expected in scenario.then.items():
            self._look(name, expected)

    @property
    def app(self) -> App:
        return self.engine.app

    def _give(self, name: str, told: Mapping[str, object]) -> None:
        fields = dict(told)
        entity = str(fields.pop("is", name.split(maxsplit=1)[0]))
        stage = str(fields.pop("stage", ""))
        context = acting(self.engine, str(fields.pop("as", "sales")), "import")
        command = Create(entity, self._values(entity, self._with_parent(entity, fields), context), stage=stage)
        self.records[name] = entity, _done(self.engine.execute(command, context), name)

    def _do(self, step: Mapping[str, object]) -> None:
        if "wait" in step:
            number, unit = _found(_DURATION.fullmatch(str(step["wait"]))).groups()
            virtual_clock(self.engine).wait(timedelta(hours=int(number) * (24 if unit == "d" else 1)))
            return
        context = acting(self.engine, str(step["as"]))
        command = self._command(step, context)
        try:
            outcome = self.engine.execute(command, context, dry=step.get("dry") == "true")
        except EngineError:
            if step.get("refused") == "true":
                return
            raise
        self._judge(step, outcome)
        if isinstance(command, Create) and outcome.id is not None:
            self.records[str(step.get("named", command.entity))] = command.entity, outcome.id

    def _command(self, step: Mapping[str, object], context: Context) -> Command:
        given = step.get("fill", {})
        fill = dict(given) if isinstance(given, Mapping) else {}
        if "create" in step:
            entity = str(step["create"])
            if "of" in step:
                fill["of"] = step["of"]
            return Create(entity, self._values(entity, self._with_parent(entity, fill), context))
        entity, record_id = self.records[str(step.get("move") or step["set"])]
        values = self._values(entity, fill, context)
        if "set" in step:
            return Update(entity, record_id, None, values)
        waive = step.get("waive", {})
        reasons = {f"{entity}.stages.{rule}": why for rule, why in waive.items()} if isinstance(waive, Mapping) else {}
        return Move(entity, record_id, str(step["to"]), None, values, reasons, str(step.get("answer", "")))

    def _judge(self, step: Mapping[str, object], outcome: Outcome) -> None:
        told = [f.rule for f in outcome.verdict.missing]
        if "missing" in step:
            wanted = step["missing"]
            found = {rule.partition(".")[2].removeprefix("stages.") for rule in told}
            assert found == set(wanted if isinstance(wanted, list) else ()), (step, told)
        elif step.get("refused") == "true":
            assert told, step
        else:
            assert outcome.verdict.allowed, (step, [(f.rule, f.said) for f in outcome.verdict.missing])

    def _look(self, name: str, expected: Mapping[str, object]) -> None:
        entity, record_id = self.records[name]
        context = acting(self.engine, "system")
        record = self.engine.find(context, entity, record_id)
        assert record is not None, name
        wanted = self._values(entity, expected, context)
        found = {key: record.values.get(key) for key in wanted}
        assert found == wanted, name

    # --- values ------------------------------------------------------------------------------------------------------

    def _with_parent(self, entity: str, fields: Mapping[str, object]) -> dict[str, object]:
        """`of: NAME` as the reference to the parent."""
        kept = dict(fields)
        if "of" in kept:
            kept[self.app.entities[entity].parent] = kept.pop("of")
        return kept

    def _values(self, entity: str, told: Mapping[str, object], context: Context) -> dict[str, object]:
        definition = self.app.entities[entity]
        return {key: self._value(definition, key, raw, context) for key, raw in told.items()}

    def _value(self, entity: Entity, key: str, raw: object, context: Context) -> object:
        found = entity.fields.get(key)
        assert found is not None, f"{entity.key}.{key}"
        match found.value_type:
            case RefType():
                return self.records[str(raw)][1]
            case PersonType():
                return acting(self.engine, str(raw)).actor.id
            case FileType() if raw == "file":
                return self._upload(found, context)
            case SetType():
                raw = raw if isinstance(raw, list) else [raw]
        value = read_value(self.app, found, raw, "en")
        assert not isinstance(value, Complaint), (entity.key, key, raw, value)
        return value

    def _upload(self, found: AppField, context: Context) -> int:
        content = "photo:0" if found.kind == "image" else "spec:0"
        stored = self.engine.put_file(
            context, BytesIO(papers.data(content)), papers.file_name(content), "application/octet-stream"
        )
        return stored.id


def _done(outcome: Outcome, what: str) -> int:
    assert outcome.verdict.allowed, (what, [(f.rule, f.said) for f in outcome.verdict.missing])
    assert outcome.id is not None
    return outcome.id


def _found(match: re.Match[str] | None) -> re.Match[str]:
    assert match is not None, "a wait is a number of days or hours: 9d, 48h"
    return match
