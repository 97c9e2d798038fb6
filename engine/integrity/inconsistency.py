"""What the data check finds: one place where the data disagrees with itself, what it means and how it is cured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Pair = tuple[str, str]
"""Chinese, English."""

_RESTORE: Final[Pair] = ("从备份恢复", "restore from a backup")
_REBUILD: Final[Pair] = (
    "停止服务后运行 sluice check --data --repair",
    "stop the server, then run sluice check --data --repair",
)
_COPY: Final[Pair] = ("从备份复制该文件", "copy the file from a backup")
_IN_APP: Final[Pair] = ("在应用中恢复该阶段", "bring the stage back in the app")
_RESTART: Final[Pair] = ("重新启动服务即会清除", "a restart of the server sweeps it away")
_USER: Final[Pair] = ("用 sluice user 改正", "correct it with sluice user")
_AGAIN: Final[Pair] = ("重新保存或选择视图", "save or choose the view again")
_ANEW: Final[Pair] = ("吊销后重新签发", "revoke it and issue another")
_CANCEL: Final[Pair] = (
    "在“对外推送”或“备份”页放弃后重设",
    "give it up on the page of deliveries or backups and set it anew",
)
_BY_HAND: Final[Pair] = ("请在记录上改正", "correct it in the record")
_UPGRADE: Final[Pair] = ("停止服务后运行 sluice apply", "stop the server, then run sluice apply")


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of inconsistency: what it is and its cure, in both languages. is_rebuilt: `--repair` cures it."""

    said: Pair
    cure: Pair
    is_rebuilt: bool = False


def _derived(said: Pair) -> Sort:
    return Sort(said, _REBUILD, is_rebuilt=True)


SORTS: Final[Mapping[str, Sort]] = {
    "database": Sort(("数据库文件损坏", "the database file is damaged"), _RESTORE),
    "table": Sort(("缺少数据表", "a table is missing"), _RESTORE),
    "column": Sort(("缺少数据列", "a column is missing"), _RESTORE),
    "index": _derived(("缺少索引", "an index is missing")),
    "value": Sort(("值不是它的类型", "a value is not of its field's type"), _RESTORE),
    "reference": Sort(("引用的记录不存在", "what is referred to is not there"), _BY_HAND),
    "part": Sort(("明细没有主记录", "a part stands without its record"), _RESTORE),
    "option": Sort(("选项不在应用中", "an option is not in the app"), _BY_HAND),
    "stage": Sort(("阶段不在应用中", "a stage is not in the app"), _IN_APP),
    "owner": _derived(("负责人或部门与来源不一致", "owner or unit is not that of its source")),
    "computed": Sort(
        ("计算字段与公式不一致", "a computed field is not what its formula gives"), _REBUILD, is_rebuilt=True
    ),
    "event": Sort(("字段与历史不一致", "a field is not what its history says"), _RESTORE),
    "created": Sort(("缺少或重复的创建事件", "the event of its creation is missing or doubled"), _RESTORE),
    "removed": Sort(("删除状态与历史不一致", "whether it is removed is not what its history says"), _RESTORE),
    "version": Sort(("版本号少于历史中的修改次数", "the version is lower than its history has changes"), _RESTORE),
    "orphan_event": Sort(("事件的记录不存在", "the record of an event is not there"), _RESTORE),
    "visit_open": Sort(("应有且只有一段进行中的阶段停留", "it should have exactly one open stage visit"), _RESTORE),
    "visit_stage": Sort(("进行中的阶段停留与记录不一致", "the open stage visit is not the record's stage"), _RESTORE),
    "visit_chain": Sort(("阶段停留不连续", "its stage visits do not follow one another"), _RESTORE),
    "visit_event": Sort(("阶段停留与流转事件不一致", "its stage visits are not what its moves say"), _RESTORE),
    "week": Sort(
        ("阶段周汇总与停留不一致", "the weekly sums are not those of the stage visits"), _REBUILD, is_rebuilt=True
    ),
    "number": Sort(("编号不合规则或重复", "a document number is doubled or not of its series"), _RESTORE),
    "number_gap": Sort(("编号有空缺", "a document number is missing from its series"), _RESTORE),
    "counter": _derived(("编号计数器与编号不一致", "the counter is not at the last number")),
    "search": _derived(("搜索索引与记录不一致", "the search index is not what the record says")),
    "file_missing": Sort(("文件内容缺失", "the content of a file is missing"), _COPY),
    "file_content": Sort(("文件内容与登记不一致", "the content of a file is not what was kept"), _COPY),
    "file_orphan": Sort(
        ("没有登记的文件内容", "content that no file names"),
        _RESTART,
    ),
    "evidence": Sort(("证据与文件不一致", "evidence is not what its file says"), _RESTORE),
    "note": Sort(("评论、证据或豁免的对象不存在", "what a comment, proof or waiver is about is not there"), _RESTORE),
    "key": Sort(("幂等结果与数据不一致", "an idempotency result is not in the data"), _RESTORE),
    "mention": Sort(("提到某人的条目没有对应的评论", "somebody is called by no comment"), _RESTORE),
    "import": Sort(("导入与它的行或记录不一致", "an import is not what its rows and records say"), _RESTORE),
    "view": Sort(("保存的视图读不出来或已不在", "a kept view cannot be read or is gone"), _AGAIN),
    "access": Sort(("令牌、会话或推送不完整", "a token, session or webhook is not whole"), _ANEW),
    "job": Sort(("后台任务或定时读不出来", "a job or the schedule of backups cannot be read"), _CANCEL),
    "account": Sort(
        ("账号的角色不在应用中", "an account's role is not in the app"),
        _USER,
    ),
    "unit": Sort(("部门路径与上级不一致", "a unit's path is not its parent's"), _RESTORE),
    "revision": Sort(("数据所属的应用版本不同", "the data is at another revision of the app"), _UPGRADE),
}
"""Every sort that the check knows; `Inconsistency.sort` is one of these keys."""


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """place: "customer 17 grade", "file 3", a table's name. expected and found as text; "" where nothing is."""

    sort: str
    place: str
    expected: str = ""
    found: str = ""

    def said(self, language: str) -> str:
        """One sentence: what is wrong, where, what was expected and how it is cured."""
        sort, at = SORTS[self.sort], 0 if language == "zh" else 1
        empty = ("空", "nothing")[at]
        parts = [f"{self.place}: {sort.said[at]}"]
        if self.expected or self.found:
            wanted, found = (("应为", "实为"), ("expected", "found"))[at]
            parts.append(f"{wanted} {self.expected or empty}, {found} {self.found or empty}")
        return f"{'; '.join(parts)} → {sort.cure[at]}"
