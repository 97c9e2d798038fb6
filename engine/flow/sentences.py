"""What the engine says to people, in Chinese and English, one entry a sentence.

An app's own words (labels, `say:`) come from the app; these are the words around them.
"""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "fill": ("请填写「{label}」", "Fill in “{label}”"),
    "fill.met": ("已填写「{label}」", "“{label}” is filled in"),
    "filler": ("「{label}」写的是“{value}”，不算填写", "“{label}” says “{value}”, which counts as empty"),
    "required": ("「{label}」必填", "“{label}” is required"),
    "evidence.file": ("请上传：{label}", "Upload: {label}"),
    "evidence.file.met": ("已上传：{label}", "Uploaded: {label}"),
    "evidence.record": ("需要一条{entity}：{label}", "A {entity} is needed: {label}"),
    "evidence.record.where": (
        "需要一条{entity}：{label}（{condition}）",
        "A {entity} is needed: {label} ({condition})",
    ),
    "evidence.record.met": ("已有{entity}：{label}", "There is a {entity}: {label}"),
    "evidence.other": ("需要：{label}", "Needed: {label}"),
    "evidence.other.met": ("已有：{label}", "There is: {label}"),
    "any_of": ("满足其中任意一项即可", "Any one of these will do"),
    "all_of": ("以下各项都要满足", "All of these are needed"),
    "at_least": ("以下至少满足 {least} 项", "At least {least} of these are needed"),
    "broken": ("这一条无法判断，所以先拦下：{label}", "This cannot be judged, so it stays closed: {label}"),
    "move.none": ("不能从「{source}」到「{target}」", "There is no move from “{source}” to “{target}”"),
    "move.by": ("只有{roles}可以做这一步", "Only {roles} may take this step"),
    "move.when": ("现在还不能走这一步：{condition}", "This step is not open now: {condition}"),
    "move.ask": ("请回答：{question}", "Answer first: {question}"),
    "move.ask.met": ("已回答：{question}", "Answered: {question}"),
    "move.edit": ("您不能推进这条记录", "You may not move this record"),
    "access.create": ("您不能新建{entity}", "You may not create a {entity}"),
    "access.edit": ("您不能修改这条记录", "You may not edit this record"),
    "access.delete": ("您不能删除这条记录", "You may not delete this record"),
    "access.export": ("您不能导出{entity}", "You may not export {entity}"),
    "access.field": ("您不能修改「{label}」", "You may not change “{label}”"),
    "access.away": (
        "这样保存后您就不能再修改这条记录；请让上级来转交",
        "After this you could not edit the record any more; ask your manager to hand it over",
    ),
    "locked": ("「{stage}」阶段已锁定，只能推进，不能修改", "“{stage}” is locked: it can be moved on, not edited"),
    "input.unknown": ("没有「{field}」这个字段", "There is no field “{field}”"),
    "input.computed": ("「{label}」是系统算出来的，不能填写", "“{label}” is computed and cannot be set"),
    "input.kind": ("「{label}」的值读不懂", "The value of “{label}” cannot be read"),
    "input.option": ("「{label}」没有“{value}”这个选项", "“{label}” has no option “{value}”"),
    "input.retired": (
        "「{label}」的选项“{value}”已停用，只在旧记录里保留",
        "The option “{value}” of “{label}” is retired and stays on old records only",
    ),
    "input.low": ("「{label}」不能小于 {bound}", "“{label}” must not be less than {bound}"),
    "input.high": ("「{label}」不能大于 {bound}", "“{label}” must not be greater than {bound}"),
    "input.long": ("「{label}」最多 {most} 个字", "“{label}” takes {most} characters at most"),
    "input.gone": ("「{label}」所指的记录不存在", "What “{label}” points to does not exist"),
    "input.stage": ("没有「{stage}」这个阶段", "There is no stage “{stage}”"),
    "input.entity": ("没有「{entity}」这种记录", "There is no kind of record “{entity}”"),
    "delivery.admin": ("只有管理员可以管理对外推送", "Only administrators look after what is sent out"),
    "delivery.webhook": ("没有这个推送", "There is no such webhook"),
    "delivery.job": ("没有这个任务，或者它正在运行、已经完成", "There is no such job, or it is running or done"),
    "delivery.many": ("最多 {most} 个推送", "At most {most} webhooks"),
    "delivery.name": ("名称需要 1 到 {most} 个字", "A name has 1 to {most} characters"),
    "delivery.url": (
        "请填写 https:// 开头的完整地址，不含用户名和密码",
        "Give a whole address beginning with https://, without a name and password",
    ),
    "delivery.events": (
        "「{event}」不是事件：写作 customer.created、order.* 或 *",
        "“{event}” is no event: write customer.created, order.* or *",
    ),
    "delivery.user": ("没有可用的账号「{login}」", "There is no open account “{login}”"),
    "backup.admin": ("只有管理员可以管理备份", "Only administrators look after backups"),
    "backup.none": ("没有这份备份，或者它还没有做完", "There is no such backup, or it is still being made"),
    "backup.at": ("请填写时间，例如 02:30", "Give a time of the day, such as 02:30"),
    "backup.keeps": ("请填写 1 到 {most} 之间的整数", "Give a whole number from 1 to {most}"),
    "input.comment": ("请先写点内容", "Write something first"),
    "undo.gone": ("只能撤销自己刚做的修改", "Only what you did a moment ago can be undone"),
    "undo.late": ("已经超过 {minutes} 分钟，不能撤销了", "More than {minutes} minutes have passed: too late to undo"),
    "undo.changed": ("之后又有别的修改，不能撤销", "It was changed again since: it cannot be undone"),
    "undo.left": ("这次修改已引发后续处理，不能撤销", "This has set other things going: it cannot be undone"),
    "view.name": ("请给视图起个名字，最多 {most} 个字", "Give the view a name of at most {most} characters"),
    "view.many": ("视图已有 {most} 个，请先删掉不用的", "There are {most} views already; delete some first"),
    "unique": (
        "「{label}」的这个值已经有了，请联系管理员",
        "This “{label}” exists already; please contact your administrator",
    ),
    "one_open.other": ("{say}（已有：{title}）", "{say} (there is: {title})"),
    "import.nobody": ("「{label}」：没有叫“{name}”的", "{label}: there is none called “{name}”"),
    "import.several": ("有 {count} 个叫“{name}”，分不清是哪一个", "{count} are called “{name}”: which one is meant?"),
    "import.meant": ("，是不是“{names}”？", "; was “{names}” meant?"),
    "import.elsewhere": ("已存在，请联系管理员", "It exists already; please contact your administrator"),
    "import.none": ("没有“{name}”这个导入", "There is no import “{name}”"),
    "import.access": ("您不能做「{label}」这个导入", "You may not run the import “{label}”"),
    "import.state": ("这一步现在做不了：导入的状态是 {state}", "Not now: the import is {state}"),
    "import.column": ("没有“{name}”这一列", "There is no column “{name}”"),
    "import.twice": ("“{name}”对应了两列", "“{name}” stands for two columns"),
    "import.unmapped": ("请指定哪一列是「{label}」", "Say which column is “{label}”"),
    "import.reason": ("未导入的原因", "Why it was not taken"),
    "import.from": ("原文件与行", "File and line"),
    "import.rows": ("一次最多导入 {most} 行", "At most {most} rows can be imported at once"),
    "key.reused": ("这个请求编号已用于别的内容", "This idempotency key was used with another body"),
    "busy": ("数据库正忙，请重试", "The database is busy: try again"),
    "password.short": ("密码至少 8 个字", "A password needs 8 characters at least"),
    "password.known": ("这个密码太常见", "This password is too well known"),
    "and": ("、", ", "),
    "points.base": ("基础分", "Base"),
    "points.met": ("符合，{add}", "met, {add}"),
    "points.unmet": ("不符合，0", "not met, 0"),
    "empty": ("空", "empty"),
    "hidden": ("（无权查看）", "(not yours to see)"),
}


def say(language: str, key: str, **values: object) -> str:
    """The sentence `key` in the language (English for any that is not Chinese), with its holes filled."""
    chinese, english = SENTENCES[key]
    return (chinese if language == "zh" else english).format(**values)
