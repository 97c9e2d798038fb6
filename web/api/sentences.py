"""What the API says to people, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.app import Text

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "not_there": ("没有这条记录,或者您无权查看", "There is no such record, or it is not yours to see"),
    "unknown_field": ("没有字段 {key}", "There is no field {key}"),
    "nested_rows": ("子表 {key} 请单独保存", "Save the rows of {key} on their own"),
    "rows_wanted": ("这里需要一组对象,最多 {most} 行", "A list of objects is wanted here, at most {most}"),
    "id_wanted": ("id 是正整数", "An id is a positive whole number"),
    "delete_wanted": ("_delete 是 true 或 false,并且要有 id", "_delete is true or false and goes with an id"),
    "version_wanted": ("请给出您看到的版本 (version 或 If-Match)", "Say which version you saw (version or If-Match)"),
    "version_moved": ("有人在您之前保存过,请比较双方的内容", "Somebody saved in between; compare the two"),
    "unknown_member": ("请求中没有 {key} 这一项", "The request takes no member {key}"),
    "stage_wanted": ("to 是目标阶段的键", "`to` is the key of the stage to go to"),
    "object_wanted": ("{key} 需要是一个对象", "{key} must be an object"),
    "text_wanted": ("{key} 需要是文字", "{key} must be text"),
    "search_long": ("搜索文字最多 {most} 个字", "Search for at most {most} characters"),
    "limit_wanted": ("limit 是 1 到 {most} 的整数", "limit is a whole number from 1 to {most}"),
    "unknown_parameter": ("没有查询参数 {key}", "There is no query parameter {key}"),
    "double_parameter": ("查询参数 {key} 出现了多次", "The query parameter {key} stands there more than once"),
    "file_wanted": ("请用 multipart 的 file 项上传一个文件", "Upload one file as the multipart part `file`"),
    "commands_wanted": ("commands 是 1 到 {most} 条命令", "commands is a list of 1 to {most} commands"),
    "command_wanted": ("op 是 create、update、delete 或 move", "op is create, update, delete or move"),
    "by_wanted": ("by 是一个字段", "`by` names one field"),
    "rule_wanted": ("请给出 rule 或 field", "Name a rule or a field"),
}


def say(sentence: str, language: str, /, **values: object) -> str:
    chinese, english = _SENTENCES[sentence]
    return Text((("zh", chinese), ("en", english))).say(language).format(**values)
