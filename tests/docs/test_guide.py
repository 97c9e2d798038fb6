"""The managers' guide can be followed: each change it describes checks, and does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import apps
from dsl.app import App, Evidence
from dsl.load import load_text
from engine.commands import Create, Move
from engine.testing import Colleague, acting, engine_for
from tests.docs.pages import ROOT

GUIDE = ROOT / "docs" / "guide"
SALES = Path(apps.__file__).parent / "sales_crm.yaml"
_QUOTED = re.compile(r"「([^「」]+)」")
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(language: str) -> list[str]:
    return _BLOCK.findall((GUIDE / f"changing-the-app.{language}.md").read_text(encoding="utf-8"))


def _changed_text(*changes: tuple[str, str]) -> str:
    """The sales app's text after the first occurrence of each text was replaced."""
    text = SALES.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def _changed(*changes: tuple[str, str]) -> App:
    """The sales app with these changes; it must check without a problem."""
    text = _changed_text(*changes)
    checked = load_text(text, "my.yaml")
    assert checked.problems == ()
    assert checked.value is not None
    return checked.value


def test_both_languages_show_the_same_yaml() -> None:
    assert _blocks("zh") == _blocks("en")


def test_a_field_is_added() -> None:
    field = _blocks("zh")[0]
    app = _changed(
        ("      papers:          {label: 附件归档", f"{field}      papers:          {{label: 附件归档"),
        ("- 基本 | Basics: [name, short_name,", "- 基本 | Basics: [name, founded, short_name,"),
    )
    assert app.entities["customer"].fields["founded"].label.say("zh") == "成立年份"
    assert "founded" in app.entities["customer"].form[0].fields


def test_a_stage_is_added_between_two_others() -> None:
    stage = _blocks("zh")[1]
    app = _changed(
        ("      negotiating:\n", f"{stage}      negotiating:\n"),
        ("> sample > negotiating >", "> sample > visiting > negotiating >"),
    )
    pipeline = app.entities["opportunity"].pipelines[0]
    assert pipeline.move("sample", "visiting")
    assert pipeline.move("visiting", "negotiating")


def _with_attachment() -> tuple[tuple[str, str], ...]:
    field = _blocks("zh")[2]
    return (
        ("      signed_on:     {label: 签订日期", f"{field}      signed_on:     {{label: 签订日期"),
        (
            "agreement: 技术协议 | Technical agreement}",
            "agreement: 技术协议 | Technical agreement, quality: 质量协议 | Quality agreement}",
        ),
    )


def test_an_attachment_is_demanded() -> None:
    app = _changed(*_with_attachment())
    stage = app.entities["contract"].stage("legal")
    assert stage is not None
    assert stage.enter is not None
    asked = [r.field for r in stage.enter.requirements if isinstance(r, Evidence)]
    assert asked == ["license", "authorization", "agreement", "quality"]


def test_a_formula_is_changed() -> None:
    shown = _blocks("zh")[3].strip()
    assert "material_avg * 1.35 + processing_fee" in shown
    app = _changed(("material_avg * 1.35", "material_avg * 1.4"))
    formula = app.entities["quote"].fields["base_price"].formula
    assert formula is not None
    assert formula.text == "material_avg * 1.4 + processing_fee"


def test_a_changed_file_is_read_again_while_the_site_runs(tmp_path: Path) -> None:
    """The fourth step: a mistake changes nothing; then the new attachment is asked for at once."""
    file = tmp_path / "my.yaml"
    file.write_text(SALES.read_text(encoding="utf-8"), encoding="utf-8")
    engine = engine_for(file, tmp_path / "data", people=(Colleague("sales", "sales", "South", False),))
    try:
        seller = acting(engine, "sales")
        customer = engine.execute(Create("customer", {"name": "甲厂", "industry": "auto"}), seller).id
        deal = engine.execute(Create("opportunity", {"name": "轴套", "customer": customer}), seller).id
        terms = {"amount": 8_000_000, "delivery_on": seller.at.date(), "payment_terms": "half", "opportunity": deal}
        contract = engine.execute(Create("contract", terms), seller).id
        assert contract is not None
        to_legal = Move("contract", contract, "legal", None, {}, {}, "")

        file.write_text(_changed_text(("      draft: {label: 起草", "      draft: {lable: 起草")), encoding="utf-8")
        assert not engine.reload().is_ok
        assert len(engine.execute(to_legal, acting(engine, "sales")).verdict.missing) == 3

        file.write_text(_changed_text(*_with_attachment()), encoding="utf-8")
        assert engine.reload().is_ok
        missing = engine.execute(to_legal, acting(engine, "sales")).verdict.missing
        assert [finding.rule.rpartition(".")[2] for finding in missing] == [
            "license", "authorization", "agreement", "quality",
        ]  # fmt: skip
    finally:
        engine.close()


@pytest.mark.parametrize("page", ["daily-work.zh.md", "changing-the-app.zh.md"])
def test_what_the_guide_quotes_stands_on_the_screen(page: str) -> None:
    shown = SALES.read_text(encoding="utf-8")
    for path in (*(ROOT / "web" / "templates").rglob("*.html"), *(ROOT / "web" / "pages").glob("*.py")):
        shown += path.read_text(encoding="utf-8")
    shown = shown.replace("推进到「{stage}」", "推进到「合同签订」").replace("我的{label}", "我的商机")
    quoted = _QUOTED.findall((GUIDE / page).read_text(encoding="utf-8"))
    assert quoted
    assert [text for text in quoted if text not in shown] == []
