"""A question's JSON form in words, part by part, whatever its kind: for histories, and where it can no longer be read.

A form is walked as it stands; pieces that kinds share (ranges, conditions, breakdowns, events) are said as their pages
say them, choices as the kind's ``words`` say them, everything else as it is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from evergrow.insight import conditions, facts, kinds
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval, Last
from evergrow.insight.saved.models import QuestionVersion, Worded
from evergrow.insight.trend import words

Words = str | Promise
Part = tuple[str, str]
Vocabulary = Mapping[str, Mapping[Any, Words]]

LABELS: dict[str, Words] = {
    "event": gettext_lazy("Event"),
    "measure": pgettext_lazy("part of a question", "Count"),
    "interval": pgettext_lazy("part of a question", "Steps of time"),
    "range": pgettext_lazy("trend", "Time"),
    "filters": pgettext_lazy("part of a question", "Filters"),
    "split": gettext_lazy("Break down by"),
    "compare": gettext_lazy("Compare with"),
    "series": pgettext_lazy("part of a question", "Series"),
    "formulas": pgettext_lazy("part of a question", "Formula"),
    "cumulative": pgettext_lazy("part of a question", "Cumulative"),
    "smoothing": pgettext_lazy("part of a question", "Smoothed over periods"),
    "steps": pgettext_lazy("part of a question", "Step"),
    "subject": pgettext_lazy("part of a question", "Of whom"),
    "window": pgettext_lazy("part of a question", "Window"),
    "order": pgettext_lazy("part of a question", "Order"),
    "exclusions": pgettext_lazy("part of a question", "Exclusion"),
    "start": pgettext_lazy("part of a question", "Start"),
    "back": pgettext_lazy("part of a question", "Return"),
    "periods": pgettext_lazy("part of a question", "Periods"),
    "brackets": pgettext_lazy("part of a question", "Bracket"),
    "property": pgettext_lazy("part of a question", "Property"),
    "statistic": pgettext_lazy("part of a question", "Statistic"),
    "optional": pgettext_lazy("part of a question", "Optional"),
    "against": pgettext_lazy("part of a question", "Group to compare with"),
    "attribution": pgettext_lazy("part of a question", "Which value counts"),
    "by": pgettext_lazy("part of a question", "By"),
    "clock": pgettext_lazy("part of a question", "Periods counted"),
    "cohorts": pgettext_lazy("part of a question", "Which start counts"),
    "counting": pgettext_lazy("part of a question", "How often"),
    "drops_subject": pgettext_lazy("part of a question", "Excluded are left out altogether"),
    "first": pgettext_lazy("part of a question", "From"),
    "is_cumulative": pgettext_lazy("part of a question", "Cumulative"),
    "is_optional": pgettext_lazy("part of a question", "Optional"),
    "last": pgettext_lazy("part of a question", "To"),
    "least": pgettext_lazy("part of a question", "Times at least"),
    "minimum": pgettext_lazy("part of a question", "Returns at least"),
    "over": pgettext_lazy("part of a question", "Over time"),
    "returning": pgettext_lazy("part of a question", "Came back"),
    "step": pgettext_lazy("part of a question", "Step"),
    "sum_of": pgettext_lazy("part of a question", "Sum of"),
    "view": pgettext_lazy("part of a question", "View"),
    "versus": pgettext_lazy("part of a question", "Two groups compared"),
    "hold": pgettext_lazy("part of a question", "The same in every step"),
    "top": pgettext_lazy("trend", "Top"),
}
TEXTS: dict[str, Words] = {
    "name_zh": gettext_lazy("Chinese name"),
    "name_en": gettext_lazy("English name"),
    "description_zh": gettext_lazy("Chinese description"),
    "description_en": gettext_lazy("English description"),
}
UNSAID = ("kind", "version")
NOTHING: tuple[Any, ...] = (None, "", [], {})
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that two versions say differently; "" is nothing."""

    label: str
    before: str
    after: str


def parts(form: Any, names: EventNames, language: str, today: date) -> list[Part]:
    """Each part of a form as ``(label, words)``, in its order; parts that say nothing are left out."""
    if not isinstance(form, Mapping):
        return []
    walk = _Walk(_vocabulary(form), names, language, today)
    return [part for key, value in form.items() if key not in UNSAID for part in walk.said(str(key), value, "")]


def differences(before: Worded, after: Worded, names: EventNames, language: str, today: date) -> list[Difference]:
    """What changed from one version to another, in words."""
    old, new = (_told(each, names, language, today) for each in (before, after))
    labels = list(dict.fromkeys([*old, *new]))
    pairs = ((label, old.get(label, ""), new.get(label, "")) for label in labels)
    return [Difference(label, _short(was), _short(now)) for label, was, now in pairs if was != now]


