"""What a stored value points to: people, records and files, found by the type of its field."""

from __future__ import annotations

from dsl.app import Field
from dsl.formula.value_types import FileType, PersonType, RefType

PERSON = "person"
DEPARTMENT = "department"


def link_of(field: Field | None, value: object) -> tuple[str, int] | None:
    """(entity, id) of the record or person that the value is; None for any other value."""
    if field is None or not isinstance(value, int) or isinstance(value, bool):
        return None
    target = target_of(field)
    return (target, value) if target else None


def target_of(field: Field) -> str:
    """The entity that a value of the field points to; "" where it points to nothing."""
    match field.value_type:
        case RefType(entity=entity):
            return entity
        case PersonType():
            return PERSON
        case _:
            return ""


def files_of(field: Field | None, value: object) -> tuple[int, ...]:
    """Ids of the files that the value holds."""
    if field is None or value is None or not isinstance(field.value_type, FileType):
        return ()
    return tuple(each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, int))
