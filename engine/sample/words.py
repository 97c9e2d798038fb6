"""Words from which the sample companies are made up: people, places, companies, parts, and what customers say."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


SURNAMES: Final = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡")
GIVEN_NAMES: Final = _words(
    """
    伟 芳 娜 敏 静 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建国 志强 晓东 海燕 文博 雨欣 子轩 佳怡 俊杰
    丽华 国栋 春梅 永健 婷婷 浩然 思远 振华 淑珍 立新 红梅 世杰 玉兰 家豪 梦琪 德胜 雪梅 天佑 慧敏
    """
)

REGIONS: Final = ("华东", "华南", "华北")
CITIES: Final[dict[str, tuple[str, ...]]] = {
    "华东": _words("上海 苏州 无锡 常州 南京 杭州 宁波 绍兴 温州 嘉兴 台州 合肥 芜湖 南通"),
    "华南": _words("广州 深圳 东莞 佛山 中山 惠州 珠海 厦门 泉州 柳州"),
    "华北": _words("北京 天津 青岛 济南 烟台 潍坊 石家庄 保定 太原 沈阳 大连 长春"),
}
PROVINCES: Final[dict[str, str]] = {
    city: province
    for province, cities in {
        "江苏": "苏州 无锡 常州 南京 南通", "浙江": "杭州 宁波 绍兴 温州 嘉兴 台州", "安徽": "合肥 芜湖",
        "广东": "广州 深圳 东莞 佛山 中山 惠州 珠海", "福建": "厦门 泉州", "广西": "柳州",
        "山东": "青岛 济南 烟台 潍坊", "河北": "石家庄 保定", "山西": "太原", "辽宁": "沈阳 大连", "吉林": "长春",
    }.items()
    for city in _words(cities)
}  # fmt: skip
"""City → province; what is missing is a city of its own."""
AREA_CODES: Final[dict[str, str]] = {"华东": "330200", "华南": "441900", "华北": "370200"}

ESTATES: Final = ("经济开发区", "高新区", "工业园", "临港新区")
BRANDS: Final = _words(
    """
    恒达 瑞丰 金鼎 华盛 永信 宏远 天工 精锐 鼎新 联创 正泰源 顺成 博力 锐科 中拓 德邦 安瑞 新纪元 东晟 海川 明辉
    众合 启航 万通 佳美 凯越 立信 同力 星宇 长荣 泰和 信捷 宝利 利源 晟达 腾飞 光明 百川 嘉禾 诚建 汇丰 远景
    振兴 聚能 恒固 飞跃 康泰 高科 卓越 旭日 弘毅 九州 龙腾 盛世 伟业 铭源 润泽 科锐 德力 航宇
    """
)
TRADES: Final[dict[str, tuple[str, ...]]] = {
    "auto": _words("汽车零部件 汽车配件 汽车紧固件 底盘系统 新能源汽车 汽车电子 传动系统"),
    "machine": _words("机械设备 自动化设备 液压机械 数控装备 工业装备 模具 泵阀"),
    "consumer": _words("电子科技 智能家电 光电 通讯器材 小家电 数码科技"),
}
ENDINGS: Final = ("有限公司", "有限公司", "有限公司", "股份有限公司", "科技有限公司", "制造有限公司")
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "auto": _words("高强度螺栓 刹车卡钳支架 转向节衬套 电池包紧固件 排气法兰 座椅滑轨销轴 悬架衬套"),
    "machine": _words("精密轴套 液压接头 导轨滑块 定位销 齿轮坯件 联轴器 不锈钢法兰"),
    "consumer": _words("铰链转轴 屏蔽罩 微型螺钉 散热片 电机轴 金属中框 连接端子"),
}
MATERIALS: Final = (
    ("45 号钢", 520, 350),
    ("304 不锈钢", 1580, 420),
    ("6061 铝合金", 2150, 480),
    ("H62 黄铜", 5600, 560),
)
"""Name, price of a kilogram two years ago, and standard processing fee a kilogram; both in fen."""

NEEDS: Final = _lines(
    """
    月需求约 2 万件，要求公差 0.02 mm
    新车型定点，先打样再小批
    现有供应商交期不稳，想找备选
    要求盐雾试验 480 小时
    降本 8%，可接受材料替代
    希望 VMI 供货，月结 60 天
    需要 PPAP 三级文件
    产线改造，夹具与销轴一起采购
    表面处理要求环保三价铬
    出口件，需英文检验报告
    样件两周内要，量产在下季度
    扭矩衰减超标，请我们分析原因
    """
)
RIVALS: Final = (
    "",
    "现供应商为本地小厂，价格低 5%",
    "台资厂在跟，交期比我们慢",
    "日系供应商，质量好但贵 20%",
    "没有发现其他供应商",
)
POINTS: Final = _lines(
    """
    确认图纸版本与关键尺寸，客户同意按我方公差出样。
    介绍检测能力，带看三坐标与盐雾设备照片。
    客户质量经理提出过程能力指数要求。
    讨论包装与标识，客户提供标签模板。
    复盘上批次交付，到货及时率 97%。
    采购问价，答应三天内给正式报价。
    技术总监参加，逐条确认技术参数与试验项目。
    客户催交期，已与生产计划确认排产。
    沟通付款方式，对方财务倾向月结。
    """
)
NEXT_STEPS: Final = _words(
    "发送更新后的报价 寄样件并跟踪测试 约技术交流会 确认合同条款 回访质量情况 补充检测报告 拜访采购总监"
)
WORRIES: Final = ("担心交期不稳", "担心换供应商的质量风险", "预算还没批下来", "价格压力大", "对表面处理能力没把握", "")
LIKES: Final = ("", "", "喜欢微信沟通，少打电话", "看重数据，会前要先发资料", "周三下午在厂里")
SCENES: Final = _words(
    "新能源车电池包 液压站连接 变速箱装配 洗衣机电机 工业机器人关节 充电枪端子 手机铰链 数控机床导轨"
)
PARAMETERS: Final = _lines(
    """
    材质 SCM435，等级 10.9，M10×45，达克罗
    内径 12H7，圆度 0.005，表面硬度 HRC 58
    304 不锈钢，耐压 35 MPa，螺纹 G1/2
    6061-T6，阳极氧化 15 μm，平面度 0.05
    H62 黄铜，接触电阻小于 0.5 mΩ
    45 钢调质，抗拉 900 MPa，磷化
    """
)
SCHEDULES: Final = _lines(
    """
    两周出样，一个月小批，季度末量产
    下月定点，三个月后 SOP
    样件确认后四周批量
    改造窗口在国庆假期
    """
)
QUESTIONS: Final = _lines(
    """
    1. 最小起订量？ 2. 模具费如何分摊？
    1. 盐雾能否到 720 小时？ 2. 备货周期？
    1. 能否先供 500 件试装？ 2. 失效责任如何界定？
    """
)
LOST_NOTES: Final[dict[str, str]] = {
    "price": "对手报价低 6%，客户以价格定标。",
    "delivery": "客户要求三周交货，我们排产要五周。",
    "technology": "表面处理达不到客户的试验要求。",
    "rival": "原供应商降价并承诺驻厂服务。",
    "stopped": "客户车型项目延期，采购取消。",
    "silent": "多次联系未回，联系人已离职。",
}

SHOP_STREETS: Final = _words("人民路 中山路 解放路 万达广场 吾悦广场 印象城 大学城 火车站 高新区 老城")
SHOP_NOTES: Final = (
    "",
    "",
    "附近商圈促销，客流明显增加",
    "下雨，上午客流少",
    "会员日，连带率提升",
    "新品到店，试用多",
    "两款断货",
)
CHECKS: Final = (
    ("门头灯箱完好、无破损", "front", 5, True, False),
    ("橱窗主题与当季一致", "front", 10, True, False),
    ("陈列按图执行", "display", 20, True, False),
    ("价签齐全且正确", "display", 10, False, False),
    ("员工着装与工牌规范", "service", 10, False, False),
    ("三十秒内招呼顾客", "service", 15, False, False),
    ("消防通道畅通", "safety", 10, True, True),
    ("灭火器在有效期内", "safety", 5, True, False),
    ("库存抽盘账实相符", "stock", 10, False, False),
    ("残次品单独存放", "stock", 5, False, False),
)
"""Item, group, points, photo required, veto; the points add up to 100."""
REMARKS: Final = _lines(
    """
    这个客户今年扩产,盯紧一点,需要我出面就说。
    对手也在送样,测试报告尽快催技术部。
    价格已经到底线,交期上可以再让一步。
    付款方式坚持预付 50%,财务那边我去说。
    本周例会过一下这个项目。
    客户的技术总监下周三在厂里,约一次面谈。
    """
)
"""What a manager writes under a deal."""
