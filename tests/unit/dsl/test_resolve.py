"""What a whole app comes to: names resolved, fields typed, gates and scores in place."""

from pathlib import Path

import pytest

from dsl.app import App, Evidence, Fill, Group, Must
from dsl.formula.tree import Bounds
from dsl.formula.value_types import MONEY, ChoiceType, NumberType
from dsl.load import load_app, load_text

_HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def app() -> App:
    checked = load_app(_HERE / "example_app.yaml")
    assert checked.value is not None, checked.problems
    return checked.value


def _thing(body: str, rest: str = "") -> App:
    """An app with one entity `thing`; body is indented by four."""
    text = f"app: t\nroles: {{boss: {{label: 主管}}}}\n{rest}\nentities:\n  thing:\n{body}\n"
    checked = load_text(text, "t.yaml")
    assert checked.value is not None, checked.problems
    return checked.value


def test_the_example_has_no_error_and_every_waiting_part_says_so():
    checked = load_app(_HERE / "example_app.yaml")
    assert checked.errors == ()
    waiting = [p.values["name"] for p in checked.problems if p.code == "N01"]
    assert waiting == ["plugins", "approvals", "documents", "portal", "handover", "metrics", "dashboards"]


@pytest.mark.parametrize("name", ["sales_crm.yaml", "store_sales.yaml"])
def test_the_shipped_apps_have_no_problem_at_all(name):
    assert load_app(_HERE.parents[2] / "apps" / name).problems == ()


def test_a_field_is_live_when_it_or_what_it_reads_depends_on_the_moment(app):
    customer = app.entity("customer").fields
    live = {key for key, field in customer.items() if field.is_live}
    assert live == {"idle_days", "orders_90d", "bought_2y", "health", "health_band"}
    deal = app.entity("opportunity").fields
    assert {key for key, field in deal.items() if field.is_live} == {"days_in_stage", "stuck"}


def test_a_child_has_a_required_reference_to_its_parent_and_follows_its_owner(app):
    order = app.entity("order")
    link = order.fields["customer"]
    assert (order.parent, link.kind, link.target, link.required, link.given) == (
        "customer",
        "ref",
        "customer",
        True,
        True,
    )
    assert order.fields["owner"].given
    assert order.owner_field == "owner"
    assert not order.has_own_access


def test_given_fields_stand_beside_the_written_ones(app):
    fields = app.entity("opportunity").fields
    given = [key for key, field in fields.items() if field.given]
    assert given == [
        "code", "customer", "stage", "stage_since", "days_in_stage", "backup",
        "created_at", "created_by", "changed_at", "changed_by",
    ]  # fmt: skip
    assert isinstance(fields["stage"].value_type, ChoiceType)
    assert fields["stage"].value_type.name == "stage:opportunity"


def test_lists_nobody_wrote_are_option_lists_too(app):
    assert [o.label.say("zh") for o in app.choices["stage:quote"].options][:2] == ["草稿", "审批中"]
    assert [o.key for o in app.choices["band:customer.health"].options] == ["rescue", "normal", "high"]
    assert [o.key for o in app.choices["tags:customer"].options] == ["key", "sleeping", "hot"]


def test_a_score_is_a_computed_number_and_its_band(app):
    customer = app.entity("customer")
    assert [p.add for p in customer.scores["health"].points] == [-10, 15, 20, 15, 10]
    total = customer.fields["health"]
    assert total.formula is not None
    assert total.formula.root.bounds == Bounds(20, 90)
    assert {read.field for read in total.formula.reads} >= {"idle_days", "margin", "drawings_shared"}
    band = customer.fields["health_band"]
    assert band.formula is not None
    assert [read.field for read in band.formula.reads] == ["health"]


def test_stages_know_their_chance_and_their_standard_dwell(app):
    stages = {stage.key: stage for stage in app.entity("opportunity").pipelines[0].stages}
    assert (stages["lead"].chance, stages["lead"].limit) == (500, 172_800)
    assert stages["signed"].end == "won"
    assert app.entity("quote").stage("checking").is_locked


