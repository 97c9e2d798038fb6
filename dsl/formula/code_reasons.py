"""Reasons that several formula codes share, in Chinese and English."""

from __future__ import annotations

ONE_MEANING = (
    "公式在界面、Python 和数据库里必须是同一个意思，读不准就不能猜。",
    "A formula means the same on the screen, in Python and in the database; what cannot be read is not guessed.",
)
BOUNDED = (
    "公式的大小有上限，计算才总能很快结束。",
    "Formulas are limited in size so that they always end, and end quickly.",
)
TYPES = (
    "类型在检查时就确定，所以运行时不会出错，也不会悄悄换算。",
    "Types are settled when the text is checked, so that nothing fails or converts itself while it runs.",
)
NAMES = (
    "名字写错时，规则会悄悄失效；所以每个名字都要对得上。",
    "A rule with a misspelt name would silently never act, so every name must lead somewhere.",
)
MONEY = (
    "金额是一种单位：金额加减金额，金额乘除数字，金额除以金额得数字。",
    "Money is a unit: money ± money, money × or ÷ a number, and money ÷ money is a number.",
)
