"""Where the checker puts its problems, and how offsets of a formula become places in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.formula.syntax import Step, Written
from dsl.formula.typing_rules import Fault
from dsl.problems import Problem
from dsl.source import Span


@dataclass(slots=True)
class Report:
    """Collects the problems of one formula; `span` is where its text begins in the file."""

    text: str
    start: Span
    problems: list[Problem] = field(default_factory=list)

    def span(self, start: int, end: int) -> Span:
        """The place of text[start:end] in the file."""
        line, column = self._place(start)
        end_line, end_column = self._place(end)
        return Span(self.start.file, line, column, end_line, end_column)

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        breaks = before.count("\n")
        if breaks == 0:
            return self.start.line, self.start.column + offset
        return self.start.line + breaks, offset - before.rindex("\n")

    def of(self, written: Written | Step) -> Span:
        return self.span(written.start, written.end)

    def add(
        self, code: str, written: Written | Step, values: dict[str, object] | None = None, near: tuple[str, ...] = ()
    ) -> None:
        self.problems.append(Problem(code, self.of(written), values or {}, near=near))

    def add_at(self, code: str, start: int, end: int, values: dict[str, object]) -> None:
        self.problems.append(Problem(code, self.span(start, end), values))

    def fault(self, fault: Fault, written: Written | Step) -> None:
        self.add(fault.code, written, fault.values)

    def sorted(self) -> tuple[Problem, ...]:
        return tuple(sorted(self.problems, key=lambda p: (p.span.line, p.span.column, p.code)))
