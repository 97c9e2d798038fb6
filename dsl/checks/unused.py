"""What is written and never used."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.app import App
from dsl.checks.formulas import actions_of, all_formulas
from dsl.flow import MakeDocument
from dsl.formula.tree import TableLookup
from dsl.formula.value_types import ChoiceType
from dsl.formula.walk import all_nodes
from dsl.problems import Problem


def lists_nobody_uses(app: App) -> Iterator[Problem]:
    """A14: an option list that no field and no decision table takes its values from."""
    used = {field.choices for entity in app.entities.values() for field in entity.fields.values()}
    for table in app.tables.values():
        types = (*(column for _name, column in table.columns), table.gives)
        used |= {value_type.name for value_type in types if isinstance(value_type, ChoiceType)}
    for choices in app.choices.values():
        is_written = ":" not in choices.key and choices.span.line
        if is_written and choices.key not in used:
            yield Problem("A14", choices.span, {"name": choices.key}, severity="warning")


def fields_without_a_label(app: App) -> Iterator[Problem]:
    """A13: in an app of several languages, fields of which people read only the key."""
    if len(app.languages) < 2:
        return
    for entity in app.entities.values():
        bare = [f.key for f in entity.fields.values() if not f.given and f.label.by_language == (("", f.key),)]
        if bare:
            values = {"entity": entity.key, "fields": ", ".join(bare), "count": len(bare)}
            yield Problem("A13", entity.span, values, severity="warning")


def tables_nobody_asks(app: App) -> Iterator[Problem]:
    """A28: a decision table that no formula looks into."""
    asked = {
        node.table for f in all_formulas(app) for node in all_nodes(f.root) if isinstance(node, TableLookup)
    } if app.tables else set()  # fmt: skip
    for table in app.tables.values():
        if table.key not in asked:
            yield Problem("A28", table.span, {"name": table.key}, severity="warning")


def documents_nobody_makes(app: App) -> Iterator[Problem]:
    """A29: a document that no rule makes."""
    made = {action.document for _entity, action in actions_of(app) if isinstance(action, MakeDocument)}
    for document in app.documents.values():
        if document.key not in made:
            yield Problem("A29", document.span, {"name": document.key}, severity="warning")
