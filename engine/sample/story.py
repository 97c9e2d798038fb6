"""What every chapter of the sample's story shares: the dice, the book, the calendar and the company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from random import Random
from typing import TypeVar

from dsl.app import App, Evidence, Gate, Group, Requirement
from engine.sample.book import Book, Happening, Row, Upload
from engine.sample.company import Company, Worker
from engine.sample.papers import VARIANTS, file_name
from engine.sample.worktime import WorkTime

T = TypeVar("T")


@dataclass
class Story:
    """rng is the only source of chance; time.now the end of the story."""

    app: App
    rng: Random
    book: Book
    time: WorkTime
    company: Company

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, items: Sequence[T]) -> T:
        return self.rng.choice(items)

    def weighted(self, weights: dict[str, int]) -> str:
        return self.rng.choices(tuple(weights), tuple(weights.values()))[0]

    def some(self, items: Sequence[str], most: int) -> tuple[str, ...]:
        """One to `most` of the items, sorted, as a set field keeps them."""
        return tuple(sorted(self.rng.sample(items, self.rng.randint(1, most))))

    def member(self, role: str) -> Worker:
        return self.pick(self.company.of_role(role))

    def manager_of(self, worker_id: int) -> int:
        return self.company.worker(worker_id).manager_id or worker_id

    def options(self, choices: str) -> tuple[str, ...]:
        return tuple(o.key for o in self.app.choices[choices].options if not o.is_group)

    def file(self, kind: str, by: int, at: datetime) -> Upload:
        """An upload of a paper or picture of that kind; its bytes are one of a few variants."""
        content = f"{kind}:{self.rng.randrange(VARIANTS)}"
        return self.book.upload(content, file_name(content), by, at)

    def prove(self, row: Row, stage: str, field: str, upload: Upload, event: Happening) -> None:
        """Keeps the upload as evidence of the rule about `field` at the gates of that stage, if there is one."""
        rule = self._evidence_rules.get((row.entity, stage, field))
        if rule:
            self.book.prove(row, rule, upload, event)

    @cached_property
    def _evidence_rules(self) -> dict[tuple[str, str, str], str]:
        return {
            (entity.key, stage.key, evidence.field): evidence.rule
            for entity in self.app.entities.values()
            for pipeline in entity.pipelines
            for stage in pipeline.stages
            for gate in (stage.enter, stage.leave)
            for evidence in _evidence_of(gate)
        }


def _evidence_of(gate: Gate | None) -> list[Evidence]:
    found: list[Evidence] = []
    waiting: list[Requirement] = list(gate.requirements) if gate else []
    while waiting:
        requirement = waiting.pop()
        if isinstance(requirement, Group):
            waiting.extend(requirement.parts)
        elif isinstance(requirement, Evidence) and requirement.field:
            found.append(requirement)
    return found