def history(
    versions: Sequence[QuestionVersion], names: EventNames, language: str, today: date
) -> list[tuple[QuestionVersion, list[Difference]]]:
    """Versions, the newest first, each with what it changed against the one before it."""
    ordered = sorted(versions, key=lambda version: version.number, reverse=True)
    earlier = [*ordered[1:], None]
    return [
        (version, differences(before, version, names, language, today) if before else [])
        for version, before in zip(ordered, earlier, strict=True)
    ]


def _told(version: Worded, names: EventNames, language: str, today: date) -> dict[str, str]:
    texts = {str(TEXTS[field]): text for field, text in version.words().items() if text}
    asked: dict[str, str] = {}
    if isinstance(version.form, Mapping):
        asked[pgettext("part of a question", "Kind")] = _kind_words(version.form)
    for label, said in parts(version.form, names, language, today):
        asked[label] = f"{asked[label]}; {said}" if label in asked else said
    return texts | asked


def _kind_words(form: Mapping[str, Any]) -> str:
    try:
        return str(kinds.of(form).label)
    except BadQuestion:
        return str(form.get("kind"))


def _vocabulary(form: Mapping[str, Any]) -> Vocabulary:
    try:
        return kinds.of(form).words
    except BadQuestion:
        return {}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


@dataclass(frozen=True, slots=True)
class _Walk:
    vocabulary: Vocabulary
    names: EventNames
    language: str
    today: date

    def said(self, key: str, value: Any, above: str) -> Iterator[Part]:
        """The parts below one piece of a form; ``above`` is the label of the piece it stands in."""
        label = " · ".join(filter(None, [above, str(LABELS.get(key, key.replace("_", " ")))]))
        if key == "event" and isinstance(value, str):
            yield label, self.names.shown(value, self.language)
        elif value in NOTHING or value is False:
            return
        elif isinstance(value, Mapping):
            yield from self._object(label, value)
        elif isinstance(value, list):
            yield from self._list(key, label, value)
        else:
            yield label, self._plain(key, value)

    def _object(self, label: str, value: Mapping[str, Any]) -> Iterator[Part]:
        if length := self._length(value):
            yield label, length
            return
        if "by" in value:
            yield label, self._topics(value["by"])
            value = {key: each for key, each in value.items() if key != "by"}
        for key, each in value.items():
            yield from self.said(str(key), each, label)

    def _list(self, key: str, label: str, value: list[Any]) -> Iterator[Part]:
        if all(isinstance(each, Mapping) and "on" in each for each in value):
            yield label, "; ".join(map(self._condition, value))
        elif all(isinstance(each, Mapping) for each in value):
            for place, each in enumerate(value, 1):
                numbered = label if len(value) == 1 else f"{label} {place}"
                yield from self._object(numbered, each)
        else:
            yield label, ", ".join(self._plain(key, each) for each in value)

    def _length(self, value: Mapping[str, Any]) -> str:
        """A range or a length of time; "" for anything else."""
        count, unit = value.get("last", value.get("count")), value.get("unit")
        if set(value) == {"from", "to"}:
            try:
                first, last = (date.fromisoformat(str(value[end])) for end in ("from", "to"))
            except ValueError:
                return f"{value['from']} – {value['to']}"
            return words.span(first, last, self.today, self.language)
        if set(value) == {"last", "unit"} and unit in set(Interval) and isinstance(count, int):
            return words.last_words(Last(count, Interval(unit)))
        if count is not None and unit is not None and len(value) == 2:
            return f"{count} × {self._plain('unit', unit)}"
        return ""

    def _topics(self, value: Any) -> str:
        return ", ".join(self._topic(each) for each in (value if isinstance(value, list) else [value]))

    def _topic(self, raw: Any) -> str:
        try:
            return words.topic(conditions.parse_topic(raw, "by", facts.keys()))
        except BadQuestion:
            return str(raw)

    def _condition(self, raw: Mapping[str, Any]) -> str:
        try:
            (found,) = conditions.parse([raw], facts.keys())
            return words.condition(found)
        except BadQuestion:
            return " ".join(map(str, [raw.get("on"), raw.get("is"), *raw.get("values", [])]))

    def _plain(self, key: str, value: Any) -> str:
        if value is True:
            return _("yes")
        known = self.vocabulary.get(key, {})
        return str(known.get(value, value)) if isinstance(value, str) else str(value)
