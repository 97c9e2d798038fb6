"""The managers' guide can be followed: each change it describes checks, and does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import apps
from dsl.app import App, Evidence
from dsl.load import load_text
from tests.docs.pages import ROOT

GUIDE = ROOT / "docs" / "guide"
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(language: str) -> list[str]:
    return _BLOCK.findall((GUIDE / f"changing-the-app.{language}.md").read_text(encoding="utf-8"))


def _changed(*changes: tuple[str, str]) -> App:
    """The sales app after the first occurrence of each text was replaced; it must check without a problem."""
    text = (Path(apps.__file__).parent / "sales_crm.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
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


def test_an_attachment_is_demanded() -> None:
    field = _blocks("zh")[2]
    app = _changed(
        ("      signed_on:     {label: 签订日期", f"{field}      signed_on:     {{label: 签订日期"),
        (
            "agreement: 技术协议 | Technical agreement}",
            "agreement: 技术协议 | Technical agreement, quality: 质量协议 | Quality agreement}",
        ),
    )
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
