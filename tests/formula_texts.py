"""Random formulas and rows of `tests.formula_app` for property tests and for the SQL differential."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from dsl.formula.scope import AppScope
from dsl.formula.value_types import (
    ChoiceType,
    DateType,
    DurationType,
    NumberType,
    PersonType,
    RefType,
    RowsType,
    SetType,
    TextType,
    TimeType,
    ValueType,
    YesNoType,
)
from tests.formula_app import APP, ROLE

WORDS = ("", "a", "A", "ab", "水闸", "-", "%", "_", "a-b", "  x　", "é", "👍")


def _joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


def _options(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


_quoted = st.sampled_from(WORDS).map(lambda word: '"' + word.replace('"', '""') + '"')


def plain_numbers(depth: int) -> st.SearchStrategy[str]:
    leaves = _options(
        "qty", "score", "rate", "weight", "fine", "margin", "customer.margin", "0", "1", "2.5", "8%", "50万",
        "0.000001", "count(lines)", "sum(lines.qty)", "avg(lines.qty)", "count(lines where rush)", "stage.chance",
        "stage.limit_days", "max(lines.qty where amount > 10)", "count(lines where qty > this.qty)",
        "sum(lines.qty * rate)", "discount_right(grade, owner.role)", "sum(customer.deals.qty)",
    )  # fmt: skip
    if depth == 0:
        return leaves
    inner = plain_numbers(depth - 1)
    return st.one_of(
        leaves,
        _joined("(", inner, " ", _options("+", "-", "*", "/"), " ", inner, ")"),
        _joined("-", inner),
        _joined("round(", inner, ", ", _options("-2", "0", "1", "2", "6"), ")"),
        _joined(_options("abs", "floor", "ceil"), "(", inner, ")"),
        _joined("sign(", inner, ")"),
        _joined(_options("min", "max", "mod"), "(", inner, ", ", inner, ")"),
        _joined("default(", inner, ", ", inner, ")"),
        _joined("if(", conditions(depth - 1), ", ", inner, ", ", inner, ")"),
        _joined("(", dates(depth - 1), " - ", dates(depth - 1), ")"),
        _joined(_options("year", "month", "day", "weekday", "quarter", "week"), "(", dates(depth - 1), ")"),
        _joined("len(", texts(depth - 1), ")"),
        _joined("filled(", dates(depth - 1), ", ", texts(depth - 1), ", ", inner, ")"),
        _joined("workdays(", dates(depth - 1), ", ", dates(depth - 1), ")"),
        _joined("(", amounts(depth - 1), " / ", amounts(depth - 1), ")"),
    )


def amounts(depth: int) -> st.SearchStrategy[str]:
    leaves = _options(
        "amount", "fee", "sum(lines.amount)", "max(lines.price)", 'sum(lines.amount where item = "a")',
        "latest(lines.price)", "avg(lines.amount)", "sum(lines.price * lines.qty)",
    )  # fmt: skip
    if depth == 0:
        return leaves
    inner = amounts(depth - 1)
    return st.one_of(
        leaves,
        _joined("(", inner, " ", _options("+", "-"), " ", inner, ")"),
        _joined("(", inner, " ", _options("*", "/"), " ", plain_numbers(depth - 1), ")"),
        _joined("round(", inner, ", ", _options("0", "2"), ")"),
        _joined("(", inner, " + ", _options("100", "0.5", "50万"), ")"),
        _joined("default(", inner, ", 0)"),
        _joined("min(", inner, ", 1000)"),
    )


def dates(depth: int) -> st.SearchStrategy[str]:
    leaves = _options(
        "due", "signed", "today()", "2026-11-21", "date(called_at)", "max(lines.day)", "2024-02-29", "date(qty, 2, 29)"
    )
    if depth == 0:
        return leaves
    inner = dates(depth - 1)
    return st.one_of(
        leaves,
        _joined("(", inner, " ", _options("+", "-"), " ", durations(depth - 1), ")"),
        _joined("add_months(", inner, ", ", _options("1", "-13", "qty"), ")"),
        _joined("add_workdays(", inner, ", ", _options("1", "-3", "0", "qty"), ")"),
        _joined(_options("start_of", "end_of"), "(", inner, ", ", _options('"week"', '"month"', '"quarter"'), ")"),
        _joined(_options("min", "max", "default"), "(", inner, ", ", inner, ")"),
    )


def durations(depth: int) -> st.SearchStrategy[str]:
    leaves = _options("dwell", "30d", "48h", "2w", "15min", "1.5h")
    if depth == 0:
        return leaves
    return st.one_of(
        leaves,
        _joined("(", durations(depth - 1), " + ", durations(depth - 1), ")"),
        _joined("(", durations(depth - 1), " * ", _options("qty", "rate", "2"), ")"),
        _joined("(", durations(depth - 1), " / ", _options("qty", "3"), ")"),
        _options("(called_at - start_of_work)", "(now() - called_at)"),
    )


def texts(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        _options(
            "name", "note", "customer.name", "owner.name", "latest(lines.item)", 'join(lines.item, "/")', "me.name"
        ),
        _quoted,
    )
    if depth == 0:
        return leaves
    inner = texts(depth - 1)
    some = st.one_of(
        inner, plain_numbers(0), dates(0), conditions(0), _options("amount", "grade", "stage", "called_at")
    )
    return st.one_of(
        leaves,
        _joined("(", inner, " & ", some, ")"),
        _joined(_options("trim", "lower", "upper"), "(", inner, ")"),
        _joined(_options("left", "right"), "(", inner, ", ", _options("0", "1", "3", "-1", "qty"), ")"),
        _joined("mid(", inner, ", ", _options("-1", "0", "1", "2"), ", ", _options("0", "2", "9"), ")"),
        _joined(_options("before", "after"), "(", inner, ", ", _quoted, ")"),
        _joined("replace(left(", inner, ", 9), ", _quoted, ", ", _quoted, ")"),
        _joined("pad(", inner, ", ", _options("0", "3", "8"), ")"),
        _joined("default(", inner, ", ", inner, ")"),
        _joined("if(", conditions(depth - 1), ", ", inner, ", ", inner, ")"),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    leaves = _options(
        "urgent", "true", 'grade = "A"', "grade is empty", '"hot" in tags', "owner = me", 'stage in ("lead", "won")',
        "exists(lines where rush)", "customer is empty", "photos is empty", "lines is not empty",
        'owner.role = "sales"', "grade != customer.grade", "entered(quoting) is empty",
        "exists(lines where grade = this.grade)",
    )  # fmt: skip
    if depth == 0:
        return leaves
    compare = _options(" = ", " != ", " < ", " <= ", " > ", " >= ")
    numbers, days, words = plain_numbers(depth - 1), dates(depth - 1), texts(depth - 1)
    return st.one_of(
        leaves,
        _joined("(", numbers, compare, numbers, ")"),
        _joined("(", amounts(depth - 1), compare, amounts(depth - 1), ")"),
        _joined("(", days, compare, days, ")"),
        _joined("(", durations(depth - 1), compare, durations(depth - 1), ")"),
        _joined("(", words, _options(" = ", " != "), words, ")"),
        _joined("(", numbers, " between ", numbers, " and ", numbers, ")"),
        _joined("(", numbers, _options(" in ", " not in "), "(", numbers, ", ", numbers, "))"),
        _joined("(", words, _options(" in ", " not in "), "(", words, ", ", words, "))"),
        _joined("(", st.one_of(numbers, days, words), _options(" is empty", " is not empty"), ")"),
        _joined(_options("contains", "starts_with", "ends_with"), "(", words, ", ", words, ")"),
        _joined("(", conditions(depth - 1), _options(" and ", " or "), conditions(depth - 1), ")"),
        _joined("not ", conditions(depth - 1)),
    )


def formulas(depth: int = 3) -> st.SearchStrategy[str]:
    """Formulas over `deal`; most of them check."""
    return st.one_of(
        plain_numbers(depth), amounts(depth), dates(depth), durations(depth), texts(depth), conditions(depth)
    )


_NUMBERS = st.one_of(
    st.none(), st.integers(-3, 3), st.integers(-(10**6), 10**6), st.integers(-(10**18) + 1, 10**18 - 1)
)
_DATES = st.one_of(
    st.none(),
    st.dates(date(2023, 12, 20), date(2027, 1, 20)),
    st.sampled_from((date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2026, 1, 31))),
)


def values(value_type: ValueType, levels: int) -> st.SearchStrategy[object]:
    """Values of a field in stored form; references and rows go `levels` deep."""
    match value_type:
        case NumberType():
            return _NUMBERS
        case DurationType():
            return st.one_of(st.none(), st.integers(-(10**7), 10**7))
        case TextType():
            return st.sampled_from(WORDS)
        case YesNoType():
            return st.booleans()
        case DateType():
            return _DATES
        case TimeType():
            moments = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1))  # noqa: DTZ001 - made aware below
            return st.one_of(st.none(), moments.map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC)))
        case ChoiceType(keys=keys):
            return st.sampled_from((None, *keys))
        case SetType(keys=keys):
            return st.sets(st.sampled_from(keys)).map(lambda chosen: tuple(sorted(chosen)))
        case PersonType():
            return st.one_of(st.none(), people())
        case RefType(entity=entity):
            return st.none() if levels == 0 else st.one_of(st.none(), rows(entity, levels - 1))
        case RowsType(entity=entity):
            return st.just([]) if levels == 0 else st.lists(rows(entity, levels - 1), max_size=3)
        case _:
            return st.none()


def people() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "id": st.sampled_from((7, 8)),
            "name": st.sampled_from(WORDS),
            "role": st.sampled_from((None, *ROLE.keys)),
            "unit": st.none(),
            "manager": st.none(),
        }
    )


def rows(entity: str = "deal", levels: int = 2) -> st.SearchStrategy[dict[str, object]]:
    """Nested rows of an entity with every field."""
    scope = AppScope(APP, entity)
    infos = {name: scope.field(entity, name) for name in scope.names(entity)}
    fields = {name: values(info.value_type, levels) for name, info in infos.items() if info is not None}
    return st.fixed_dictionaries({"id": st.integers(1, 9), **fields})
