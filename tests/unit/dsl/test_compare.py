"""What changed between two texts of an app."""

from dsl.app import App
from dsl.compare import Change, compare
from dsl.load import load_text

_BASE = """
app: t
roles: {boss: {label: 主管}, sales: {label: 销售}}
choices: {grade: [A, B]}
entities:
  deal:
    fields: {name: text, grade: choice grade, qty: number.2, sum: number = qty * 2}
    stages: {open: {label: 开}, done: {label: 完, end: done}}
    access: {boss: all, sales: {create: true, edit: [name]}}
"""


def _app(*changes: tuple[str, str]) -> App:
    text = _BASE
    for there, instead in changes:
        assert there in text
        text = text.replace(there, instead)
    checked = load_text(text, "t.yaml")
    assert checked.value is not None, checked.problems
    return checked.value


def _compared(*changes: tuple[str, str]) -> tuple[Change, ...]:
    return compare(_app(), _app(*changes))


def test_the_same_text_has_no_changes():
    assert _compared() == ()


def test_a_field_that_says_what_it_was_is_renamed_and_loses_nothing():
    assert _compared(("name: text", "title: {type: text, was: name}"), ("[name]", "[title]"))[0] == Change(
        "field_renamed", "deal.title", "name", "title"
    )


def test_without_was_it_is_one_field_less_and_another_more():
    kinds = [(c.kind, c.path, c.loses) for c in _compared(("name: text", "title: text"), ("[name]", "[title]"))]
    assert kinds[:2] == [("field_added", "deal.title", False), ("field_retired", "deal.name", True)]


def test_a_type_that_takes_every_old_value_loses_nothing():
    (wider,) = _compared(("number.2", "number.3"))
    assert (wider.kind, wider.before, wider.after, wider.loses) == ("field_retyped", "number.2", "number.3", False)
    (narrower,) = _compared(("number.2", "number.1"))
    assert narrower.loses


def test_formulas_stages_options_and_entities_are_told():
    changes = _compared(
        ("qty * 2", "qty * 3"),
        ("open: {label: 开}", "open: {label: 开}, late: {label: 晚}"),
        ("[A, B]", "[A, C]"),
        ("entities:", "entities:\n  note: {fields: {x: text}, access: {boss: all}}"),
    )
    assert [(c.kind, c.path) for c in changes] == [
        ("entity_added", "note"), ("formula_changed", "deal.sum"), ("stage_added", "deal.late"),
        ("option_added", "grade.C"), ("option_retired", "grade.B"),
    ]  # fmt: skip


def test_what_a_role_gains_is_told_apart_from_what_it_loses():
    changes = _compared(("edit: [name]", "edit: [qty], delete: true"))
    assert changes == (
        Change("access_widened", "deal.sales", after="delete, edit qty"),
        Change("access_narrowed", "deal.sales", before="edit name"),
    )


def test_a_field_that_is_no_longer_hidden_is_access_widened():
    hidden = _app(("edit: [name]", "edit: [name], hide: [qty, sum]"))
    (change,) = compare(hidden, _app())
    assert (change.kind, change.after) == ("access_widened", "read qty, read sum")
