"""A: what an analysis of the whole app finds."""

from __future__ import annotations

from dsl.codes.rows import row, staged

CHECK_CODES = (
    row(
        "A10",
        ("阶段流转到自己", "A stage that moves to itself"),
        ("“{stage}”流转到了自己", "“{stage}” moves to itself"),
        ("删掉这一步，或改成另一个阶段", "Delete the step, or name another stage"),
        ("这样的一步什么也没改变，却要过关。", "Such a step changes nothing and yet meets the gates."),
        staged("moves: [open > won, open > lost, open > open]"),
        staged("moves: [open > won, open > lost]"),
    ),
)
