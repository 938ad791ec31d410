"""Made-up companies: a Chinese and a Latin name that mean the same, and an address below .example."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from evergrow.intake.sample.pairs import pairs

FIRST = pairs(
    """
    蓝 Blue 银 Silver 北 North 南 South 青 Green 晨 Dawn 云 Cloud 金 Golden 远 Far 明 Bright 海 Sea 雪
    Snow 星 Star 月 Moon 红 Red 白 White 长 Long 新 New 高 High 清 Clear 秋 Autumn 春 Spring 夏 Summer 风
    Wind 雨 Rain 松 Pine 枫 Maple 竹 Bamboo 橡 Oak 橙 Orange 铁 Iron 石 Stone 玉 Jade 琥 Amber 鹿 Deer 鹤
    Crane 鹰 Eagle 狐 Fox 燕 Swallow 麦 Wheat
    """
)
SECOND = pairs(
    """
    峰 peak 河 river 桥 bridge 帆 sail 林 wood 港 harbour 岸 shore 谷 valley 原 field 泉 spring 湖 lake 岭
    ridge 湾 bay 岛 isle 溪 brook 塔 tower 门 gate 庭 court 园 garden 山 hill 崖 cliff 路 way 光 light 石
    stone 叶 leaf 羽 feather 角 horn 田 acre 渡 ford 舟 boat 城 town 堡 castle 磨 mill 炉 forge 钟 bell 窗
    window 锚 anchor 灯 lamp 翼 wing 木 tree
    """
)
TRADES = {
    "Professional Services": (("咨询", "Consulting"), ("顾问", "Advisors"), ("事务所", "Partners")),
    "Healthcare": (("医疗", "Health"), ("诊所", "Clinic"), ("康护", "Care")),
    "Technology": (("科技", "Technology"), ("软件", "Software"), ("数据", "Data")),
    "Retail": (("零售", "Retail"), ("商贸", "Trading"), ("百货", "Stores")),
    "Home Services": (("家政", "Home Services"), ("装修", "Renovation"), ("物业", "Property Care")),
    "Education": (("教育", "Education"), ("学堂", "Academy"), ("培训", "Training")),
}


class Company(NamedTuple):
    chinese: str
    latin: str
    domain: str


def companies(industries: Iterable[tuple[str, str]], seed: int) -> dict[str, Company]:
    """A company for each ``(account id, industry)``, no two alike; the same for the same seed and accounts."""
    by_industry: dict[str, list[str]] = {}
    for account, industry in industries:
        by_industry.setdefault(industry, []).append(account)
    made: dict[str, Company] = {}
    for industry, accounts in sorted(by_industry.items()):
        names = [_company(first, second, trade) for first in FIRST for second in SECOND for trade in TRADES[industry]]
        chance = random.Random(f"{seed} {industry}")  # noqa: S311
        made |= dict(zip(sorted(accounts), chance.sample(names, len(accounts)), strict=True))
    return made


def _company(first: tuple[str, str], second: tuple[str, str], trade: tuple[str, str]) -> Company:
    latin = f"{first[1]}{second[1]} {trade[1]}"
    return Company(f"{first[0]}{second[0]}{trade[0]}", latin, f"{latin.replace(' ', '').lower()}.example")
