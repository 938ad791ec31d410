"""What a plan can be measured by: said in words, offered in forms, read from JSON and checked.

entered   ``{"source": "entered"}``: a colleague or a program writes the value down
revenue   ``{"source": "revenue", "measure": "nrr"}``: see ``REVENUE``
health    ``{"source": "health", "measure": "score"}``: see ``HEALTH``
observed  ``{"source": "observed", "measure": "active_days_28", "how": "mean"}``: what scorecards observe of accounts
trait     ``{"source": "trait", "trait": "nps", "how": "sum"}``: a number that accounts carry
question  ``{"source": "question", "question": 12}``: a saved trend (its total) or funnel (its conversion)

All but the first and the last may be narrowed to a segment of accounts: ``"segment": "strategic"`` (its key).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.criteria import catalogue
from evergrow.customers.models import Segment
from evergrow.health import answers
from evergrow.health.sources import SOURCES
from evergrow.health.units import Unit
from evergrow.insight.errors import BadQuestion
from evergrow.insight.saved import access as saved
from evergrow.insight.saved.models import SavedQuestion
from evergrow.lib import bilingual
from evergrow.lib.digits import row_id
from evergrow.success.plans.errors import BadMetric
from evergrow.success.plans.models import PlanUnit
from evergrow.workspaces.models import Member, Workspace

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Known:
    """A number that every workspace has: its name, unit, and how it comes about."""

    name: Words
    unit: PlanUnit
    formula: Words


REVENUE: dict[str, Known] = {
    "mrr": Known(
        pgettext_lazy("metric", "MRR"),
        PlanUnit.MONEY,
        gettext_lazy("recurring revenue of a month at the end of the day"),
    ),
    "paying": Known(
        gettext_lazy("Paying accounts"),
        PlanUnit.NUMBER,
        gettext_lazy("accounts with recurring revenue at the end of the day"),
    ),
    "nrr": Known(
        gettext_lazy("NRR, 12 months"),
        PlanUnit.PERCENT,
        gettext_lazy(
            "what the accounts that paid twelve months before pay now, expansion included ÷ what they paid then"
        ),
    ),
    "grr": Known(
        gettext_lazy("GRR, 12 months"),
        PlanUnit.PERCENT,
        gettext_lazy("the same, no account counted above what it paid twelve months before"),
    ),
    "logos": Known(
        gettext_lazy("Logo retention, 12 months"),
        PlanUnit.PERCENT,
        gettext_lazy("accounts that paid twelve months before and never stopped since ÷ accounts that paid then"),
    ),
}
HEALTH: dict[str, Known] = {
    "score": Known(
        gettext_lazy("Mean health score"),
        PlanUnit.NUMBER,
        gettext_lazy("mean of the scores of paying accounts that have enough data for a band"),
    ),
    "healthy": Known(
        gettext_lazy("Share of healthy accounts"),
        PlanUnit.PERCENT,
        gettext_lazy("paying accounts in the band “healthy” ÷ paying accounts with enough data for a band"),
    ),
    "risk": Known(
        gettext_lazy("Accounts at risk"), PlanUnit.NUMBER, gettext_lazy("paying accounts in the band “at risk”")
    ),
    "risk_mrr": Known(
        gettext_lazy("MRR at risk"), PlanUnit.MONEY, gettext_lazy("MRR of the paying accounts in the band “at risk”")
    ),
}
HOW: dict[str, Words] = {
    "mean": pgettext_lazy("metric", "mean of paying accounts"),
    "sum": pgettext_lazy("metric", "sum of paying accounts"),
}
PERCENT_UNITS = (Unit.SHARE, Unit.CHANGE, Unit.FLAG)
MISSING: dict[str, Words] = {
    "not_entered": pgettext_lazy("no value", "nobody has entered it"),
    "not_kept": pgettext_lazy("no value", "what it was then is not kept, and Evergrow did not run on the day after"),
    "no_revenue": pgettext_lazy("no value", "no revenue is known"),
    "no_cohort": pgettext_lazy("no value", "no account paid twelve months before"),
    "nobody": pgettext_lazy("no value", "no account has a value"),
    "no_scores": pgettext_lazy("no value", "no score was computed around that day"),
    "source_gone": pgettext_lazy("no value", "what it is measured by is not there any more"),
    "store_down": pgettext_lazy("no value", "the event store did not answer"),
}


def unit_of(workspace: Workspace, metric: Mapping[str, Any]) -> PlanUnit | None:
    """The unit that the metric's values come in; None where the plan says it (entered, traits)."""
    match metric.get("source"):
        case "revenue":
            return REVENUE[metric["measure"]].unit
        case "health":
            return HEALTH[metric["measure"]].unit
        case "observed":
            return PlanUnit.PERCENT if SOURCES[metric["measure"]].unit in PERCENT_UNITS else PlanUnit.NUMBER
        case "question":
            found = question_of(workspace, metric)
            return PlanUnit.PERCENT if found is not None and found.kind == "funnel" else PlanUnit.NUMBER
    return None


def name_of(workspace: Workspace, metric: Mapping[str, Any]) -> str:
    """What it is measured by, in a few words."""
    language = get_language() or "en"
    match metric.get("source"):
        case "revenue":
            name = str(REVENUE[metric["measure"]].name)
        case "health":
            name = str(HEALTH[metric["measure"]].name)
        case "observed":
            name = bilingual.pick(SOURCES[metric["measure"]].name, language)
        case "trait":
            name = dict(traits(workspace)).get(metric["trait"], metric["trait"])
        case "question":
            found = question_of(workspace, metric)
            return str(found) if found else _("a saved question that is gone")
        case _:
            return _("Entered by hand")
    return f"{name} · {narrowed}" if (narrowed := segment_name(workspace, metric)) else name


