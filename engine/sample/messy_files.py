"""Six salespeople's Excel files of 3,200 customers, as messy as such files are (S0-15), and the truth about them.

The same seed makes the same files. What is in them: heads that everybody calls otherwise, merged titles and notes,
sums at the foot, doubles within a file and between colleagues under other spellings, full-width text, days and money as
text, filler such as 暂无, missing owners, options that do not exist; and companies that only look alike: the same brand
in another town, another trade, a branch, a shared switchboard.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import xlsxwriter

from engine.sample.customers import LETTERS
from engine.sample.words import BRANDS, CITIES, ESTATES, GIVEN_NAMES, SURNAMES, TRADES

ROWS: Final = 3_200
SELLERS: Final = 6
DOUBLED: Final = 0.22
"""Share of the rows that are of a company which has a row already (S4-02: 41 % and less)."""
NEAR_MISSES: Final = 0.06
"""Share of companies that are made to look like another one and are not."""
_CHARACTERS: Final = (
    "安宝昌诚达德鼎东方峰福光广国海航豪和恒宏华辉汇嘉建金锦精景聚凯康科立利联龙隆茂美明铭能鹏普启千青庆仁"
    "日荣瑞润三森盛世顺泰天通同万旺伟翔祥新鑫兴旭雅亚阳业益银英永友宇元远悦云泽展正志智中众卓子"
)
_ENDINGS: Final = ("有限公司", "有限公司", "有限公司", "股份有限公司", "科技有限公司", "制造有限公司", "实业有限公司")
_INDUSTRIES: Final = {"auto": "汽车配件", "machine": "工业设备", "consumer": "消费电子"}
_STATES: Final = {"prospect": "潜在", "trial": "试单", "steady": "稳定供货"}
_POTENTIALS: Final = {"over_500": "500 万以上", "to_500": "100–500 万", "under_100": "100 万以下"}
_POSITIONS: Final = ("老板", "采购总监", "技术总监", "工程师", "质量经理")
_FILLER: Final = ("暂无", "无", "待定", "不详", "N/A", "-", "未知", "待跟进")
_WRONG: Final = {
    "industry": ("房地产", "其他", "贸易", "见备注"),
    "state": ("跟进中", "再看"),
    "grade": ("S", "D", "AA"),
}


@dataclass(frozen=True, slots=True)
class Company:
    """What is true of one company."""

    number: int
    city: str
    brand: str
    trade: str
    ending: str
    tax_no: str
    industry: str
    state: str
    potential: str
    grade: str
    phone: str
    email: str
    website: str
    address: str
    contact: str
    position: str
    mobile: str

    @property
    def name(self) -> str:
        return f"{self.city}{self.brand}{self.trade}{self.ending}"


@dataclass(frozen=True, slots=True)
class TrueRow:
    """A row as written: its file, its line in the sheet (from 1), whose it is, and the text of each of its columns."""

    file: str
    line: int
    company: int
    name: str
    is_wrong: bool


@dataclass(slots=True)
class Truth:
    companies: list[Company] = field(default_factory=list)
    rows: list[TrueRow] = field(default_factory=list)

    def pairs(self) -> set[tuple[tuple[str, int], tuple[str, int]]]:
        """All pairs of rows ((file, line) each) that are of one company."""
        by_company: dict[int, list[tuple[str, int]]] = {}
        for row in self.rows:
            by_company.setdefault(row.company, []).append((row.file, row.line))
        return {
            (one, other)
            for places in by_company.values()
            for at, one in enumerate(sorted(places))
            for other in sorted(places)[at + 1 :]
        }


HEADS: Final[tuple[dict[str, str], ...]] = tuple(
    dict(pair.split("=") for pair in line.split())
    for line in (
        (
            "name=客户名称 tax_no=统一社会信用代码 industry=行业 state=合作状态 "
            "potential=年采购潜力 grade=等级 phone=电话 email=邮箱 website=官网 address=地址 "
            "contact=联系人 position=职位 mobile=手机 owner=负责人"
        ),
        (
            "name=公司名称 contact=姓名 mobile=联系电话 phone=座机 industry=所属行业 "
            "state=客户状态 potential=年采购额 address=公司地址 tax_no=税号 grade=客户等级"
        ),
        (
            "owner=业务员 name=单位名称 industry=行业分类 grade=级别 state=状态 contact=联络人 "
            "position=职务 mobile=手机号 email=Email potential=采购潜力"
        ),
        (
            "name=客户全称（必填） phone=公司电话 mobile=联系方式 contact=对接人 industry=类别* "
            "potential=年用量(万元) state=合作情况 tax_no=纳税人识别号 website=网址 owner=客户经理"
        ),
        (
            "name=厂家名称 address=厂址 contact=联系人 mobile=移动电话 industry=客户行业 grade=ABC "
            "state=合作阶段 potential=潜力 email=电子邮箱"
        ),
        (
            "name=客户 industry=行业属性 state=合作状态 potential=年采购潜力 tax_no=信用代码 "
            "phone=固定电话 contact=联系人 position=岗位 mobile=手机 grade=分级 owner=归属销售"
        ),
    )
)
"""What each of the six calls the columns, in the order in which they keep them."""


def write_messy_files(folder: Path, owners: Sequence[str], seed: int = 1, rows: int = ROWS) -> Truth:
    """Writes six .xlsx files into the folder and gives back what is true of them. owners: names of six colleagues."""
    rng = random.Random(seed)
    truth = Truth()
    plan = _plan(rng, truth, rows)
    share = -(-len(plan) // SELLERS)
    for at in range(SELLERS):
        owner = owners[at % len(owners)]
        part = plan[at * share : (at + 1) * share]
        _write_file(rng, truth, folder / f"客户资料-{owner}.xlsx", HEADS[at], owner, part, style=at)
    return truth


# --- companies -------------------------------------------------------------------------------------------------------


def _plan(rng: random.Random, truth: Truth, rows: int) -> list[Company]:
    """The company of every row, doubles scattered over all files."""
    plan: list[Company] = []
    names: set[str] = set()
    while len(plan) < rows:
        if truth.companies and rng.random() < DOUBLED:
            plan.append(rng.choice(truth.companies))
            continue
        company = _company(rng, len(truth.companies) + 1)
        if truth.companies and rng.random() < NEAR_MISSES:
            company = _near_miss(rng, rng.choice(truth.companies), company)
        if company.name not in names and not _is_hidden(company, truth.companies):
            names.add(company.name)
            truth.companies.append(company)
            plan.append(company)
    rng.shuffle(plan)
    return plan


def _is_hidden(company: Company, others: Sequence[Company]) -> bool:
    """Whether nobody could tell it from another one: the same brand and trade in the same town."""
    return any((o.city, o.brand, o.trade) == (company.city, company.brand, company.trade) for o in others)


def _company(rng: random.Random, number: int) -> Company:
    industry = rng.choice(list(TRADES))
    word = "".join(rng.choices("abcdefghjklmnpqrstwxyz", k=rng.randint(4, 7)))
    domain = f"{word}{rng.choice(('', '-cn', '88'))}.{rng.choice(('com', 'com.cn', 'cn'))}"
    city = rng.choice([each for cities in CITIES.values() for each in cities])
    brand = rng.choice(BRANDS) if rng.random() < 0.25 else "".join(rng.sample(_CHARACTERS, 2))
    return Company(
        number=number,
        city=city,
        brand=brand,
        trade=rng.choice(TRADES[industry]),
        ending=rng.choice(_ENDINGS),
        tax_no=f"91{rng.randint(100_000, 999_999)}{''.join(rng.choices(LETTERS, k=10))}",
        industry=industry,
        state=rng.choice(list(_STATES)),
        potential=rng.choice(list(_POTENTIALS)),
        grade=rng.choice("AABBBCCCC"),
        phone=f"0{rng.randint(510, 899)}-{rng.randint(20_000_000, 89_999_999)}",
        email=f"{rng.choice(('sales', 'info', 'office'))}@{domain}",
        website=f"www.{domain}",
        address=f"{city}市{rng.choice(ESTATES)}{rng.randint(1, 999)}号",
        contact=rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES),
        position=rng.choice(_POSITIONS),
        mobile=f"1{rng.choice('3578')}{rng.randint(100_000_000, 999_999_999)}",
    )


def _near_miss(rng: random.Random, like: Company, company: Company) -> Company:
    """Another company that looks like this one."""
    looks: Sequence[Callable[[], Company]] = (
        lambda: replace(company, brand=like.brand, trade=like.trade),  # in another town
        lambda: replace(company, city=like.city, brand=like.brand),  # in another trade
        lambda: replace(company, phone=like.phone),  # behind the same switchboard
        lambda: replace(
            company, city=like.city, brand=like.brand, trade=like.trade, ending=f"有限公司{company.city}分公司"
        ),
        lambda: replace(company, city=like.city, brand=like.brand[0] + company.brand[-1], trade=like.trade),
    )
    return rng.choice(looks)()


# --- mess ------------------------------------------------------------------------------------------------------------


def _wide(text: str) -> str:
    """Half-width letters and digits as full-width ones."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _spelled(rng: random.Random, company: Company) -> str:
    """One of the ways in which people write a company's name."""
    core = f"{company.brand}{company.trade}"
    if "分公司" in company.ending:
        return company.name
    ways: Sequence[Callable[[], str]] = (
        lambda: company.name,
        lambda: company.name,
        lambda: company.name.replace("有限公司", "有限责任公司") if "股份" not in company.ending else company.name,
        lambda: f"{core}（{company.city}）{company.ending}",
        lambda: f"{core}({company.city}){company.ending}",
        lambda: f"{company.city}市{core}{company.ending}",
        lambda: f" {company.city} {core} {company.ending} ",
        lambda: f"{company.city}{core}",
        lambda: f"{company.city}{core}公司",
        lambda: f"{core}{company.ending}",
        lambda: _typo(rng, company),
        lambda: f"{company.name}（老客户）",
    )
    return rng.choice(ways)()


