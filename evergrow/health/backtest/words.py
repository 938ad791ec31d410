"""A back-test's result in the reader's words."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import get_language, gettext, ngettext, pgettext

from evergrow.health.backtest.models import BackTest
from evergrow.health.backtest.outcomes import Outcome
from evergrow.health.backtest.verdict import IDLE, LEAST, PUBLISHED, TESTED
from evergrow.health.card import BAND_KEYS
from evergrow.lib import numerals


def language() -> str:
    return get_language() or "en"


def scorer(name: str, backtest: BackTest) -> str:
    """“Draft v3”, “Published v2”, “Last activity alone”."""
    match name:
        case "tested" if backtest.is_draft:
            return gettext("Draft v%(number)s") % {"number": backtest.version}
        case "tested" | "published":
            return gettext("Published v%(number)s") % {"number": backtest.published_version}
    return gettext("Last activity alone")


def happening(outcome: str) -> str:
    """What happened to an account, as a verb: “were lost”."""
    return {
        Outcome.LOST: pgettext("back-test", "lost"),
        Outcome.SHRANK: pgettext("back-test", "shrank"),
        Outcome.EITHER: pgettext("back-test", "shrank or lost"),
        Outcome.NOT_RENEWED: pgettext("back-test", "not renewed"),
    }[Outcome(outcome)]


@dataclass(frozen=True, slots=True)
class Saying:
    """``lead`` is the answer, ``rest`` what stands behind it."""

    lead: str
    rest: str = ""


def answer(backtest: BackTest) -> Saying:
    """The one sentence above everything: whether this card told who would be lost, and whether better than others."""
    found = backtest.result
    if not found["rows"]:
        return Saying(
            gettext("There is nothing to test on."),
            gettext("No account you may see paid on any of these days, or none was asked by this outcome."),
        )
    if not found["is_enough"]:
        return too_few(backtest)
    area = found["scorers"][TESTED]["area"]
    return Saying(_quality(area), _against(backtest))


def too_few(backtest: BackTest) -> Saying:
    found = backtest.result
    lost = found["lost_accounts"]
    lead = ngettext(
        "Too few data: it happened to %(count)s account only.",
        "Too few data: it happened to %(count)s accounts only.",
        lost,
    ) % {"count": numerals.number(lost, language())}
    rest = gettext(
        "A curve needs at least %(least)s accounts to which it happened and as many to which it did not (there are"
        " %(kept)s). With fewer, chance decides which card looks better; the bands below are counted all the same."
    )
    return Saying(lead, rest % {"least": LEAST, "kept": numerals.number(found["kept_accounts"], language())})


def _quality(area: dict[str, float]) -> str:
    value = numerals.number(area["value"], language(), 2)
    low, high = (numerals.number(area[end], language(), 2) for end in ("low", "high"))
    words = {"value": value, "low": low, "high": high}
    if area["low"] <= 0.5:
        return gettext("No better than chance: AUC %(value)s (95%% %(low)s–%(high)s).") % words
    if area["value"] < 0.7:
        return gettext("It ranks weakly: AUC %(value)s (95%% %(low)s–%(high)s).") % words
    if area["value"] < 0.8:
        return gettext("It ranks fairly: AUC %(value)s (95%% %(low)s–%(high)s).") % words
    return gettext("It ranks well: AUC %(value)s (95%% %(low)s–%(high)s).") % words


def _against(backtest: BackTest) -> str:
    return " ".join(versus(backtest, name) for name in (PUBLISHED, IDLE) if name in backtest.result["differences"])


def versus(backtest: BackTest, name: str) -> str:
    """“Better than last activity alone by 0.04 (0.02 to 0.06).”"""
    gap = backtest.result["differences"][name]
    words = {
        "other": scorer(name, backtest),
        "points": numerals.number(abs(gap["value"]), language(), 3),
        "low": numerals.signed(gap["low"], language(), 3),
        "high": numerals.signed(gap["high"], language(), 3),
    }
    if not gap["is_clear"]:
        return gettext("Not told apart from “%(other)s” (%(low)s to %(high)s).") % words
    if gap["value"] > 0:
        return gettext("Better than “%(other)s” by %(points)s (%(low)s to %(high)s).") % words
    return gettext("Worse than “%(other)s” by %(points)s (%(low)s to %(high)s).") % words


def team(backtest: BackTest) -> Saying:
    """What the team would have met with its capacity."""
    found, base = backtest.result["scorers"][TESTED]["team"], backtest.result["overall"]["share"]
    if not found["picks"]:
        return Saying(gettext("There was nobody to look at."))
    words = {
        "share": numerals.percent(found["precision"]["share"], language()),
        "picks": numerals.number(found["picks"], language()),
        "base": numerals.percent(base, language()),
        "caught": numerals.number(found["caught"], language()),
        "lost": numerals.number(found["lost"], language()),
    }
    return Saying(
        gettext("%(share)s of the %(picks)s accounts looked at would have been right") % words,
        gettext("against %(base)s without any ranking; %(caught)s of %(lost)s would have been met in time.") % words,
    )


def calibration(backtest: BackTest) -> Saying:
    """Whether the bands are in order, and told apart by their intervals."""
    bands = backtest.result["bands"][TESTED]
    told = [bands[key] for key in BAND_KEYS if bands[key]["rows"]]
    if len(told) < 2:
        return Saying(gettext("All accounts stood in one band, so there is nothing to tell apart."))
    shares = pgettext("between shares", ", ").join(
        f"{band_name(key)} {numerals.percent(bands[key]['share'], language())}"
        for key in BAND_KEYS
        if bands[key]["rows"]
    )
    if any(worse["share"] < better["share"] for worse, better in pairwise(told)):
        return Saying(gettext("The bands are out of order"), shares + gettext(": a worse band was hit less often."))
    if any(worse["low"] <= better["high"] for worse, better in pairwise(told)):
        return Saying(
            gettext("The bands are in order, but not all told apart"), shares + gettext("; intervals overlap.")
        )
    return Saying(gettext("The bands are in order and told apart"), shares + pgettext("sentence", "."))


def band_name(key: str) -> str:
    from evergrow.health.models import HealthBand

    return str(HealthBand(key).label)


def left_out_words(told: Any) -> str:
    return numerals.percent(told.share, language())
