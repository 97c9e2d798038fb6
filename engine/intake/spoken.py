"""Values as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.app import Field
from dsl.formula.value_types import PersonType, RefType
from dsl.kinds import text_value
from engine.installed import Installed
from engine.people import users
from engine.store.connection import Connection
from engine.values import is_empty


@dataclass(frozen=True, slots=True)
class Spoken:
    """In one language, people and records by their names."""

    installed: Installed
    conn: Connection
    language: str

    def text(self, field: Field, value: object) -> str:
        if is_empty(value):
            return ""
        match field.value_type:
            case PersonType() if isinstance(value, int):
                person = users.people(self.conn, [value]).get(value)
                return person.name if person else ""
            case RefType(entity=entity) if isinstance(value, int):
                return self.installed.records.titles(self.conn, [(entity, value)]).get((entity, value), "")
            case _:
                return text_value(self.installed.app, field, value, self.language)
