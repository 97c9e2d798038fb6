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
    "files_wanted": (
        "请用 multipart 的 files 项上传 1 到 {most} 个文件",
        "Upload 1 to {most} files as multipart parts `files`",
    ),
    "place_wanted": ("列的位置 at 是 0 到 {most} 的整数", "A column's place `at` is a whole number from 0 to {most}"),
    "texts_wanted": ("{key} 是文字到文字的对照", "{key} pairs texts with texts"),
    "found_wanted": ("found 是 {choices} 之一", "found is one of {choices}"),
    "fate_wanted": ("{name} 是 {choices} 之一", "{name} is one of {choices}"),
    "answer_wanted": ("answer 是 same 或 other", "answer is same or other"),
    "commands_wanted": ("commands 是 1 到 {most} 条命令", "commands is a list of 1 to {most} commands"),
    "command_wanted": ("op 是 create、update、delete 或 move", "op is create, update, delete or move"),
    "format_wanted": ("format 是 xlsx 或 csv", "format is xlsx or csv"),
    "by_wanted": ("by 是一个字段", "`by` names one field"),
    "not_expandable": ("{key} 不是引用字段，不能展开", "{key} is no reference and cannot be expanded"),
    "total_alone": ("total 不能与 q 同用，请用 filter", "total does not go with q; use filter"),
    "json_wanted": ("请用 Content-Type: application/json 发送", "Send Content-Type: application/json"),
    "body_object": ("请求体必须是一个 JSON 对象", "The body must be a JSON object"),
    "body_utf8": ("请求体第 {at} 字节处不是 UTF-8", "The body is not UTF-8 at byte {at}"),
    "body_deep": ("请求体嵌套超过 {most} 层", "The body is nested deeper than {most} levels"),
    "body_json": ("第 {line} 行第 {column} 列不是 JSON：{why}", "Not JSON at line {line}, column {column}: {why}"),
    "body_number": ("请求体中有一个数字过长", "A number in the body is too long"),
    "body_double": ("键 {key} 出现了两次", "The key {key} stands there twice"),
    "body_surrogate": ("请求体中有半个字符（孤立的代理项）", "Half a character (a lone surrogate) stands in the body"),
    "body_constant": ("{name} 不是 JSON 数字", "{name} is not a JSON number"),
    "two_versions": ("请求给出了两个不同的版本", "The request names two different versions"),
    "key_wanted": (
        "Idempotency-Key 是 1 到 255 个可见的 ASCII 字符",
        "Idempotency-Key takes 1 to 255 visible ASCII characters",
    ),
    "number_wanted": ("这里需要一个正整数", "A positive whole number is wanted here"),
    "yes_no_wanted": ("这里需要 true 或 false", "true or false is wanted here"),
    "if_match": ('If-Match 是一个带引号的版本，如 "3"', 'If-Match takes one version in quotes, such as "3"'),
    "word_wanted": ("{key} 是 1 到 1000 个字的文字", "{key} is a text of 1 to 1000 characters"),
    "days_wanted": ("days 是 1 到 {most} 的整数", "days is a whole number from 1 to {most}"),
    "list_wanted": ("{key} 需要是一组文字", "{key} must be a list of texts"),
    "state_wanted": ("state 是 {states} 之一", "state is one of {states}"),
    "own_token": ("没有这个令牌", "There is no such token"),
    "signature": (
        "签名缺失、不符或已过期：需要 webhook-id、webhook-timestamp 和 webhook-signature",
        "The signature is missing, wrong or too old: webhook-id, webhook-timestamp and webhook-signature are wanted",
    ),
    "rule_wanted": ("请给出 rule 或 field", "Name a rule or a field"),
}


def say(sentence: str, language: str, /, **values: object) -> str:
    chinese, english = _SENTENCES[sentence]
    return Text((("zh", chinese), ("en", english))).say(language).format(**values)
