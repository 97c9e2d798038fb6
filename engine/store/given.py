"""Fields that every record with stages has and no formula in the app defines."""

from __future__ import annotations

from dsl.app import Field
from dsl.formula.tree import Arithmetic, Call, Formula, Now, Path, Read
from dsl.formula.value_types import DATE, INTEGER, TIME
from dsl.source import NOWHERE


def _days_in_stage() -> Formula:
    since = Path(
        type=TIME, nullable=True, span=NOWHERE, start="row", hops=(), entity="", field="stage_since"
    )  # fmt: skip
    day = Call(type=DATE, nullable=True, span=NOWHERE, function="date", args=(since,))
    today = Now(type=DATE, nullable=False, span=NOWHERE, name="today")
    days = Arithmetic(type=INTEGER, nullable=True, span=NOWHERE, op="-", left=today, right=day)
    read = Read((), "", "stage_since")
    return Formula("today() - date(stage_since)", "", days, frozenset({read}), frozenset({"today"}), NOWHERE)


DAYS_IN_STAGE = _days_in_stage()
"""Calendar days, in the app's zone, since the record entered its stage."""


def formula_of(field: Field) -> Formula | None:
    """The formula of a computed field, those that the engine gives included."""
    if field.given and field.key == "days_in_stage":
        return DAYS_IN_STAGE
    return field.formula