def _typo(rng: random.Random, company: Company) -> str:
    """One character of the trade or brand is wrong, missing or doubled."""
    core = company.brand + company.trade
    at = rng.randrange(len(core))
    missing, doubled = core[:at] + core[at + 1 :], core[:at] + core[at] + core[at:]
    broken = rng.choice((core[:at] + rng.choice(_CHARACTERS) + core[at + 1 :], missing, doubled))
    return f"{company.city}{broken}{company.ending}"


def _texts(rng: random.Random, company: Company, heads: dict[str, str], owner: str) -> tuple[dict[str, object], bool]:
    """(the row's values by key, whether one of them is wrong and must be refused)."""
    values: dict[str, object] = {
        "name": _spelled(rng, company),
        "tax_no": _tax_no(rng, company),
        "industry": rng.choice(_ways("industry", company.industry)),
        "state": rng.choice(_ways("state", company.state)),
        "potential": rng.choice(_ways("potential", company.potential)),
        "grade": rng.choice((company.grade, f"{company.grade}类", _wide(company.grade), f"{company.grade}级")),
        "phone": _phone(rng, company.phone),
        "email": rng.choice((company.email, company.email.upper(), f" {company.email}", _wide(company.email))),
        "website": rng.choice((company.website, f"http://{company.website}", f"https://{company.website}/")),
        "address": rng.choice((company.address, _wide(company.address))),
        "contact": company.contact,
        "position": company.position,
        "mobile": _mobile(rng, company),
        "owner": owner,
    }  # fmt: skip
    for key in ("potential", "grade", "website", "address", "state", "tax_no", "email", "phone"):
        if rng.random() < 0.12:
            values[key] = rng.choice((None, None, *_FILLER))
    if rng.random() < 0.1:
        values["owner"] = rng.choice((None, "暂无"))
    if rng.random() < 0.05:
        values["contact"] = values["position"] = values["mobile"] = None
    wrong = [key for key in _WRONG if key in heads] if rng.random() < 0.03 else []
    if wrong:
        key = rng.choice(wrong)
        values[key] = rng.choice(_WRONG[key])
    return values, bool(wrong)