def test_any_stands_for_every_stage_that_is_no_end(app):
    pipeline = app.entity("opportunity").pipelines[0]
    to_lost = [move for move in pipeline.moves if move.target == "lost"]
    assert [move.source for move in to_lost] == [
        "lead", "contacted", "qualified", "quoting", "sample", "negotiating",
    ]  # fmt: skip
    assert {move.by for move in to_lost} == {frozenset({"sales", "manager"})}
    back = pipeline.move("negotiating", "quoting")
    assert back is not None
    assert back.ask is not None
    assert back.ask.say("en") == "Why back"


def test_a_gate_lists_each_requirement_under_a_stable_rule(app):
    deal = app.entity("opportunity")
    contacted = deal.stage("contacted").leave
    assert [type(r) for r in contacted.requirements] == [Fill, Fill]
    assert contacted.requirements[0].rule == "opportunity.stages.contacted.leave.fill.amount"
    (either,) = deal.stage("qualified").leave.requirements
    assert isinstance(either, Group)
    assert (either.kind, either.least) == ("any_of", 1)
    stamped, meeting = either.parts
    assert isinstance(stamped, Evidence)
    assert (stamped.kind, stamped.field) == ("file", "spec")
    assert isinstance(meeting, Evidence)
    assert (meeting.kind, meeting.entity, meeting.link) == ("record", "visit", "customer")
    assert meeting.where is not None
    assert meeting.where.entity == "visit"
    (must,) = deal.stage("quoting").leave.requirements
    assert isinstance(must, Must)
    assert must.say.say("en") == "Send a quote first"


def test_access_is_by_role_with_what_it_may_edit_and_never_sees(app):
    access = app.entity("customer").access
    assert access["cfo"].edit == frozenset({"margin", "paid_on_time"})
    assert access["manager"].hide == frozenset({"margin"})
    assert access["sales"].create is True
    assert not isinstance(access["sales"].edit, bool | frozenset)
    assert "tech" not in access
    assert app.roles["director"].includes == {"director", "manager", "sales"}


def test_views_and_forms_are_as_written(app):
    customer = app.entity("customer")
    (made,) = customer.lists
    assert (made.columns[:2], made.filters, made.sort) == (("code", "name"), ("grade", "owner", "tags"), ("-health",))
    assert [section.label.say("en") for section in customer.form] == ["Basics", "Business"]
    (board,) = app.entity("opportunity").boards
    assert (board.by, board.card[0], board.red is not None) == ("stage", "name", True)


def test_a_decision_table_reads_its_cells(app):
    table = app.tables["discount_right"]
    assert table.gives == NumberType(4)
    assert table.rows[0] == (("A", "manager"), 1200)
    assert table.rows[3] == ((None, None), 500)


def test_a_warning_rule_is_a_validation_that_only_marks(app):
    (mark,) = app.entity("customer").validations
    assert (mark.rule, mark.mode, mark.fields) == ("customer.rules.mail_domain", "warn", ("email", "website"))
    assert mark.that.text.startswith("not (")


def test_a_number_series_starts_anew_with_its_finest_date(app):
    series = app.entity("opportunity").series
    assert series.period == "month"
    assert series.parts == (("text", "P"), ("date", "yyyy"), ("date", "mm"), ("text", "-"), ("counter", "4"))


