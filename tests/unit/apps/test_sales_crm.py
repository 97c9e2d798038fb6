"""The sales app as it is shipped: what its lines promise, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import pytest

import apps
from dsl.app import App, Gate, Text
from dsl.load import load_app, load_text

PATH = Path(apps.__file__).parent / "sales_crm.yaml"
TEXT = PATH.read_text(encoding="utf-8")
NINE = ("lead", "contacted", "qualified", "quoting", "sample", "negotiating", "signed", "delivering", "paid")


@pytest.fixture(scope="module")
def app() -> App:
    checked = load_app(PATH)
    assert checked.problems == ()
    assert checked.value is not None
    return checked.value


def test_a_customer_has_eighteen_structured_fields_and_attachments(app: App) -> None:
    """S0-43: eighteen where there were five; the numbers stand beside the lines."""
    numbered = re.findall(r"^ {6}(\w+): .*?# (\d+)(?:\s|$)", TEXT, re.MULTILINE)
    assert [int(number) for _, number in numbered] == list(range(1, 19))
    fields = app.entities["customer"].fields
    assert all(not fields[key].is_computed for key, _ in numbered)
    written = {f.key for f in fields.values() if not (f.is_computed or f.given or f.kind == "table")}
    assert written - {key for key, _ in numbered} == {"papers", "city"}  # the city only says the region, the sixth


def test_the_nine_stages_stand_in_order_and_lost_beside_them(app: App) -> None:
    """S0-06."""
    pipeline = app.entities["opportunity"].pipelines[0]
    assert tuple(stage.key for stage in pipeline.stages) == (*NINE, "lost")
    labels = [stage.label.say("zh") for stage in pipeline.stages[:9]]
    said = "线索获取 初步沟通 需求确认 方案报价 样品测试 商务谈判 合同签订 订单执行 回款完成"
    assert labels == said.split()
    for source, target in pairwise(NINE):
        assert pipeline.move(source, target)


def test_every_stage_has_conditions_to_come_in_and_to_go_out(app: App) -> None:
    """S0-07 S0-08: the first is entered by making the deal, the last has no way out."""
    stages = {s.key: s for s in app.entities["opportunity"].pipelines[0].stages}
    assert [key for key in NINE if stages[key].enter is None] == ["lead"]
    assert [key for key in NINE if stages[key].leave is None] == ["paid"]


def test_every_stage_says_what_to_do_in_it(app: App) -> None:
    """S0-05 S3-17."""
    stages = [s for s in app.entities["opportunity"].pipelines[0].stages if not s.end]
    assert all(stage.sop for stage in stages if stage.key != "delivering")


def test_a_loss_can_come_from_every_stage_under_way(app: App) -> None:
    """S3-13."""
    pipeline = app.entities["opportunity"].pipelines[0]
    assert {m.source for m in pipeline.moves if m.target == "lost"} == set(NINE) - {"paid"}


def test_standard_dwell_is_what_the_rows_say(app: App) -> None:
    """7 days for the test, 16 to negotiate, 30 to find the needs, 48 hours to answer: alarms will go by these."""
    limits = {s.key: (s.limit or 0) // 3600 for s in app.entities["opportunity"].pipelines[0].stages}
    assert (limits["sample"], limits["negotiating"], limits["qualified"], limits["quoting"]) == (168, 384, 720, 48)


def test_the_sample_test_can_be_switched_off() -> None:
    """With the module off the app still checks, and a quote goes straight to the negotiation."""
    checked = load_text(TEXT.replace("modules: {samples: on}", "modules: {samples: off}"), "off.yaml")
    assert checked.value is not None
    assert checked.errors == ()
    assert checked.value.modules["samples"] is False


def test_customers_are_classed_in_three_dimensions(app: App) -> None:
    """S0-16: industry as a drop-down, state and yearly potential as tag groups."""
    industry = app.choices["industry"].options
    assert [o.label.say("zh") for o in industry] == ["汽车配件", "工业设备", "消费电子"]
    tags = app.choices["tags:customer"].options
    groups = {g.key: [o.label.say("zh") for o in tags if o.parent == g.key] for g in tags if g.is_group}
    assert groups["state"] == ["潜在", "试单", "稳定供货"]
    assert len(groups["potential"]) == 3
    assert [label[0] for label in groups["strength"]] == ["A", "B", "C"]


def test_contacts_have_three_roles_and_their_own_concern(app: App) -> None:
    """S3-02."""
    assert [o.label.say("zh") for o in app.choices["decision_role"].options] == ["决策者", "使用者", "影响者"]
    assert "concern" in app.entities["contact"].fields


def test_the_visit_form_begins_with_the_four_fields_typed_on_site(app: App) -> None:
    """S0-09 S0-10."""
    visit = app.entities["visit"]
    assert {"needs", "rivals", "expected_amount", "next_day"} <= set(visit.form[0].fields)
    assert {"photo", "place"} <= set(visit.fields)


def test_the_minutes_have_six_parts(app: App) -> None:
    """S3-18: time, participants, points, core concerns, new chances, next step with its owner."""
    fields = app.entities["visit"].fields
    assert {"day", "met", "notes", "concerns", "chances", "next_step", "next_owner"} <= set(fields)


def test_three_texts_are_offered_with_a_quote_and_phrases_with_a_visit(app: App) -> None:
    """S2-29."""
    assert app.entities["quote"].fields["cover"].kind == app.entities["visit"].fields["notes"].kind == "long"
    assert [s.key for s in app.entities["quote"].snippets] == ["price", "feature", "service"]
    assert len(app.entities["visit"].snippets) >= 3


def test_a_mail_domain_unlike_the_web_site_is_only_marked(app: App) -> None:
    """It is told when saving; nothing in a list is marked yet."""
    marks = [v for v in app.entities["customer"].validations if v.mode == "warn"]
    assert [v.rule.rpartition(".")[2] for v in marks] == ["mail_domain"]


def test_from_the_base_of_the_health_score_both_ends_are_reached(app: App) -> None:
    """S0-18 S0-19: of the 32 combinations 5 fall under 40 and 7 reach 70."""
    health = app.entities["customer"].scores["health"]
    assert health.base == 30
    assert [point.add for point in health.points] == [-10, 15, 20, 15, 10]
    totals = [
        health.base + sum(p.add for p, counts in zip(health.points, chosen, strict=True) if counts)
        for chosen in product((False, True), repeat=5)
    ]
    assert sum(total < 40 for total in totals) == 5
    assert sum(total >= 70 for total in totals) == 7
    assert [(band.key, band.low, band.high) for band in health.bands] == [
        ("rescue", 0, 39),
        ("normal", 40, 69),
        ("high", 70, 100),
    ]


def test_access_is_closed_to_roles_that_are_not_named(app: App) -> None:
    """S0-01: legal, engineers and planners see no customers of their own accord."""
    named = set(app.entities["customer"].access)
    assert named == {"sales", "manager", "director", "cfo", "clerk", "admin"}


def test_everything_has_a_name_in_both_languages(app: App) -> None:
    for where, label in _labels(app):
        assert [language for language, _ in label.by_language] == ["zh", "en"], where


def _labels(app: App) -> Iterator[tuple[str, Text]]:
    yield "app", app.label
    yield from ((f"role {role.key}", role.label) for role in app.roles.values())
    for entity in app.entities.values():
        yield entity.key, entity.label
        yield from ((f"{entity.key}.{f.key}", f.label) for f in entity.fields.values() if not f.given)
        for pipeline in entity.pipelines:
            yield from ((f"{entity.key}.{s.key}", s.label) for s in pipeline.stages)
        yield from ((f"{entity.key} form", section.label) for section in entity.form)


def test_waivers_are_for_managers_and_directors_only(app: App) -> None:
    waiving: set[str] = set()
    for entity in app.entities.values():
        for stage in (s for p in entity.pipelines for s in p.stages):
            for gate in (stage.enter, stage.leave):
                if isinstance(gate, Gate):
                    waiving |= gate.waive
    assert waiving == {"manager", "director"}
