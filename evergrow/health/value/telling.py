"""The words about lifetime value: how it came about, and why there is none."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from evergrow.health.value.models import AccountValue, Method, ValueSettings
from evergrow.health.value.months import DAYS_PER_MONTH
from evergrow.lib import numerals


def why(found: AccountValue, settings: ValueSettings, currency: str, language: str) -> str:
    """One sentence: what the account's value stands on."""
    if found.method == Method.PURCHASES:
        return _(
            "Bought %(times)s times, the last %(quiet)s days ago: with %(alive)s it still buys, and %(expected)s "
            "purchases of %(spend)s each are expected within %(months)s months."
        ) % {
            "times": numerals.number(found.facts["repeats"] + 1, language),
            "quiet": numerals.number(found.facts["age"] - found.facts["recency"], language),
            "alive": numerals.percent(found.alive, language),
            "expected": numerals.number(found.expected, language, 1),
            "spend": numerals.short_money(found.monthly, currency, language),
            "months": settings.horizon,
        }
    if found.method == Method.CONTRACTS:
        return _(
            "%(margin)s of margin a month, paying for %(tenure)s months: %(stays)s of such customers are still there "
            "%(ahead)s months from now."
        ) % {
            "margin": numerals.short_money(found.monthly, currency, language),
            "tenure": numerals.number(round(found.facts["tenure"] / DAYS_PER_MONTH), language),
            "stays": numerals.percent(found.alive, language),
            "ahead": numerals.number(round(found.months or 0), language),
        }
    return _("%(margin)s of margin a month, by the churn of all customers.") % {
        "margin": numerals.short_money(found.monthly, currency, language)
    }


def problem(learned: Mapping[str, Any]) -> str:
    """Why there are no values, and what would help; "" where there are."""
    match learned.get("problem"):
        case "few_contracts":
            return _(
                "%(customers)s customers with contracts, of whom %(ended)s have left, are too few to know how long "
                "customers stay. It takes 30, of whom 5 left: import older subscriptions, also ended ones."
            ) % {"customers": learned["customers"], "ended": learned["ended"]}
        case "few_purchases":
            return _(
                "%(customers)s customers, of whom %(repeaters)s bought again, are too few to know how customers buy. "
                "It takes 50, of whom 20 bought again: import older invoices, or choose the event of a purchase."
            ) % {"customers": learned["customers"], "repeaters": learned["repeaters"]}
        case "no_mean":
            return _(
                "What customers spend is spread so widely that it has no mean. Look for purchases of a much larger "
                "amount than all others, which may be typing errors."
            )
        case "no_churn":
            return _(
                "Nobody left in the last 12 months. The formula divides by churn, and without any it would promise "
                "riches. Choose the method by contracts."
            )
    return ""


def notes(learned: Mapping[str, Any], language: str) -> list[str]:
    """What to bear in mind."""
    found = []
    if learned.get("is_bounded") is False:
        found.append(
            _("The data do not bound all parameters, so no intervals are shown; the order of the values still holds.")
        )
    correlation = learned.get("correlation")
    if correlation is not None and abs(correlation) > 0.3:
        found.append(
            _("Spend and frequency go together (correlation %(found)s); the model takes them to be apart.")
            % {"found": numerals.number(correlation, language, 2)}
        )
    return found
