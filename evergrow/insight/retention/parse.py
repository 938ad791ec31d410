"""JSON or an address → RetentionQuestion, and back. Both doors lead through ``from_data``."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import reading_parts as parts
from evergrow.insight.conditions import LONGEST, Condition
from evergrow.insight.errors import BadQuestion
from evergrow.insight.reading_parts import is_asked, write_values
from evergrow.insight.retention.question import (
    KIND,
    LAST_PERIOD,
    MOST_BRACKETS,
    MOST_COLUMNS,
    MOST_TIMES,
    USUAL_BRACKETS,
    VERSION,
    Bracket,
    Clock,
    Cohorts,
    RetentionQuestion,
    Returning,
    Step,
    Subject,
)

PARTS = {
    "kind",
    "version",
    "subject",
    "start",
    "back",
    "cohorts",
    "clock",
    "interval",
    "range",
    "periods",
    "returning",
    "brackets",
    "minimum",
    "sum_of",
    "filters",
    "split",
}
BRACKET = re.compile(r"\s*(\d{1,3})\s*(?:[-–]\s*(\d{1,3})\s*)?", re.ASCII)
# What an address calls a part, where it has one value
NAMES = {
    "subject": "subject",
    "cohorts": "cohorts",
    "clock": "clock",
    "interval": "by",
    "periods": "periods",
    "returning": "returning",
    "minimum": "minimum",
    "sum_of": "sum",
}


def from_data(raw: Any) -> RetentionQuestion:
    """Read a question's JSON form. What is left out takes its default.

    Raises BadQuestion at the first part that cannot be understood; unknown parts are refused, never ignored.
    """
    raw = parts.named_parts(raw, PARTS, _("A retention question has no such part."))
    if raw.get("kind", KIND) != KIND:
        raise BadQuestion("kind", _("This is not a retention question."))
    if raw.get("version", VERSION) != VERSION:
        raise BadQuestion(
            "version", _("Only version %(version)s of retention questions is known.") % {"version": VERSION}
        )
    default = RetentionQuestion()
    returning = parts.choice(Returning, raw.get("returning", default.returning), "returning")
    return RetentionQuestion(
        subject=_subject(raw.get("subject", default.subject)),
        start=_step(raw.get("start", {}), "start"),
        back=_step(raw.get("back", {}), "back"),
        cohorts=parts.choice(Cohorts, raw.get("cohorts", default.cohorts), "cohorts"),
        clock=parts.choice(Clock, raw.get("clock", default.clock), "clock"),
        interval=parts.interval(raw.get("interval", default.interval)),
        range=parts.days(raw["range"]) if "range" in raw else default.range,
        periods=parts.whole_number(raw.get("periods", default.periods), "periods", 1, MOST_COLUMNS),
        returning=returning,
        brackets=_brackets(raw.get("brackets")) if returning is Returning.BRACKETS else (),
        minimum=parts.whole_number(raw.get("minimum", default.minimum), "minimum", 1, MOST_TIMES),
        sum_of=parts.text(raw.get("sum_of", ""), "sum_of", LONGEST),
        filters=parts.filters(raw.get("filters", []), "filters"),
        split=parts.split(raw.get("split")),
    )


def _subject(raw: Any) -> Subject:
    if raw == "sessions":
        raise BadQuestion(
            "subject",
            _("A session ends within hours and never comes back, so it has no retention. Ask for people or accounts."),
        )
    return parts.choice(Subject, raw, "subject")


def _step(raw: Any, part: str) -> Step:
    if not isinstance(raw, Mapping) or not set(raw) <= {"event", "filters"}:
        raise BadQuestion(part, _("A step has “event” and “filters”."))
    event = parts.text(raw.get("event", ""), f"{part}.event")
    return Step(event, parts.filters(raw.get("filters", []), f"{part}.filters"))


def _brackets(raw: Any) -> tuple[Bracket, ...]:
    """``[[0, 0], [1, 3]]``: each begins after the one before it ends."""
    if raw is None:
        return USUAL_BRACKETS
    wrong = BadQuestion(
        "brackets",
        _("Brackets are up to %(most)s pairs of periods, each after the one before, for example 0, 1-3, 4-7.")
        % {"most": MOST_BRACKETS},
    )
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_BRACKETS:
        raise wrong
    found: list[Bracket] = []
    for pair in raw:
        if not isinstance(pair, list) or len(pair) != 2 or any(type(number) is not int for number in pair):
            raise wrong
        bracket = Bracket(*pair)
        least = found[-1].last + 1 if found else 0
        if not least <= bracket.first <= bracket.last <= LAST_PERIOD:
            raise wrong
        found.append(bracket)
    return tuple(found)


def as_data(question: RetentionQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    by_brackets = {"brackets": [[each.first, each.last] for each in question.brackets]} if question.brackets else {}
    return {
        "kind": KIND,
        "version": VERSION,
        **{part: str(getattr(question, part)) for part in ("subject", "cohorts", "clock", "interval", "returning")},
        "start": {"event": question.start.event, "filters": parts.filters_data(question.start.filters)},
        "back": {"event": question.back.event, "filters": parts.filters_data(question.back.filters)},
        "range": parts.days_data(question.range),
        "periods": question.periods,
        **by_brackets,
        "minimum": question.minimum,
        "sum_of": question.sum_of,
        "filters": parts.filters_data(question.filters),
        "split": {"by": str(question.split.by), "top": question.split.top} if question.split else None,
    }


def from_query(query: QueryDict) -> RetentionQuestion:
    """Read the address of a retention page. Raises BadQuestion like ``from_data``."""
    return from_data(query_as_data(query))


def query_as_data(query: QueryDict) -> dict[str, Any]:
    """An address as the JSON form, unchecked. Rows of filters still without a topic or a value are left out.

    A row belongs to both events, or to the one that ``of`` beside it names.
    """
    raw: dict[str, Any] = {part: query[name] for part, name in NAMES.items() if query.get(name)}
    if (asked := parts.days_asked(query)) is not None:
        raw["range"] = asked
    if query.get("brackets"):
        raw["brackets"] = _short_brackets(str(query["brackets"]))
    rows: dict[str, list[dict[str, Any]]] = {"": [], "start": [], "back": []}
    for of, on, test, value in filter_rows(query):
        if is_asked(on, test, value):
            rows.get(of, rows[""]).append({"on": on, "is": test, "values": parts.values(value)})
    raw["filters"] = rows[""]
    raw["start"] = {"event": query.get("start", ""), "filters": rows["start"]}
    raw["back"] = {"event": query.get("back", ""), "filters": rows["back"]}
    if query.get("split"):
        raw["split"] = {"by": query["split"], "top": query.get("top", "5")}
    return raw


def filter_rows(query: QueryDict) -> list[tuple[str, str, str, str]]:
    """The rows of filters as typed: whose they are, topic, test, value."""
    topics = query.getlist("on")
    of = [*query.getlist("of"), *([""] * len(topics))]
    return list(zip(of, topics, query.getlist("is"), query.getlist("value"), strict=False))


def _short_brackets(raw: str) -> Any:
    """``0, 1-3, 4-7`` in the JSON form; None of it where it cannot be read, which is refused."""
    found = [BRACKET.fullmatch(each) for each in re.split("[,，]", raw)]
    return [[int(each[1]), int(each[2] or each[1])] for each in found if each] if all(found) else []


def write_brackets(brackets: tuple[Bracket, ...]) -> str:
    """``0, 1-3, 4-7``."""
    return ", ".join(str(each.first) if each.first == each.last else f"{each.first}-{each.last}" for each in brackets)


def as_query(question: RetentionQuestion, **more: str) -> str:
    """The question as the query string of its address; ``more`` adds or replaces single values."""
    default = RetentionQuestion()
    pairs = {"start": question.start.event, "back": question.back.event}
    pairs |= {
        name: str(getattr(question, part))
        for part, name in NAMES.items()
        if part in ("subject", "interval") or getattr(question, part) != getattr(default, part)
    }
    pairs |= parts.days_pairs(question.range)
    if question.brackets:
        pairs["brackets"] = write_brackets(question.brackets)
    if question.split:
        pairs |= {"split": str(question.split.by), "top": str(question.split.top)}
    rows = [
        *_pairs("", question.filters),
        *_pairs("start", question.start.filters),
        *_pairs("back", question.back.filters),
    ]
    return urlencode([*(pairs | more).items(), *rows])


def _pairs(of: str, conditions: tuple[Condition, ...]) -> list[tuple[str, str]]:
    return [
        pair
        for each in conditions
        for pair in (
            ("of", of),
            ("on", str(each.topic)),
            ("is", str(each.test)),
            ("value", write_values(each.values)),
        )
    ]
