"""Sources that a card asks a question of its own: a trait, criteria, a saved question, a survey, an entered value.

The question stands in the measure's ``ask``; ``says`` in it is its wording in both languages, made when it was saved.

trait     ``{"trait": "plan", "reads": "number" | "choice" | "days_since" | "days_until", "choices": ["Pro", "Basic"]}``
criteria  ``{"criteria": {…}, "counts": "meets" | "people"}``: 1 or 0; or how many of the account's people meet them
question  ``{"question": 12}``: the value that a saved question gives each account, see ``answers.py``
entry     ``{"entry": "sentiment"}``: the latest value that a colleague or another program entered
product   ``{"product": "docs"}`` or ``{"lines": "worst" | "mean"}``: scores of product lines, see ``lines/question.py``
survey    ``{"survey": {"event": "survey answered", "property": "score", …}}``: see ``surveys/question.py``
"""

from collections.abc import Mapping
from typing import Any

from evergrow.health.card import BadDefinition, Measure
from evergrow.health.lines import question as lines
from evergrow.health.sources import SOURCES, Source
from evergrow.health.surveys import question as surveys
from evergrow.health.units import Unit
from evergrow.lib.bilingual import Name

TRAIT, CRITERIA, QUESTION, ENTRY = "trait", "criteria", "question", "entry"
SURVEY, PRODUCT = "survey", "product"
ASKED = (TRAIT, CRITERIA, QUESTION, ENTRY, SURVEY, PRODUCT)
# What these say of a past day rests on facts with a day, so that it can be asked again when one comes late
DATED = (ENTRY, SURVEY)
READS = ("number", "choice", "days_since", "days_until")
COUNTS = ("meets", "people")

_NAMES: dict[str, Name] = {
    TRAIT: {"en": "Trait", "zh": "属性"},
    CRITERIA: {"en": "Criteria", "zh": "条件"},
    QUESTION: {"en": "Saved question", "zh": "已保存的问题"},
    ENTRY: {"en": "Entered value", "zh": "填报值"},
}
_FORMULAS: dict[tuple[str, str], Name] = {
    (TRAIT, "number"): {"en": "the trait “{}”", "zh": "属性“{}”的数值"},
    (TRAIT, "choice"): {"en": "the trait “{}”", "zh": "属性“{}”的取值"},
    (TRAIT, "days_since"): {"en": "days since the date in the trait “{}”", "zh": "属性“{}”中的日期距今天数"},
    (TRAIT, "days_until"): {"en": "days until the date in the trait “{}”", "zh": "距属性“{}”中日期的天数"},
    (CRITERIA, "meets"): {"en": "yes when the account meets: {}", "zh": "客户满足条件时为“是”：{}"},
    (CRITERIA, "people"): {
        "en": "how many people of the account meet: {}",
        "zh": "该客户中满足条件的人数：{}",
    },
    (QUESTION, ""): {"en": "what the saved question “{}” says of the account", "zh": "已保存的问题“{}”对该客户的取值"},
    (ENTRY, ""): {
        "en": "the latest value entered by hand or by another program under “{}”",
        "zh": "“{}”最近一次由同事填写或由其他系统写入的取值",
    },
}


def source_of(measure: Measure) -> Source:
    """What a measure observes, in words. A source that is not known any more says so rather than failing."""
    if measure.ask is None:
        return SOURCES.get(measure.source) or Source(measure.source, measure.name, Unit.COUNT, _NAMES[QUESTION])
    if measure.source == SURVEY:
        return _of_survey(measure)
    if measure.source == PRODUCT:
        return Source(measure.source, measure.name, Unit.POINTS, lines.formula(measure.ask))
    ask = measure.ask
    how = str(ask.get("reads") or ask.get("counts") or "")
    says = ask.get("says", {})
    formula = {
        language: text.format(says.get(language) or says.get("en") or _named(ask))
        for language, text in _FORMULAS[measure.source, how].items()
    }
    return Source(measure.source, measure.name, _unit(ask), formula, choices=tuple(ask.get("choices", ())))


def _of_survey(measure: Measure) -> Source:
    question = surveys.read(measure.ask, measure.key)
    return Source(measure.source, measure.name, question.unit, question.formula(), question.days)


def _named(ask: Mapping[str, Any]) -> str:
    return str(ask.get("trait") or ask.get("entry") or ask.get("question") or "")


def _unit(ask: Mapping[str, Any]) -> Unit:
    if ask.get("counts") == "meets":
        return Unit.FLAG
    if ask.get("reads") in ("days_since", "days_until"):
        return Unit.DAYS
    return Unit.COUNT


def check_form(measure: Measure) -> None:
    """Refuse a measure whose source or question has the wrong form. Raises BadDefinition."""
    if measure.source not in ASKED:
        if measure.source not in SOURCES:
            known = ", ".join([*SOURCES, *ASKED])
            raise BadDefinition(f"There is no source {measure.source!r}. Use one of: {known}.")
        if measure.ask is not None:
            raise BadDefinition(f"{measure.key}: the source {measure.source!r} asks nothing. Leave “ask” out.")
        return
    ask = measure.ask
    if not isinstance(ask, Mapping):
        raise BadDefinition(f"{measure.key}: the source {measure.source!r} needs “ask”.")
    match measure.source:
        case "trait":
            _check_trait(measure.key, ask)
        case "criteria":
            if ask.get("counts") not in COUNTS:
                raise BadDefinition(f"{measure.key}: “counts” is one of {', '.join(COUNTS)}.")
        case "question":
            if not isinstance(ask.get("question"), int):
                raise BadDefinition(f"{measure.key}: “question” is the number of a saved question.")
        case "entry":
            if not isinstance(ask.get("entry"), str) or not ask["entry"]:
                raise BadDefinition(f"{measure.key}: “entry” is a short name, such as “sentiment”.")
        case "survey":
            surveys.read(ask, measure.key)
        case "product":
            lines.check(measure.key, ask)


def _check_trait(key: str, ask: Mapping[str, Any]) -> None:
    if not isinstance(ask.get("trait"), str) or not ask["trait"]:
        raise BadDefinition(f"{key}: “trait” names a trait of accounts.")
    if ask.get("reads") not in READS:
        raise BadDefinition(f"{key}: “reads” is one of {', '.join(READS)}.")
    if ask["reads"] == "choice" and not ask.get("choices"):
        raise BadDefinition(f"{key}: “choices” lists the texts that get points.")
