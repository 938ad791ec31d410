"""A plan's values in words."""

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.lib import moments, numerals
from evergrow.success.plans import course
from evergrow.success.plans.models import Plan, PlanUnit, Tolerance

if TYPE_CHECKING:
    from evergrow.success.plans.reading import Row


def say(plan: Plan, value: float | None) -> str:
    """A value with its unit, in full: ``85.5%``, ``¥12,000``, ``12 customers``; ``—`` where there is none."""
    language = get_language() or "en"
    if value is None:
        return numerals.UNKNOWN
    if plan.unit == PlanUnit.PERCENT:
        return numerals.number(value, language, 0 if value == round(value) else 1) + "%"
    if plan.unit == PlanUnit.MONEY:
        return numerals.money(round(value), plan.workspace.currency, language)
    text = numerals.number(value, language)
    return f"{text} {plan.unit_word}" if plan.unit_word else text


def say_gap(plan: Plan, gap: float | None) -> str:
    """A difference of two values with its sign: ``−3 pp``, ``+¥1,200``."""
    language = get_language() or "en"
    if gap is None:
        return numerals.UNKNOWN
    if plan.unit == PlanUnit.PERCENT:
        return numerals.points(gap / 100, language)
    if plan.unit == PlanUnit.MONEY:
        return numerals.signed(round(gap), language)
    return numerals.signed(gap, language)


def rule(plan: Plan) -> str:
    """The deviation rule as a sentence."""
    facts = {"n": plan.in_a_row, "days": plan.retro_days, "by": tolerance(plan)}
    return (
        _("More than %(by)s behind for %(n)s weeks in a row calls for a retrospective within %(days)s working days.")
        % facts
    )


def tolerance(plan: Plan) -> str:
    """How far a value may be behind: ``10%`` of what is expected, or in the plan's unit."""
    language = get_language() or "en"
    if plan.tolerance_kind == Tolerance.PERCENT:
        return numerals.number(plan.tolerance, language) + "%"
    if plan.unit == PlanUnit.PERCENT:
        return _("%(n)s percentage points") % {"n": numerals.number(plan.tolerance, language)}
    return say(plan, plan.tolerance)


def sentence(row: "Row") -> str:
    """Where the plan stands against its way, in a sentence."""
    plan, latest = row.plan, row.standing.latest
    if latest is None or latest.value is None or latest.expected is None:
        return _("No value is known yet, so nothing can be said of the way.")
    facts = {
        "value": say(plan, latest.value),
        "day": moments.day_text(latest.on, row.today, get_language() or "en"),
        "expected": say(plan, latest.expected),
        "gap": say_gap(plan, latest.value - latest.expected),
    }
    gap = course.behind(plan, latest.value, latest.expected)
    if gap > 1e-9:
        return _("%(value)s on %(day)s: %(gap)s against the %(expected)s expected by then, so behind.") % facts
    if gap < -1e-9:
        return _("%(value)s on %(day)s: %(gap)s against the %(expected)s expected by then, so ahead.") % facts
    return _("%(value)s on %(day)s, just as expected.") % facts
