"""The interface's own texts: written in Chinese where they stand, with other languages in `languages/KEY.po`.

`say("还差 {n} 项", n=2)` in Python and templates, `say("…")` in scripts. An app's labels are the app's own (`Text`).
A test reads every source text out of the code and asserts that each language has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from web.session import current_language

SOURCE_LANGUAGE = "zh"
LANGUAGES = Path(__file__).parent / "languages"

SCRIPT_TEXTS = (
    "选项", "没有找到", "上个月", "下个月", "今天", "明天", "一周后", "选择日期", "上传失败，请重试",
    "网络断开，文件没有上传", "正在定位…", "没有得到位置，请手工填写地点", "流程里没有这一步", "已复制", "提到谁",
    "泳道之间不能拖动，请在记录里修改", "表格已复制", "修改「{title}」",
    "登录已过期。填写的内容留在这台设备上，登录后可以取回。", "去登录",
    "没有连上服务器。填写的内容还在，连上后请再试一次。",
)  # fmt: skip
"""What the scripts say; pages in another language bring these along."""


def say(source: str, /, **values: object) -> str:
    """The text in this request's language, with `{name}` filled from `values`."""
    return say_in(current_language(), source, **values)


def say_in(language: str, source: str, /, **values: object) -> str:
    text = texts_of(language).get(source) or source
    return text.format(**values) if values else text


def script_texts(language: str) -> Mapping[str, str]:
    """Source → text for the scripts; empty for the source language."""
    texts = texts_of(language)
    return {source: texts[source] for source in SCRIPT_TEXTS if source in texts}


@cache
def texts_of(language: str) -> Mapping[str, str]:
    """Source → text; empty for the source language and for one that nobody has written."""
    file = LANGUAGES / f"{language}.po"
    if language == SOURCE_LANGUAGE or not file.is_file():
        return {}
    read_po = import_module("babel.messages.pofile").read_po  # the source language needs no dictionary
    with file.open("rb") as stream:
        catalog = read_po(stream, locale=language)
    return {str(message.id): str(message.string) for message in catalog if message.id and message.string}
