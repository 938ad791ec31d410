"""What a model's card says, in sentences and rows for the reader."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext

from evergrow.health.risk import wording
from evergrow.health.risk.catalogue import FEATURES, SOURCES
from evergrow.health.risk.models import RiskModel
from evergrow.lib import bilingual, numerals

SHARP, FAIR = 0.8, 0.65
TOLERABLE = 0.05


@dataclass(frozen=True, slots=True)
class Compared:
    """One way to predict with its measures on the same later months; ``note`` where it has none."""

    name: str
    measures: dict[str, Any]
    is_model: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A feature of the model: its weight beside the weightiest one (0–1), its source, and its drift."""

    name: str
    source: str
    known_when: str
    known: float
    share: float
    psi: float | None
    verdict: str


def compared(model: RiskModel) -> list[Compared]:
    """The model, then what simpler ways come to."""
    names = {
        "base_rate": gettext("Base rate for everybody"),
        "last_activity": gettext("Last activity alone"),
        "health_score": gettext("Health score alone"),
    }
    rows = [Compared(gettext("This model"), model.card["measures"], is_model=True)]
    for row in model.card["baselines"]:
        note = "" if "brier" in row else gettext("not known in those months")
        rows.append(Compared(names[row["key"]], row, note=note))
    return rows


def looked(model: RiskModel) -> list[Looked]:
    """The features by weight, with the drift of each where the model was watched."""
    drift = {row["key"]: row for row in model.watch.get("features", [])}
    most = max((row["weight"] for row in model.card["features"]), default=0) or 1
    found = []
    for row in model.card["features"]:
        feature, seen = FEATURES.get(row["key"]), drift.get(row["key"], {})
        if feature is None:
            continue
        source = SOURCES[feature.source]
        language = wording.language()
        found.append(
            Looked(
                bilingual.pick(feature.name, language),
                bilingual.pick(source.name, language),
                bilingual.pick(source.known, language),
                row["known"],
                row["weight"] / most,
                seen.get("psi"),
                seen.get("verdict", ""),
            )
        )
    return found


def left_out(model: RiskModel) -> list[tuple[str, float]]:
    """Features that are known for too few rows, or are the same for all: name and share known."""
    return [(wording.name(row["key"]), row["known"]) for row in model.card["left_out"]]


def lead(model: RiskModel) -> str:
    """One sentence on how well the model ranks and whether its percentages can be taken at their word."""
    found = model.card["measures"]
    ranks = found["auc"] or 0.5
    if ranks >= SHARP:
        ranking = gettext("It tells well who is likelier")
    elif ranks >= FAIR:
        ranking = gettext("It tells somewhat who is likelier")
    else:
        ranking = gettext("It hardly tells who is likelier")
    exact = (found["calibration_error"] or 0) <= TOLERABLE
    meant = (
        gettext("its percentages can be taken at their word")
        if exact
        else gettext("its percentages are off by more than a little")
    )
    return gettext("%(ranking)s, and %(meant)s.") % {"ranking": ranking, "meant": meant}


def missing(result: dict[str, Any], horizon: int) -> list[str]:
    """Which numbers a training lacks, a sentence each."""
    return [_lacks(row, horizon) for row in result.get("missing", [])]


def _lacks(row: dict[str, Any], horizon: int) -> str:
    language = wording.language()
    have, need = numerals.number(row["have"], language), numerals.number(row["need"], language)
    texts = {
        "customers": gettext("%(need)s different customers are needed, there are %(have)s."),
        "months": gettext(
            "%(need)s months whose %(days)s days afterwards are over are needed, there are %(have)s. "
            "A shorter horizon needs fewer."
        ),
        "events": gettext("%(need)s customers to whom it happened are needed, there are %(have)s."),
        "others": gettext("%(need)s customers to whom it did not happen are needed, there are %(have)s."),
        "fold_events": gettext(
            "%(need)s customers to whom it happened in the first months are needed to learn from, there are %(have)s."
        ),
        "test_events": gettext(
            "%(need)s customers to whom it happened in the latest months are needed for the test, there are %(have)s."
        ),
    }
    return texts[row["what"]] % {"have": have, "need": need, "days": horizon}


def drift(model: RiskModel) -> str:
    """What the watch found about today's customers, in a sentence; "" before the first scoring."""
    if not model.watch:
        return ""
    moved = [row for row in model.watch["features"] if row["verdict"] == "much"]
    if model.watch["score"]["verdict"] == "much":
        return gettext("Today's predictions are spread quite differently from those it was made with. Train it anew.")
    if moved:
        names = gettext(", ").join(wording.name(row["key"]) for row in moved[:3])
        text = ngettext(
            "%(count)s feature has moved away from what the model learned from: %(names)s.",
            "%(count)s features have moved away from what the model learned from: %(names)s.",
            len(moved),
        )
        return text % {"count": len(moved), "names": names}
    return gettext("Today's customers look like those the model learned from.")


def outcome(model: RiskModel) -> str:
    """What came of the newest month that the model had not seen, in a sentence."""
    found = model.watch.get("outcome", {})
    if "first_on" in found:
        day = date.fromisoformat(found["first_on"])
        text = gettext("No month after those it learned from is over yet; the first will be judged on %(day)s.")
        return text % {"day": day.isoformat()}
    if not found.get("rows"):
        return ""
    language = wording.language()
    inside = found["low"] <= found["predicted"] <= found["high"]
    text = (
        gettext(
            "Of %(rows)s customers of %(month)s it happened to %(observed)s; "
            "%(predicted)s were predicted, within chance."
        )
        if inside
        else gettext(
            "Of %(rows)s customers of %(month)s it happened to %(observed)s, "
            "though %(predicted)s were predicted. Train it anew."
        )
    )
    return text % {
        "rows": numerals.number(found["rows"], language),
        "month": found["month"][:7],
        "observed": numerals.percent(found["observed"], language, 1),
        "predicted": numerals.percent(found["predicted"], language, 1),
    }