def formula_of(metric: Mapping[str, Any]) -> str:
    """How the value comes about."""
    language = get_language() or "en"
    match metric.get("source"):
        case "revenue":
            return str(REVENUE[metric["measure"]].formula)
        case "health":
            return str(HEALTH[metric["measure"]].formula)
        case "observed":
            told = bilingual.pick(SOURCES[metric["measure"]].formula, language)
            return f"{HOW[metric['how']]}: {told}"
        case "trait":
            return _("%(how)s: the number in the trait “%(trait)s”") % {
                "how": HOW[metric["how"]],
                "trait": metric["trait"],
            }
        case "question":
            return _("the total of the saved trend, or the conversion of the saved funnel, over all accounts")
    return _("the value that was entered for the week")


def segment_name(workspace: Workspace, metric: Mapping[str, Any]) -> str:
    if not metric.get("segment"):
        return ""
    found = Segment.objects.filter(workspace=workspace, key=metric["segment"]).first()
    return found.called(get_language() or "en") if found else str(metric["segment"])


def question_of(workspace: Workspace, metric: Mapping[str, Any]) -> SavedQuestion | None:
    return SavedQuestion.objects.filter(workspace=workspace, number=int(metric.get("question") or 0)).first()


def traits(workspace: Workspace) -> list[tuple[str, str]]:
    """The traits of accounts that are numbers, key and label; none while the event store does not answer."""
    try:
        known = catalogue.traits(workspace, "account")
    except warehouse.StoreUnavailable:
        return []
    return [(each.info.key, str(each.info.label)) for each in known if each.info.type == "number"]


def questions(member: Member) -> list[SavedQuestion]:
    """The saved trends and funnels that a member may see."""
    seen = set(saved.visible(member).values_list("pk", flat=True))
    return [each for each in answers.questions(member.workspace) if each.pk in seen]


def offered(member: Member) -> list[tuple[Words, list[tuple[str, Words]]]]:
    """Everything to choose from, in groups, each by the text that ``from_choice`` reads."""
    workspace, language = member.workspace, get_language() or "en"
    groups: list[tuple[Words, list[tuple[str, Words]]]] = [
        (pgettext_lazy("metric", "By hand"), [("entered", gettext_lazy("Entered by hand"))]),
        (pgettext_lazy("metric", "Revenue"), [(f"revenue:{key}", each.name) for key, each in REVENUE.items()]),
        (pgettext_lazy("metric", "Health"), [(f"health:{key}", each.name) for key, each in HEALTH.items()]),
        (
            gettext_lazy("What scorecards observe of accounts"),
            [(f"observed:{key}", bilingual.pick(each.name, language)) for key, each in SOURCES.items()],
        ),
        (pgettext_lazy("metric", "Traits of accounts"), [(f"trait:{key}", label) for key, label in traits(workspace)]),
        (
            gettext_lazy("Saved questions"),
            [(f"question:{each.number}", str(each)) for each in questions(member)],
        ),
    ]
    return [group for group in groups if group[1]]


def as_choice(metric: Mapping[str, Any]) -> str:
    """The text that stands for a metric in a form."""
    what = metric.get("measure") or metric.get("trait") or metric.get("question")
    return f"{metric['source']}:{what}" if what else str(metric.get("source", ""))


def from_choice(text: str, how: str = "", segment: str = "") -> dict[str, Any]:
    """The metric that a form's text stands for; ``check`` says whether it can be measured."""
    source, _colon, what = text.partition(":")
    metric: dict[str, Any] = {"source": source}
    if source == "question":
        return {**metric, "question": row_id(what)}
    if source in ("revenue", "health", "observed"):
        metric["measure"] = what
    if source == "trait":
        metric["trait"] = what
    if source in ("observed", "trait"):
        metric["how"] = how or "mean"
    return {**metric, "segment": segment} if segment and source != "entered" else metric


def check(member: Member, raw: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The metric as it is stored. Raises BadMetric.

    A question has to be one that the member may see, unless the plan asked it ``before``.
    """
    source = raw.get("source")
    metric: dict[str, Any] = {"source": source}
    known: dict[str, Mapping[str, object]] = {"revenue": REVENUE, "health": HEALTH, "observed": SOURCES}
    if source in known:
        metric["measure"] = _one_of(raw.get("measure"), known[str(source)])
    elif source == "trait":
        if not isinstance(raw.get("trait"), str) or not raw["trait"]:
            raise BadMetric(why=_("name a trait of accounts."))
        metric["trait"] = raw["trait"][:200]
    elif source == "question":
        return _checked_question(member, raw, before)
    elif source == "entered":
        return metric
    else:
        raise BadMetric(why=_("choose what to measure by."))
    if source in ("observed", "trait"):
        metric["how"] = _one_of(raw.get("how") or "mean", HOW)
    if raw.get("segment"):
        if not Segment.objects.filter(workspace=member.workspace, kind="account", key=raw["segment"]).exists():
            raise BadMetric(why=_("there is no such segment of accounts."))
        metric["segment"] = raw["segment"]
    return metric


def _checked_question(member: Member, raw: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    metric = {"source": "question", "question": raw.get("question")}
    if before == metric:
        return metric
    number = metric["question"]
    if not isinstance(number, int) or not saved.visible(member).filter(number=number).exists():
        raise BadMetric(why=_("there is no such saved question."))
    try:
        answers.read(member.workspace, number)
    except BadQuestion as bad:
        raise BadMetric(why=bad.sentence) from bad
    return metric


def _one_of(value: object, known: Mapping[str, object]) -> str:
    if not isinstance(value, str) or value not in known:
        raise BadMetric(why=_("choose one of: %(known)s.") % {"known": ", ".join(known)})
    return value
