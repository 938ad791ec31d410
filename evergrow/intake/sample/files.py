"""The files of the sample as they are imported: every date moved, and the made-up columns added."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from evergrow.intake.sample.companies import Company, companies
from evergrow.intake.sample.humans import Human, humans

SEED = 20260331
SEATS = {"1-5": (1, 5), "6-20": (4, 20), "21-50": (12, 50), "51-200": (40, 160), "201+": (120, 400)}
SUBJECTS = (
    ("导出的报表缺少一列", "A column is missing in the exported report"),
    ("无法邀请同事加入", "Cannot invite a teammate"),
    ("仪表盘加载很慢", "The dashboard loads slowly"),
    ("自动化规则没有触发", "An automation did not run"),
    ("如何修改项目权限", "How do I change project permissions?"),
    ("集成连接后没有数据", "No data after connecting an integration"),
    ("登录验证码收不到", "The sign-in code does not arrive"),
    ("账单抬头需要修改", "The name on the invoice needs a change"),
    ("希望增加席位，如何计费", "How are additional seats charged?"),
    ("误删的项目能恢复吗", "Can a deleted project be restored?"),
    ("批量导入时提示格式错误", "Bulk upload says the format is wrong"),
    ("手机端图表显示不完整", "Charts are cut off on the phone"),
)


def folder() -> Path:
    return Path(settings.ROOT) / "samples" / "saas_growth"


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of the sample: what it is, which columns hold dates, and what they mean to the import."""

    file: str
    kind: str
    dates: list[str]
    columns: dict[str, str]


class Sample:
    """The sample, moved so that its last day is ``today``."""

    def __init__(self, today: date) -> None:
        declared = json.loads((folder() / "mapping.json").read_text(encoding="utf-8"))
        self.files = [SampleFile(**each) for each in declared["files"]]
        self.today = today
        self.days = (today - date.fromisoformat(declared["last_day"])).days
        self.moved = Moved(self.days)
        rows = list(self._rows("accounts.csv.gz"))
        self.accounts = {row["account_id"]: row for row in rows}
        self.companies: dict[str, Company] = companies(((r["account_id"], r["industry"]) for r in rows), SEED)
        self.people: dict[str, list[Human]] = {
            key: humans(key, self.companies[key].domain, row["country"], row["company_size"], SEED)
            for key, row in self.accounts.items()
        }
        self.plans = {row["account_id"]: row for row in self._rows("subscriptions.csv.gz")}

    def pieces(self, each: SampleFile) -> Iterator[bytes]:
        """The file as it is imported, as CSV in UTF-8."""
        add: dict[str, Callable[[], Iterator[list[str]]]] = {"people": self._people, "events": self._events}
        rows = add[each.kind]() if each.kind in add else self._table(each)
        yield from _csv(rows)

    def _rows(self, file: str) -> Iterator[dict[str, str]]:
        with gzip.open(folder() / file, "rt", encoding="utf-8", newline="") as text:
            yield from csv.DictReader(text)

    def _table(self, each: SampleFile) -> Iterator[list[str]]:
        about: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
            "accounts": self._about_account,
            "subscriptions": self._about_subscription,
            "tickets": self._about_ticket,
        }
        more = about.get(each.kind)
        yield list(each.columns)
        for row in self._rows(each.file):
            facts = row | (more(row) if more else {})
            for column in each.dates:
                facts[column] = self.moved[facts[column]]
            yield [facts[column] for column in each.columns]

    def _about_account(self, row: dict[str, str]) -> dict[str, str]:
        company = self.companies[row["account_id"]]
        plan = self.plans[row["account_id"]]["plan_name"]
        return {
            "name": company.chinese,
            "other_name": company.latin,
            "domain": company.domain,
            "tier": tier(plan, row["company_size"]),
        }

    def _about_subscription(self, row: dict[str, str]) -> dict[str, str]:
        if not row["conversion_date"]:
            return {"seats": "", "renewal_date": "", "auto_renew": ""}
        low, high = SEATS[self.accounts[row["account_id"]]["company_size"]]
        chance = chance_of("seats", row["account_id"])
        renewal = ""
        if row["status"] == "active":
            renewal = next_anniversary(date.fromisoformat(self.moved[row["conversion_date"]]), self.today).isoformat()
        automatic = "yes" if chance_of("renewal", row["account_id"]) % 10 < 6 else "no"
        return {"seats": str(low + chance % (high - low + 1)), "renewal_date": renewal, "auto_renew": automatic}

    def _about_ticket(self, row: dict[str, str]) -> dict[str, str]:
        people = self.people[row["account_id"]]
        chance = chance_of("ticket", row["ticket_id"])
        human = people[chance % len(people)]
        return {
            "user_id": human.user_id,
            "subject": SUBJECTS[chance // 7 % len(SUBJECTS)][0 if human.is_chinese else 1],
        }

    def _people(self) -> Iterator[list[str]]:
        yield ["user_id", "account_id", "name", "email", "title", "influence", "is_key"]
        for account, people in self.people.items():
            for p in people:
                yield [p.user_id, account, p.name, p.email, p.title, p.influence, "yes" if p.is_key else "no"]

    def _events(self) -> Iterator[list[str]]:
        """Each event gets one of its account's people; the first ones do more, as in life."""
        users = {account: [human.user_id for human in people] for account, people in self.people.items()}
        yield ["event_id", "account_id", "event_timestamp", "event_name", "user_id"]
        with gzip.open(folder() / "product_events.csv.gz", "rt", encoding="utf-8", newline="") as text:
            rows = csv.reader(text)
            next(rows)
            for event, account, day, name in rows:
                own = users[account]
                chance = zlib.crc32(event.encode())
                place = min(chance % len(own), (chance >> 8) % len(own)) if len(own) > 1 else 0
                yield [event, account, self.moved[day], name, own[place]]


class Moved(dict[str, str]):
    """ISO dates moved by a number of days; no date stays none."""

    def __init__(self, days: int) -> None:
        super().__init__({"": ""})
        self.days = timedelta(days=days)

    def __missing__(self, day: str) -> str:
        self[day] = (date.fromisoformat(day) + self.days).isoformat()
        return self[day]


def tier(plan: str, size: str) -> str:
    """Strategic: the largest plan at the largest companies; VIP: the rest of it, and Pro from 51 people up."""
    if plan == "Business":
        return "strategic" if size == "201+" else "vip"
    return "vip" if plan == "Pro" and size in ("51-200", "201+") else "general"


def next_anniversary(start: date, today: date) -> date:
    """The first yearly return of ``start`` that is not before ``today``; 29 February returns on 1 March."""
    for year in range(max(start.year + 1, today.year), today.year + 3):
        try:
            found = start.replace(year=year)
        except ValueError:
            found = date(year, 3, 1)
        if found >= today:
            return found
    raise ValueError(f"{start} has no anniversary within two years of {today}.")


def chance_of(*words: str) -> int:
    """A number that looks random and is always the same for the same words."""
    return zlib.crc32("\x1f".join((str(SEED), *words)).encode())


def _csv(rows: Iterable[list[str]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer: Any = csv.writer(buffer)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > 1 << 20:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
