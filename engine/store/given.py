"""Fields that every record with stages has and no formula in the app defines."""

from __future__ import annotations

from functools import lru_cache

from dsl.app import Entity, Field
from dsl.formula.tree import Arithmetic, Call, Const, Formula, If, In, Node, Now, Path, Read
from dsl.formula.value_types import DATE, INTEGER, TIME, YESNO, ChoiceType
from dsl.source import NOWHERE

_SINCE = Path(type=TIME, nullable=True, span=NOWHERE, start="row", hops=(), entity="", field="stage_since")
_DAY = Call(type=DATE, nullable=True, span=NOWHERE, function="date", args=(_SINCE,))
_TODAY = Now(type=DATE, nullable=False, span=NOWHERE, name="today")
_DAYS = Arithmetic(type=INTEGER, nullable=True, span=NOWHERE, op="-", left=_TODAY, right=_DAY)
_WORKDAYS = Call(type=INTEGER, nullable=True, span=NOWHERE, function="workdays", args=(_DAY, _TODAY))


def formula_of(entity: Entity, field: Field) -> Formula | None:
    """The formula of a computed field, those that the engine gives included."""
    if field.given and field.key == "days_in_stage":
        return _days_in_stage(_counted_in_workdays(entity))
    return field.formula


def _counted_in_workdays(entity: Entity) -> tuple[str, ...]:
    stages = (stage for pipeline in entity.pipelines for stage in pipeline.stages if stage.limit_in_workdays)
    return tuple(dict.fromkeys(stage.key for stage in stages))


@lru_cache(maxsize=256)
def _days_in_stage(in_workdays: tuple[str, ...]) -> Formula:
    """Days, in the app's zone, since the record entered its stage.

    in_workdays: stages whose standard dwell is said in workdays. There they are counted in workdays too, so that
    `days_in_stage > stage.limit_days` compares like with like.
    """
    if not in_workdays:
        read = frozenset({Read((), "", "stage_since")})
        return Formula("today() - date(stage_since)", "", _DAYS, read, frozenset({"today"}), NOWHERE)
    counted = _is_stage(in_workdays)
    days = If(type=INTEGER, nullable=True, span=NOWHERE, condition=counted, then=_WORKDAYS, otherwise=_DAYS)
    listed = ", ".join(f'"{key}"' for key in in_workdays)
    text = f"if(stage in ({listed}), workdays(date(stage_since), today()), today() - date(stage_since))"
    reads = frozenset({Read((), "", "stage_since"), Read((), "", "stage")})
    return Formula(text, "", days, reads, frozenset({"today"}), NOWHERE)


def _is_stage(keys: tuple[str, ...]) -> Node:
    kind = ChoiceType("stage:", keys)
    stage = Path(type=kind, nullable=True, span=NOWHERE, start="row", hops=(), entity="", field="stage")
    options = tuple(Const(type=kind, nullable=False, span=NOWHERE, value=key) for key in keys)
    return In(type=YESNO, nullable=False, span=NOWHERE, arg=stage, options=options, negated=False)
