"""JSON or an address → FunnelQuestion, and back. Both doors lead through ``from_data``, so both name the same parts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from evergrow.insight import conditions, facts
from evergrow.insight import reading_parts as parts
from evergrow.insight.conditions import LONGEST
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel import groups
from evergrow.insight.funnel.question import (
    FEWEST_STEPS,
    KIND,
    LARGEST_TOP,
    MOST_EXCLUSIONS,
    MOST_STEPS,
    VERSION,
    Attribution,
    Counting,
    Exclusion,
    FunnelQuestion,
    Order,
    Split,
    Start,
    Step,
    Subject,
    Unit,
    Window,
)
from evergrow.insight.period import Interval

PARTS = {
    "kind",
    "version",
    "steps",
    "subject",
    "order",
    "start",
    "counting",
    "window",
    "range",
    "exclusions",
    "drops_subject",
    "hold",
    "filters",
    "split",
    "against",
    "versus",
    "over",
}
LONGEST_WINDOW: dict[Unit, int] = {
    Unit.MINUTE: 527_040,
    Unit.HOUR: 8_784,
    Unit.DAY: 366,
    Unit.WEEK: 53,
    Unit.MONTH: 24,
}


def from_data(raw: Any) -> FunnelQuestion:
    """Read a question's JSON form. What is left out takes its default; steps must be given.

    Raises BadQuestion at the first part that cannot be understood; unknown parts are refused, never ignored.
    """
    raw = parts.named_parts(raw, PARTS, _("A funnel has no such part."))
    if raw.get("kind", KIND) != KIND:
        raise BadQuestion("kind", _("This is not a funnel question."))
    if raw.get("version", VERSION) != VERSION:
        raise BadQuestion("version", _("Only version %(version)s of funnel questions is known.") % {"version": VERSION})
    steps = _steps(raw.get("steps", []))
    default = FunnelQuestion(steps)
    against, over = raw.get("against"), raw.get("over")
    question = FunnelQuestion(
        steps=steps,
        subject=parts.choice(Subject, raw.get("subject", default.subject), "subject"),
        order=parts.choice(Order, raw.get("order", default.order), "order"),
        start=parts.choice(Start, raw.get("start", default.start), "start"),
        counting=parts.choice(Counting, raw.get("counting", default.counting), "counting"),
        window=_window(raw.get("window", {})),
        range=parts.days(raw["range"]) if "range" in raw else default.range,
        exclusions=_exclusions(raw.get("exclusions", []), len(steps)),
        drops_subject=parts.truth(raw.get("drops_subject", False), "drops_subject"),
        hold=parts.text(raw.get("hold", ""), "hold", LONGEST),
        filters=parts.filters(raw.get("filters", []), "filters"),
        split=_split(raw.get("split"), len(steps)),
        against=None if against is None else parts.filters(against, "against"),
        versus=groups.parse(raw.get("versus")),
        over=parts.choice(Interval, over, "over", parts.INTERVALS) if over else None,
    )
    _check(question)
    return question


def _steps(raw: Any) -> tuple[Step, ...]:
    if not isinstance(raw, list) or not FEWEST_STEPS <= len(raw) <= MOST_STEPS:
        raise BadQuestion(
            "steps",
            _("A funnel has from %(fewest)s to %(most)s steps.") % {"fewest": FEWEST_STEPS, "most": MOST_STEPS},
        )
    return tuple(_step(each, f"steps.{place}", 0 < place < len(raw) - 1) for place, each in enumerate(raw))


def _step(raw: Any, part: str, may_be_optional: bool) -> Step:
    if not isinstance(raw, Mapping) or not set(raw) <= {"event", "filters", "is_optional"} or "event" not in raw:
        raise BadQuestion(part, _("A step has “event”, “filters” and “is_optional”."))
    event = parts.text(raw["event"], f"{part}.event")
    is_optional = parts.truth(raw.get("is_optional", False), f"{part}.is_optional")
    if is_optional and not may_be_optional:
        raise BadQuestion(f"{part}.is_optional", _("The first and the last step cannot be left out."))
    return Step(event, parts.filters(raw.get("filters", []), f"{part}.filters"), is_optional)


def _window(raw: Any) -> Window:
    if not isinstance(raw, Mapping) or not set(raw) <= {"count", "unit"}:
        raise BadQuestion("window", _("A window has “count” and “unit”."))
    unit = parts.choice(Unit, raw.get("unit", Unit.DAY), "window.unit")
    return Window(parts.whole_number(raw.get("count", Window().count), "window.count", 1, LONGEST_WINDOW[unit]), unit)


def _exclusions(raw: Any, size: int) -> tuple[Exclusion, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_EXCLUSIONS:
        raise BadQuestion("exclusions", _("At most %(most)s events may be excluded.") % {"most": MOST_EXCLUSIONS})
    return tuple(_exclusion(each, f"exclusions.{place}", size) for place, each in enumerate(raw))


def _exclusion(raw: Any, part: str, size: int) -> Exclusion:
    if not isinstance(raw, Mapping) or not set(raw) <= {"event", "filters", "after", "before"} or "event" not in raw:
        raise BadQuestion(part, _("An exclusion has “event”, “filters”, “after” and “before”."))
    after = parts.whole_number(raw.get("after", 1), f"{part}.after", 1, size - 1)
    before = parts.whole_number(raw.get("before", size), f"{part}.before", 2, size)
    if before <= after:
        raise BadQuestion(f"{part}.before", _("An excluded event lies between a step and a later one."))
    filters = parts.filters(raw.get("filters", []), f"{part}.filters")
    return Exclusion(parts.text(raw["event"], f"{part}.event"), filters, after, before)


def _split(raw: Any, size: int) -> Split | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or not set(raw) <= {"by", "top", "attribution", "step"}:
        raise BadQuestion("split", _("A breakdown has “by”, “top”, “attribution” and “step”."))
    attribution = parts.choice(Attribution, raw.get("attribution", Attribution.FIRST), "split.attribution")
    step = parts.whole_number(raw.get("step", 1), "split.step", 1, size)
    return Split(
        by=conditions.parse_topic(raw.get("by"), "split.by", facts.keys()),
        top=parts.whole_number(raw.get("top", 5), "split.top", 1, LARGEST_TOP),
        attribution=attribution,
        step=step if attribution is Attribution.STEP else 1,
    )


def _check(question: FunnelQuestion) -> None:
    """Refuse what has no meaning together, and say why."""
    is_ordered = question.order is Order.ORDERED
    if question.order is Order.STRICT and question.exclusions:
        raise BadQuestion("exclusions", _("With strict steps every other event ends a try already."))
    if question.order is Order.ANY and any(step.is_optional for step in question.steps):
        raise BadQuestion("steps", _("In any order no step can be left out: fewer steps are counted as well."))
    if question.order is Order.ANY and question.counting is Counting.TOTALS:
        raise BadQuestion("counting", _("In any order a try has no first step, so only subjects can be counted."))
    if question.drops_subject and not (is_ordered and question.counting is Counting.UNIQUE):
        raise BadQuestion("drops_subject", _("Only ordered funnels that count subjects once can leave them out."))
    by_value = question.split is not None and question.split.attribution is Attribution.ALL
    if question.subject is Subject.SESSIONS and (question.hold or by_value):
        raise BadQuestion("hold", _("A session cannot be parted by the value of a property."))
    if question.versus and question.split is None and any(each.kind == "part" for each in question.versus):
        raise BadQuestion("versus", _("Break the funnel down to compare two of its parts."))
    if question.hold and by_value:
        raise BadQuestion("hold", _("Either hold a property constant, or count each value as a funnel of its own."))


def as_data(question: FunnelQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    split = question.split
    return {
        "kind": KIND,
        "version": VERSION,
        **{part: str(getattr(question, part)) for part in ("subject", "order", "start", "counting")},
        "steps": [
            {"event": step.event, "filters": parts.filters_data(step.filters), "is_optional": step.is_optional}
            for step in question.steps
        ],
        "window": {"count": question.window.count, "unit": str(question.window.unit)},
        "range": parts.days_data(question.range),
        "exclusions": [
            {
                "event": each.event,
                "filters": parts.filters_data(each.filters),
                "after": each.after,
                "before": each.before,
            }
            for each in question.exclusions
        ],
        "drops_subject": question.drops_subject,
        "hold": question.hold,
        "filters": parts.filters_data(question.filters),
        "split": split
        and {"by": str(split.by), "top": split.top, "attribution": str(split.attribution), "step": split.step},
        "against": None if question.against is None else parts.filters_data(question.against),
        "versus": None if question.versus is None else [str(each) for each in question.versus],
        "over": str(question.over) if question.over else None,
    }
