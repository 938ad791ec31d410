"""What a measure asks of answers to a survey, read from its ``ask``, and said in words.

``{"survey": {"event": "survey answered", "property": "score", "scale": "nps", "days": 90, "least": 3,
"role": "decides", "where": {"property": "survey", "is": "Spring"}}}``; ``role`` and ``where`` may be left out.

Scales (source: design notes on correctness, NPS, CSAT, CES):

nps         answers 0–10: 100 × (share of 9 and 10 − share of 0 to 6), from −100 to 100
csat_share  answers 1–5: share of 4 and 5
csat_mean   answers 1–5: mean
ces_share   answers 1–7: share of 5, 6 and 7
ces_mean    answers 1–7: mean
mean        any number: mean
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers.models import Affiliation
from evergrow.health.card import BadDefinition
from evergrow.health.units import Unit
from evergrow.lib.bilingual import Name

MOST_DAYS, MOST_ANSWERS = 730, 10_000
PROMOTER, DETRACTOR = 9, 6


@dataclass(frozen=True, slots=True)
class Scale:
    """``low`` to ``high``: what an answer can be, anything else is none. ``top``: from there on it is in the share."""

    low: float
    high: float
    unit: Unit
    says: Name
    top: float | None = None


SCALES: dict[str, Scale] = {
    "nps": Scale(0, 10, Unit.POINTS, {"en": "NPS", "zh": "NPS"}),
    "csat_share": Scale(1, 5, Unit.SHARE, {"en": "share of answers 4 and 5 of 5", "zh": "5 分制中 4、5 分的占比"}, 4),
    "csat_mean": Scale(1, 5, Unit.RATING, {"en": "mean of answers 1 to 5", "zh": "1–5 分的均值"}),
    "ces_share": Scale(1, 7, Unit.SHARE, {"en": "share of answers 5 to 7 of 7", "zh": "7 分制中 5–7 分的占比"}, 5),
    "ces_mean": Scale(1, 7, Unit.RATING, {"en": "mean of answers 1 to 7", "zh": "1–7 分的均值"}),
    "mean": Scale(-np.inf, np.inf, Unit.RATING, {"en": "mean of the answers", "zh": "回答的均值"}),
}
SCALE_CHOICES = [
    ("nps", gettext_lazy("NPS, answers 0 to 10")),
    ("csat_share", gettext_lazy("CSAT, share of 4 and 5 of 5")),
    ("csat_mean", gettext_lazy("CSAT, mean of 1 to 5")),
    ("ces_share", gettext_lazy("CES, share of 5 to 7 of 7")),
    ("ces_mean", gettext_lazy("CES, mean of 1 to 7")),
    ("mean", gettext_lazy("mean of any numbers")),
]
ROLE_CHOICES = [
    ("", pgettext_lazy("who answered", "Everybody")),
    ("decides", pgettext_lazy("who answered", "People who decide")),
    ("influences", pgettext_lazy("who answered", "People who influence")),
    ("pays", pgettext_lazy("who answered", "People who pay")),
    ("uses", pgettext_lazy("who answered", "People who use it")),
]
_ROLES: dict[str, Name] = {
    "decides": {"en": " of people who decide", "zh": "（仅决策人）"},
    "influences": {"en": " of people who influence", "zh": "（仅影响者）"},
    "pays": {"en": " of people who pay", "zh": "（仅付款人）"},
    "uses": {"en": " of people who use it", "zh": "（仅使用者）"},
}


@dataclass(frozen=True, slots=True)
class Question:
    """``carrier``: the property with the answer. ``where``: a property and the value that it must have, "" for none.
    ``days``: full days before the day."""

    event: str
    carrier: str
    scale: str
    days: int
    least: int
    role: str = ""
    where: tuple[str, str] = ("", "")

    @property
    def unit(self) -> Unit:
        return SCALES[self.scale].unit

    def formula(self) -> Name:
        """How the value comes about, in both languages."""
        scale, (name, value) = SCALES[self.scale].says, self.where
        about = {"en": f", where “{name}” is “{value}”", "zh": f"，且“{name}”为“{value}”"} if name else {}
        role = _ROLES.get(self.role, {"en": "", "zh": ""})
        few = f"; at least {self.least} answers" if self.least > 1 else ""
        return {
            "en": f"{scale['en']}{role['en']}, the latest of each person in the last {self.days} full days"
            f" (event “{self.event}”, property “{self.carrier}”{about.get('en', '')}){few}",
            "zh": f"最近 {self.days} 个完整日内每人最近一次回答的{scale['zh']}{role['zh']}"
            f"（事件“{self.event}”，属性“{self.carrier}”{about.get('zh', '')}）"
            + (f"；至少 {self.least} 份回答" if few else ""),
        }

    def value(self, answers: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
        """One value for each of ``size`` accounts from answers and the places of theirs; NaN with none."""
        count = np.bincount(place, minlength=size)
        top = SCALES[self.scale].top
        if self.scale == "nps":
            worth = 100.0 * ((answers >= PROMOTER).astype(float) - (answers <= DETRACTOR))
        else:
            worth = answers if top is None else (answers >= top).astype(float)
        found = np.full(size, np.nan)
        np.divide(np.bincount(place, worth, size), count, out=found, where=count > 0)
        return found


def read(ask: Mapping[str, Any] | None, key: str = "") -> Question:
    """The question in a measure's ``ask``. Raises BadDefinition with a sentence that names the part."""
    raw = (ask or {}).get("survey")
    if not isinstance(raw, Mapping):
        raise BadDefinition(f"{key}: the source 'survey' needs “survey” with an event and a property.")
    for part in ("event", "property"):
        if not isinstance(raw.get(part), str) or not raw[part].strip():
            raise BadDefinition(f"{key}: “{part}” names the {part} that carries the answers.")
    if raw.get("scale") not in SCALES:
        raise BadDefinition(f"{key}: “scale” is one of {', '.join(SCALES)}.")
    role = raw.get("role") or ""
    if role and role not in Affiliation.Influence.values:
        raise BadDefinition(f"{key}: “role” is one of {', '.join(Affiliation.Influence.values)}, or left out.")
    days, least = _whole(raw, "days", 90, MOST_DAYS, key), _whole(raw, "least", 1, MOST_ANSWERS, key)
    return Question(raw["event"], raw["property"], raw["scale"], days, least, role, _where(raw.get("where"), key))


def _whole(raw: Mapping[str, Any], name: str, default: int, most: int, key: str) -> int:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadDefinition(f"{key}: “{name}” is a whole number from 1 to {most}.")
    return value


def _where(raw: Any, key: str) -> tuple[str, str]:
    if not raw:
        return "", ""
    is_fit = isinstance(raw, Mapping) and all(
        isinstance(raw.get(part), str) and raw[part] for part in ("property", "is")
    )
    if not is_fit:
        raise BadDefinition(f"{key}: “where” has a “property” and the text that it “is”.")
    return raw["property"], raw["is"]
