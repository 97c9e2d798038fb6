"""Scenarios as the runner gets them."""

from pathlib import Path

from dsl.load import load_app, load_text
from dsl.scenarios import scenarios_of

_EXAMPLE = Path(__file__).parent / "example_app.yaml"


def test_a_scenario_has_records_deeds_and_what_then_holds():
    app = load_app(_EXAMPLE).value
    assert app is not None
    margin, late = scenarios_of(app)
    (quote,) = margin.given
    assert (quote.entity, quote.values["discount"], quote.values["material_avg"]) == ("quote", 300, 10_000)
    (line,) = quote.children["lines"]
    assert (line.entity, line.values["item"], line.values["qty"]) == ("quote_line", "螺丝", 10_000)
    assert [(s.kind, s.role, s.entity, s.target) for s in margin.steps] == [("move", "sales", "quote", "checking")]
    assert margin.expected == {"stage": "checking"}
    assert margin.waiting == ("waits_for",)
    assert late.given[0].stage == "sample"
    assert [(s.kind, s.seconds) for s in late.steps] == [("wait", 9 * 86_400)]


def test_mistakes_in_scenarios_are_told_with_the_others():
    text = (
        _EXAMPLE.read_text("utf-8").replace("move: checking", "move: cheking").replace("discount: 3%,", "discont: 3%,")
    )
    errors = load_text(text, "x.yaml").errors
    assert [(p.code, p.near[:1]) for p in errors] == [("M05", ("discount",)), ("M14", ("checking",))]