def _phone(rng: random.Random, number: str) -> str:
    return rng.choice((number, number.replace("-", ""), _wide(number), number.replace("-", " ")))


def _ways(key: str, meant: str) -> tuple[str, ...]:
    """How people write an option: its label, with blanks, by a word of their own."""
    words = {
        "auto": ("汽车配件", "汽配", "汽车零部件", " 汽车配件"), "machine": ("工业设备", "机械", "机械设备"),
        "consumer": ("消费电子", "电子", "3C"), "prospect": ("潜在", "潜在客户", "意向"),
        "trial": ("试单", "试单中", "小批量"), "steady": ("稳定供货", "老客户", "已合作"),
        "over_500": ("500 万以上", "500万以上", "大"), "to_500": ("100–500 万", "100-500万", "中"),
        "under_100": ("100 万以下", "100万以下", "小"),
    }  # fmt: skip
    return words[meant] if key else ()


def _tax_no(rng: random.Random, company: Company) -> str | None:
    if rng.random() < 0.45:
        return None
    return rng.choice((company.tax_no, company.tax_no, company.tax_no.lower(), _wide(company.tax_no)))


def _mobile(rng: random.Random, company: Company) -> object:
    number = company.mobile
    grouped = f"{number[:3]}-{number[3:7]}-{number[7:]}"
    return rng.choice((number, number, int(number), grouped, f"+86 {number}", _wide(number)))


# --- files -----------------------------------------------------------------------------------------------------------


def _write_file(
    rng: random.Random,
    truth: Truth,
    path: Path,
    heads: dict[str, str],
    owner: str,
    companies: Sequence[Company],
    style: int,
) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("客户")
        line = 0
        if style % 3 != 2:
            sheet.merge_range(0, 0, 0, len(heads) - 1, f"{owner}客户资料汇总表", book.add_format({"bold": True}))
            line = 1
        if style % 2:
            sheet.write_string(line, 0, "更新日期:2026.11  请勿外传")
            line += 1
        sheet.write_row(line, 0, list(heads.values()))
        for company in companies:
            line += 1
            if rng.random() < 0.005:
                line += 1  # an empty line in between
            values, is_wrong = _texts(rng, company, heads, owner)
            for at, key in enumerate(heads):
                if values[key] is not None:
                    sheet.write(line, at, values[key])
            truth.rows.append(TrueRow(path.name, line + 1, company.number, str(values["name"]), is_wrong))
        if style % 2 == 0:
            sheet.write_row(line + 1, 0, ["合计", len(companies)])
            sheet.write_string(line + 2, 0, f"制表:{owner}")