def test_the_long_form_of_a_field_says_all_that_the_short_one_cannot():
    app = _thing(
        "    fields:\n"
        "      amount: {type: money, label: 金额, min: 1, max: 5万, default: 100, help: 含税}\n"
        "      reason: {type: text, required: = amount > 1万, show: amount > 0, max_length: 20, allow_filler: true}\n"
        "      secret: {type: text, hide: [boss], mask: last4, personal: true, was: hidden}\n"
        "      seller: {type: person, default: = me}\n"
        "    access: {everyone: all}"
    )
    fields = app.entity("thing").fields
    amount = fields["amount"]
    assert (amount.value_type, amount.minimum, amount.maximum, amount.default) == (MONEY, 100, 5_000_000, 10_000)
    assert amount.help.say("zh") == "含税"
    assert not isinstance(fields["reason"].required, bool)
    assert fields["reason"].show is not None
    assert (fields["reason"].max_length, fields["reason"].allow_filler) == (20, True)
    secret = fields["secret"]
    assert (secret.hide, secret.mask, secret.is_personal, secret.was) == (frozenset({"boss"}), "last4", True, "hidden")


def test_at_most_one_record_per_reference_while_in_some_stages():
    app = _thing(
        "    fields: {seller: person}\n"
        "    stages: {draft: {label: 草稿}, live: {label: 生效}, gone: {label: 失效, end: done}}\n"
        "    at_most_one: {live: {per: seller, while: [live], say: 每人一份}}\n"
        "    access: {everyone: all}"
    )
    (rule,) = app.entity("thing").one_open
    assert (rule.rule, rule.field, rule.stages) == ("thing.at_most_one.live", "seller", ("live",))


def test_several_pipelines_have_stages_and_moves_of_their_own():
    app = _thing(
        "    fields: {big: yesno}\n"
        "    pipelines:\n"
        "      oem: {label: 配套, if: big, stages: {a: 甲, z: {label: 完, end: done}}}\n"
        "      trade: {label: 贸易, stages: {b: 乙, c: 丙, z: {label: 完, end: done}}, moves: [b > c > z, b > z]}\n"
        "    access: {everyone: all}"
    )
    oem, trade = app.entity("thing").pipelines
    assert oem.condition is not None
    assert [(m.source, m.target) for m in oem.moves] == [("a", "z")]
    assert [(m.source, m.target) for m in trade.moves] == [("b", "c"), ("b", "z"), ("c", "z")]
    assert [o.key for o in app.choices["stage:thing"].options] == ["a", "z", "b", "c"]


def test_options_stand_in_a_tree_with_colours_and_retired_ones():
    app = _thing(
        "    fields: {area: choice area}\n    access: {everyone: all}",
        "choices:\n  area:\n    north: {label: 北, color: blue, options: {bj: 北京, tj: {label: 津, retired: true}}}\n"
        "    south: 南",
    )
    options = app.choices["area"].options
    assert [(o.key, o.parent, o.is_group) for o in options] == [
        ("north", "", True), ("bj", "north", False), ("tj", "north", False), ("south", "", False),
    ]  # fmt: skip
    assert options[0].color == "blue"
    assert options[2].retired
    assert app.entity("thing").fields["area"].value_type.keys == ("bj", "tj", "south")


def test_everyone_stands_for_the_roles_without_a_row():
    app = _thing("    fields: {x: text}\n    access: {boss: read, everyone: {create: true}}", "")
    assert app.entity("thing").access["boss"].create is False


def test_a_table_takes_rows_from_a_file_beside_the_app():
    text = (
        "app: t\nroles: {boss: {label: 主管}}\nentities: {thing: {fields: {x: text}, access: {everyone: all}}}\n"
        "tables: {rate: {columns: {score: integer, role: choice role}, gives: percent, file: rate.csv}}\n"
    )
    rates = "score,role,rate\n70..,boss,12%\n..69,any,5%\n"
    app = load_text(text, "t.yaml", {"rate.csv": rates}).value
    assert app is not None
    assert app.tables["rate"].rows == (((Bounds(70, None), "boss"), 1200), ((Bounds(None, 69), None), 500))


