"""Made-up people: names by country, job titles, influence, and an address at their company."""

import random
from typing import NamedTuple

from evergrow.intake.sample.pairs import pairs

SURNAMES = pairs(
    """
    王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao 吴 wu 周 zhou 徐 xu 孙 sun 马 ma 朱 zhu 胡
    hu 郭 guo 何 he 林 lin 高 gao 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang 许 xu 韩 han 冯 feng 邓
    deng 曹 cao
    """
)
GIVEN = pairs(
    """
    静 jing 怡 yi 浩 hao 然 ran 雨 yu 欣 xin 子 zi 涵 han 明 ming 轩 xuan 佳 jia 琪 qi 俊 jun 杰 jie 晓 xiao
    雯 wen 志 zhi 远 yuan 思 si 宁 ning 文 wen 博 bo 若 ruo 曦 xi 嘉 jia 豪 hao 梦 meng 瑶 yao 天 tian 宇 yu
    诗 shi 敏 min
    """
)
FIRST_NAMES = (
    "Olivia", "Liam", "Emma", "Noah", "Charlotte", "James", "Amelia", "William", "Sophia", "Henry", "Ava", "Lucas",
    "Isla", "Oliver", "Mia", "Jack", "Grace", "Thomas", "Chloe", "Daniel", "Ruby", "Samuel", "Ella", "Benjamin", "Zoe",
    "Ethan", "Hannah", "Adam", "Lucy", "Nathan", "Priya", "Arjun", "Sofia", "Mateo", "Fatima", "Omar", "Nina", "Felix",
    "Clara", "Hugo", "Alice", "Leo", "Maya", "Owen", "Freya", "Isaac", "Julia", "Marcus", "Tessa", "Victor",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Brown", "Wilson", "Taylor", "Anderson", "Martin", "Thompson", "White", "Walker", "Clarke", "Hughes",
    "Edwards", "Green", "Hall", "Wood", "Harris", "Lewis", "Robinson", "Campbell", "Stewart", "Murphy", "Kelly", "Reed",
    "Cooper", "Bailey", "Morgan", "Bell", "Foster", "Gray", "Patel", "Singh", "Khan", "Nguyen", "Tremblay", "Gagnon",
    "Roy", "Cote", "Fraser", "Reid", "Garcia", "Lopez", "Rossi", "Novak", "Fischer", "Jensen", "Hayes", "Brooks",
    "Ward", "Price", "Doyle",
)  # fmt: skip
CHINESE_SHARE = {"Canada": 0.35, "Australia": 0.35, "United States": 0.25, "United Kingdom": 0.2}
PEOPLE = {"1-5": (1, 2), "6-20": (1, 3), "21-50": (2, 4), "51-200": (3, 5), "201+": (4, 6)}
ROLES = ("decides", "uses", "influences", "pays", "uses", "uses")
TITLES = {
    "decides": (("总经理", "Managing Director"), ("运营总监", "Head of Operations"), ("创始人", "Founder")),
    "uses": (("运营专员", "Operations Specialist"), ("项目经理", "Project Manager"), ("数据分析师", "Data Analyst")),
    "influences": (("信息化主管", "IT Lead"), ("产品经理", "Product Manager"), ("团队主管", "Team Lead")),
    "pays": (("财务经理", "Finance Manager"), ("采购经理", "Procurement Manager"), ("行政经理", "Office Manager")),
}


class Human(NamedTuple):
    user_id: str
    name: str
    email: str
    title: str
    influence: str
    is_key: bool

    @property
    def is_chinese(self) -> bool:
        return not self.name.isascii()


def humans(account: str, domain: str, country: str, size: str, seed: int) -> list[Human]:
    """The people of an account, the decider first; one to six of them, more at larger companies."""
    chance = random.Random(f"{seed} {account}")  # noqa: S311
    made: list[Human] = []
    taken: set[str] = set()
    for place in range(chance.randint(*PEOPLE[size])):
        is_chinese = chance.random() < CHINESE_SHARE[country]
        name, local = _chinese(chance) if is_chinese else _latin(chance)
        while local in taken:
            local += str(place + 1)
        taken.add(local)
        role = ROLES[place]
        title = chance.choice(TITLES[role])[0 if is_chinese else 1]
        made.append(Human(f"{account}-{place + 1}", name, f"{local}@{domain}", title, role, place == 0))
    return made


def _chinese(chance: random.Random) -> tuple[str, str]:
    surname, first, second = chance.choice(SURNAMES), chance.choice(GIVEN), chance.choice(GIVEN)
    if first == second or chance.random() < 0.2:
        return surname[0] + first[0], f"{first[1]}.{surname[1]}"
    return surname[0] + first[0] + second[0], f"{first[1]}{second[1]}.{surname[1]}"


def _latin(chance: random.Random) -> tuple[str, str]:
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    return f"{first} {last}", f"{first}.{last}".lower()
