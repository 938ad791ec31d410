"""The form of a rule: what was typed as a definition, and a definition as what to type. Nothing is decided here."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from evergrow.customers.criteria import posted
from evergrow.lib.digits import row_id

Data = dict[str, Any]
LEVELS = ("3", "2", "1")
WHOLE = re.compile(r"[0-9]{1,18}")


def typed(post: QueryDict) -> Data:
    """The definition that a posted form says; whether it can be is asked of ``definition.read``."""
    way, subject = post.get("way", "meets"), post.get("subject", "account")
    found: Data = {
        "subject": subject,
        "way": way,
        "criteria": posted.raw(post) or {},
        "severity": _severity(post),
        "reason": _text(post, "reason"),
        "evidence": [line for n in range(3) if (line := _text(post, f"evidence_{n}"))],
        "owner": _given(
            rule=post.get("owner", "csm"),
            member=_number(post, "owner_member"),
            fallback=post.get("fallback", "manager"),
            fallback_member=_number(post, "fallback_member"),
        ),
        "due_days": post.get("due_days", "3"),
        "cool_down": _given(
            days=post.get("cool_down_days", "14"),
            then=post.get("again", "suppress"),
            false_positive_days=post.get("false_positive_days", "60"),
        ),
        "clear_after": post.get("clear_after", "3"),
        "most_a_day": post.get("most_a_day", "200"),
        "playbook": post.get("playbook", ""),
    }
    if way == "change":
        found["change"] = _change(post)
    if way == "silence":
        found["silence"] = _given(
            what=post.get("silence_what", "event"),
            event=post.get("silence_event", ""),
            n=post.get("silence_n", "14"),
            unit=post.get("silence_unit", "days"),
        ) | {"only_after": "only_after" in post}
    if subject == "contract":
        found["contract"] = _contract(post)
    if subject == "product":
        share = post.get("product_share", "")
        found["product"] = _given(least=post.get("product_least", "1"), share=_share(share))
    whole: Data = numbered(found)
    return whole


def names(post: QueryDict) -> dict[str, str]:
    return {"zh": post.get("name_zh", ""), "en": post.get("name_en", "")}


def numbered(value: Any) -> Any:
    """The same with texts that are whole numbers as numbers, where a number is meant."""
    keys = ("due_days", "clear_after", "most_a_day", "days", "false_positive_days", "n", "least", "ends_within")
    if isinstance(value, Mapping):
        return {
            key: int(each) if key in keys and WHOLE.fullmatch(str(each).strip()) else numbered(each)
            for key, each in value.items()
        }
    return value


def _change(post: QueryDict) -> Data:
    is_event = post.get("change_of") == "event"
    return _given(
        how=post.get("change_how", "to"),
        trait="" if is_event else post.get("change_trait", ""),
        event=post.get("change_event", "") if is_event else "",
        days=post.get("change_days", "7"),
        percent=post.get("change_percent", ""),
        before=lines(post.get("change_before", "")),
        after=lines(post.get("change_after", "")),
    )


def _contract(post: QueryDict) -> Data:
    renews = {"yes": True, "no": False}.get(post.get("contract_renews", ""))
    found = _given(
        plans=lines(post.get("contract_plans", "")),
        ends_within=post.get("contract_within", ""),
        least_mrr=post.get("contract_mrr", ""),
    )
    return found | ({} if renews is None else {"auto_renews": renews})


def _severity(post: QueryDict) -> Data:
    by = post.get("severity_by", "")
    found: Data = {"by": by, "otherwise": _level(post.get("severity", "2"))}
    if by == "tier":
        prefix = "tier_"
        found["tiers"] = {
            key[len(prefix) :]: _level(post.get(key, "")) for key in post if key.startswith(prefix) and post[key]
        }
    if by == "amount":
        steps = [(post.get(f"amount_{level}", "").strip(), int(level)) for level in ("3", "2")]
        found["steps"] = [[amount, level] for amount, level in steps if amount]
    return found


def lines(text: str) -> list[str]:
    """Values written on a line each, or with commas between."""
    return [part.strip() for part in text.replace("，", ",").replace("\n", ",").split(",") if part.strip()]


def _text(post: QueryDict, name: str) -> dict[str, str]:
    found = {code: post.get(f"{name}_{code}", "").strip() for code in ("zh", "en")}
    return {code: text for code, text in found.items() if text}


def _given(**facts: Any) -> Data:
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def _number(post: QueryDict, name: str) -> int | None:
    return row_id(post.get(name, "")) or None


def _level(text: str) -> int:
    return int(text) if text in LEVELS else 2


def _share(text: str) -> float | str:
    try:
        return float(text) / 100 if text else ""
    except ValueError:
        return "?"
