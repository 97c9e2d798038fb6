"""The functions of the language as Markdown tables: the guide and `sluice explain` show the same rows."""

from __future__ import annotations

from dsl.formula.date_functions import DATES
from dsl.formula.function_row import Function
from dsl.formula.number_functions import NUMBERS
from dsl.formula.row_functions import CHOOSING, ROWS, STAGES
from dsl.formula.text_functions import TEXTS

GROUPS: tuple[tuple[str, tuple[Function, ...]], ...] = (
    ("Numbers", NUMBERS),
    ("Dates and instants", DATES),
    ("Texts", TEXTS),
    ("Choosing, and people", CHOOSING),
    ("Child rows", ROWS),
    ("Stages", STAGES),
)
"""Every function under the heading of its kind."""


def function_table(functions: tuple[Function, ...], language: str) -> str:
    """One row for each function: its use, what it does, an example and the example's value."""
    lines = ["| function | what it gives | example | value |", "|---|---|---|---|"]
    for function in functions:
        cells = (f"`{function.usage}`", function.says.say(language), f"`{function.example}`", f"`{function.value}`")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
