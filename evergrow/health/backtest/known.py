"""Which measures can be seen as they stood on a past day, and which cannot.

A source that is not named here keeps only how things are now: what it says of a past day would know what came later,
so its measures are left out of a back-test, and the page says so.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from evergrow.lib.bilingual import Name


@dataclass(frozen=True, slots=True)
class Past:
    """``is_kept``: the source can be asked about a past day. ``caution``: what is not quite as it was, or why not."""

    is_kept: bool
    caution: Name | None = None


def _kept(en: str = "", zh: str = "") -> Past:
    return Past(True, {"en": en, "zh": zh} if en else None)


NOTHING_KEPT = Past(
    False,
    {"en": "only how it stands now is recorded, not how it stood then", "zh": "只记录当前的值，没有当时的记录"},
)

KNOWN: dict[str, Past] = {
    "active_days_28": _kept(),
    "events_per_person_week": _kept(),
    "days_since_use": _kept(),
    "features_28": _kept(),
    "usage_change_28": _kept(),
    "active_weeks_8": _kept(),
    "people_share_28": _kept(
        "the subscriptions that ran then, with their seats as they are written today",
        "按当时有效的订阅计算，席位数为其现在登记的值",
    ),
    "open_urgent_tickets": _kept(
        "a ticket's priority is the one it has now; changes of it are not recorded",
        "工单优先级取现在的值，其变更没有记录",
    ),
    "csat_180": _kept(
        "a rating counts from the day the ticket was closed; ratings of tickets without such a day are left out",
        "评分自工单关闭之日起计入；没有关闭日期的评分不计入",
    ),
    "resolution_hours_180": _kept(),
    "days_overdue": _kept(
        "missing for accounts with an invoice that was paid on an unknown day and was due by then",
        "若有发票的付款日期未知且当时已到期，则该客户此项缺失",
    ),
    "tenure_months": _kept(),
    "survey": _kept(
        "an answer counts from the day after it was given; where only a role counts, roles are those people have now",
        "回答自次日起计入；若限定角色，则按人员现在的角色计算",
    ),
    "renewal_without_contact": Past(
        False,
        {
            "en": "a subscription records only its next renewal date, and none once it has ended: a missing date"
            " would tell who was lost",
            "zh": "订阅只记录下一次续约日期，结束后即清空：缺失本身会泄露谁已流失",
        },
    ),
}


def past_of(source: str) -> Past:
    return KNOWN.get(source, NOTHING_KEPT)


def without_unknown(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with the measures that can be seen as of a past day; groups left empty are gone.

    What may be left is a card without any weight, which ``card.read`` refuses.
    """
    kept = deepcopy(dict(definition))
    groups = []
    for group in kept.get("groups", ()):
        group["measures"] = [m for m in group["measures"] if past_of(m["source"]).is_kept]
        if any(measure["weight"] for measure in group["measures"]):
            groups.append(group)
    kept["groups"] = groups
    return kept


@dataclass(frozen=True, slots=True)
class Told:
    """A measure and what a reader must know of its past; ``share`` of the card's weight (0–1)."""

    key: str
    name: Name
    share: float
    why: Name


def left_out(definition: Mapping[str, Any]) -> list[Told]:
    """The measures that a back-test leaves out, with what they weigh in the card."""
    return [told for told, past in _told(definition) if not past.is_kept]


def cautions(definition: Mapping[str, Any]) -> list[Told]:
    """The measures that are tested although not all of them is as it was."""
    return [told for told, past in _told(definition) if past.is_kept]


def _told(definition: Mapping[str, Any]) -> list[tuple[Told, Past]]:
    whole = sum(group["weight"] for group in definition["groups"]) or 1
    found = []
    for group in definition["groups"]:
        inside = sum(measure["weight"] for measure in group["measures"]) or 1
        for measure in group["measures"]:
            past = past_of(measure["source"])
            share = group["weight"] / whole * measure["weight"] / inside
            if share and past.caution is not None:
                found.append((Told(measure["key"], measure["name"], share, past.caution), past))
    return found
