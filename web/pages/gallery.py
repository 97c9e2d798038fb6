"""Every component and every control on one page: for whoever builds screens, and for the tests that look at them."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, url_for

from engine.verdict import Explanation
from web.board_contexts import Kard, Lane, Sum
from web.chart_contexts import Chart, Figure, Tile
from web.contexts import Badge, Happening, Held, Input, Line, Lines, Link, Meter, Pick, Piece, Shown, Step
from web.pages.form_keys import new_key
from web.pages.frame import page
from web.pages.home_view import Due
from web.session import current_actor, current_engine
from web.words import say

blueprint = Blueprint("gallery", __name__)


@blueprint.get("/gallery")
def show() -> Response:
    return page(
        "gallery.html",
        badges=tuple(_badges()),
        values=tuple(_values()),
        inputs=tuple(_inputs()),
        steps=_steps(),
        happenings=_happenings(),
        comment_key=new_key(),
        tree=_tree(),
        tiles=_tiles(),
        chart=_chart(),
        lanes=_lanes(),
        dues=_dues(),
        view_key="sample",
        entity=next(iter(current_engine().app.entities.values())),
        actor_name=current_actor().name if current_actor() else "",  # type: ignore[union-attr]
    )


def _badges() -> Iterable[Badge]:
    yield Badge(say("普通"))
    yield Badge(say("阶段"), "stage")
    yield Badge(say("正常"), "ok")
    yield Badge(say("注意"), "warn")
    yield Badge(say("超期"), "bad")
    yield Badge(say("标签"), "tag", "blue")


def _values() -> Iterable[Shown]:
    yield Shown("text", say("文字"), "text", say("绍兴恒泰五金"))
    yield Shown("money", say("金额"), "text", "¥1,280,000", is_number=True, why="#")
    yield Shown("late", say("停留"), "text", say("{n} 天", n=31), is_bad=True, is_number=True)
    yield Shown("score", say("得分"), "meter", "58", meter=Meter("58", 58, "mid", Badge(say("正常"), "warn")))
    yield Shown("low", say("得分"), "meter", "24", meter=Meter("24", 24, "low", Badge(say("注意"), "bad")))
    yield Shown("person", say("人"), "person", "王建国")
    yield Shown("tags", say("标签"), "badges", badges=(Badge(say("大客户"), "tag"), Badge(say("高意向"), "tag")))
    yield Shown("link", say("链接"), "text", "https://example.com", "https://example.com")
    yield Shown("file", say("文件"), "links", links=(Link(say("需求书.pdf"), "#", "1.2 MB"),))
    yield Shown("yes", say("是否"), "yes", say("是"))
    yield Shown("none", say("空"), "empty")
    yield Shown("long", say("长文"), "long", say("第一行\n第二行"), is_wide=True)


def _picks(*chosen: str) -> tuple[Pick, ...]:
    texts = (say("汽车配件"), say("工业设备"), say("消费电子"), say("五金"), say("阀门"))
    return tuple(Pick(key, text, is_chosen=key in chosen) for key, text in zip("abcde", texts, strict=True))


def _inputs() -> Iterable[Input]:
    def made(key: str, label: str, control: str, **more: object) -> Input:
        return Input(key, key, f"x-{key}", label, control, **more)  # type: ignore[arg-type]

    yield made("t1", say("文字"), "text", raw=say("绍兴恒泰五金"), help=say("一句说明"))
    yield made("t2", say("必填且有错"), "text", is_required=True, error=say("请填写真实内容，不能写「暂无」"))
    yield made("n1", say("数字"), "number", raw="12.5", inputmode="decimal")
    yield made("m1", say("金额"), "number", raw="1,280,000", prefix="¥", inputmode="decimal")
    yield made("p1", say("百分比"), "number", raw="8", suffix="%", inputmode="decimal")
    yield made("d1", say("日期"), "date", raw="2026-11-21")
    yield made("y1", say("是否"), "yesno", raw="yes")
    yield made("s1", say("选项（少）"), "segments", picks=_picks("a")[:3])
    yield made("c1", say("选项（多）"), "choice", picks=_picks("b"))
    yield made("r1", say("查找"), "lookup", source=url_for("lookups.find", entity="person"), text="王建国", raw="1")
    yield made("k1", say("计算值"), "computed", text="¥960,000", why="#")
    yield made("g1", say("标签"), "picks", picks=_picks("a", "c"), is_wide=True)
    yield made("f1", say("文件"), "upload", files=(Held(1, say("需求书.pdf"), "1.2 MB"),), is_many=True)
    yield made("i1", say("图片"), "upload", accept="image/*")
    yield made("l1", say("地点"), "place", parts={"name": say("客户工厂"), "lat": "30.05", "lng": "120.58"})
    yield made("o1", say("长文"), "long", raw=say("第一行\n第二行"), is_wide=True, snippets=(say("一句常用语"),))
    yield made("tab", say("明细行"), "lines", lines=_lines(), is_wide=True)


def _lines() -> Lines:
    def cells(index: str, item: str, qty: str, amount: str) -> tuple[Input, ...]:
        return (
            Input("item", f"tab.{index}.item", f"x-tab.{index}.item", say("品名"), "text", raw=item, is_required=True),
            Input("qty", f"tab.{index}.qty", f"x-tab.{index}.qty", say("数量"), "number", raw=qty),
            Input("amount", f"tab.{index}.amount", f"c-tab.{index}.amount", say("金额"), "computed", text=amount),
        )

    first = Line("0", "", cells("0", say("螺栓"), "100", "¥1,200"))
    second = Line("1", "", cells("1", say("垫片"), "250", "¥300"))
    pattern = Line("__n__", "", cells("__n__", "", "", ""))
    return Lines(pattern.inputs, (first, second), pattern, 2)


def _steps() -> tuple[Step, ...]:
    return (
        Step("1", say("线索获取"), "past"),
        Step("2", say("初步沟通"), "past"),
        Step("3", say("需求确认"), "now", is_late=True),
        Step("4", say("方案报价"), "later", can_go=True),
        Step("5", say("回款完成"), "later", "won"),
    )


def _happenings() -> tuple[Happening, ...]:
    moved = say("{source} → {target}", source=say("初步沟通"), target=say("需求确认"))
    return (
        Happening("arrow-right", "move", "王建国", say("今天 {time}", time="16:20"), "", moved),
        Happening(
            "message", "", "李晓梅", "11-20 10:05", "", say("评论"), (Piece(say("客户确认样品规格，担心交期。")),)
        ),
    )


def _tiles() -> tuple[Tile, ...]:
    return Tile(say("进行中"), "170"), Tile(say("金额"), "¥5,461 万"), Tile(say("已超期"), "52", is_bad=True)


def _chart() -> Chart:
    stages = ((say("线索获取"), 17, 443), (say("初步沟通"), 22, 365), (say("需求确认"), 43, 294))
    bars = [{"name": name, "now": now, "entered": entered, "note": "", "href": ""} for name, now, entered in stages]
    rows = tuple((Figure(name, is_number=False), Figure(str(now)), Figure(str(all_))) for name, now, all_ in stages)
    labels = {"now": say("现在"), "entered": say("进入过")}
    heads = (say("阶段"), say("现在"), say("进入过"))
    return Chart("sample", say("阶段漏斗"), "funnel", {"bars": bars, "labels": labels}, heads, rows)


def _lanes() -> tuple[Lane, ...]:
    days = Shown("days", say("停留"), "text", say("{n} 天", n=2), is_number=True)
    person = Shown("owner", say("人"), "person", "王建国")
    customer = Shown("customer", say("客户"), "text", say("绍兴恒泰五金"))
    good = Kard(1, 1, "#", say("传感器试单"), "#", (customer,), (person, days), ())
    late = Kard(2, 1, "#", say("阀门批量供货"), "#", (customer,), (person,), (), say("超期 {n} 天", n=4), is_red=True)
    money, weighted = Sum("¥82.5 万", "¥825,000"), Sum("¥33 万", "¥330,000")
    return (
        Lane("sample-1", "1", say("方案报价"), 2, money, (good, late), weighted=weighted, lane_href="#"),
        Lane("sample-2", "2", say("样品测试"), 0, None, (), lane_href="#", add_href="#"),
        Lane("sample-3", "3", say("回款完成"), 110, None, (), "won", is_folded=True, lane_href="#"),
    )


def _dues() -> tuple[Due, ...]:
    where = f"{say('绍兴恒泰五金')} · {say('方案报价')}"
    named = ((say("传感器试单"), 4), (say("阀门批量供货"), 2))
    return tuple(Due(name, "", "target-arrow", where, say("超期 {n} 天", n=days), "#") for name, days in named)


def _tree() -> Explanation:
    return Explanation(
        "idle_days > 30", say("是"), (Explanation("idle_days", "47"), Explanation("30", "30")), say("超 30 天未联系")
    )