def test_a_file_of_rows_is_read_as_excel_writes_it(tmp_path):
    (tmp_path / "t.yaml").write_text(
        "app: t\nroles: {boss: {label: 主管}}\nentities: {thing: {fields: {x: text}, access: {everyone: all}}}\n"
        "choices: {city: [北京, 上海]}\n"
        "tables: {rate: {columns: {amount: money, city: choice city}, gives: money, file: rate.csv}}\n",
        encoding="utf-8",
    )
    rates = 'amount,city,rate\n"1,000..",北京,"1,280.50"\nany,"上海",0\n'
    found = set()
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / "rate.csv").write_text(rates, encoding=encoding)
        app = load_app(tmp_path / "t.yaml").value
        assert app is not None
        found.add(app.tables["rate"].rows)
    assert found == {(((Bounds(100_000, None), "北京"), 128_050), ((None, "上海"), 0))}


def test_a_cell_in_quotes_is_named_at_its_place():
    text = (
        "app: t\nroles: {boss: {label: 主管}}\nentities: {thing: {fields: {x: text}, access: {everyone: all}}}\n"
        "tables: {rate: {columns: {amount: money, role: choice role}, gives: percent, file: rate.csv}}\n"
    )
    problems = load_text(text, "t.yaml", {"rate.csv": 'amount,role,rate\n"1,000..",bos,1%\n'}).problems
    assert [(p.span.file, p.span.line, p.span.column) for p in problems][:1] == [("rate.csv", 2, 11)]


def test_what_leads_through_a_reference_to_nowhere_is_told_once():
    text = (
        "app: t\nroles: {boss: {label: 主管}}\nentities:\n  thing:\n    title: x\n"
        "    fields: {x: text required, parts: table prat}\n    access: {everyone: all}\n"
        "  part: {part_of: thing, title: y, fields: {y: text}}\n"
        "imports: {files: {label: 文件, to: thing, columns: {名称: x, 零件: parts.y}, same_when: [x]}}\n"
    )
    problems = load_text(text, "t.yaml").problems
    assert [(p.code, p.span.line) for p in problems if p.severity == "error"] == [("M06", 6)], problems


def test_the_menu_and_the_icons_are_as_written():
    app = _thing("    fields: {x: text}\n    access: {everyone: all}", "menu: {thing: box}")
    assert (app.menu, app.entity("thing").icon) == (("thing",), "box")


def test_texts_of_the_app_stand_behind_those_of_the_entity():
    app = _thing(
        "    fields: {x: text}\n    snippets: {hello: 您好}\n    access: {everyone: all}",
        "snippets: {hello: 你好, bye: 再见}",
    )
    assert [(s.key, s.text.say("zh")) for s in app.entity("thing").snippets] == [("hello", "您好"), ("bye", "再见")]


def test_each_problem_of_a_text_is_told_at_once_and_once():
    text = (
        "app: t\nroles: {boss: {label: 主管}}\nentities:\n  thing:\n    fields:\n"
        "      a: mony\n      b: number = a + 1\n      c: choice colour\n      d: number = e + 1\n"
        "    access: {bos: {create: true}}\n"
    )
    problems = load_text(text, "t.yaml").problems
    assert [(p.code, p.span.line, p.span.column) for p in problems] == [
        ("M01", 6, 10), ("M08", 8, 17), ("F15", 9, 19), ("M04", 10, 14),
    ]  # fmt: skip
    assert problems[0].near == ("money",)
    assert problems[3].near == ("boss",)


def test_the_health_score_without_its_base_is_named_with_a_witness():
    text = (_HERE / "example_app.yaml").read_text("utf-8")
    without = "\n".join(line for line in text.split("\n") if "base: 30" not in line)
    (fault,) = load_text(without, "x.yaml").errors
    assert (fault.code, fault.span.line) == ("A07", 53)
    assert fault.values["least"] == -10
    assert fault.values["most"] == 60
    assert fault.values["witness"] == 60
    assert fault.values["bases"] == "10..49"
    assert fault.values["points"].count("(+") == 4  # the record that comes nearest has all four, and not the minus
    assert "(-" not in fault.values["points"]
    assert fault.values["band"].say("zh") == "high"
