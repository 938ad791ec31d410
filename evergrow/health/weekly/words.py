"""Weekly readings in the reader's words."""

from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from evergrow.health.backtest.verdict import LEAST
from evergrow.health.risk.models import RiskModel
from evergrow.health.weekly.looking import first_on
from evergrow.health.weekly.models import Reading
from evergrow.health.weekly.queries import Watch
from evergrow.lib import moments, numerals

CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Saying:
    """``lead`` is the answer, ``rest`` what stands behind it."""

    lead: str
    rest: str = ""


def language() -> str:
    return get_language() or "en"


def answer(watch: Watch) -> Saying:
    """Whether the version that counts still ranks as well as when it was published."""
    latest, reference = watch.latest, watch.reference
    if watch.version is None:
        return Saying(gettext("No model is in force."))
    if latest is None:
        return Saying(gettext("Not read yet."), gettext("It is read in the first night of every week, at 4:00."))
    if latest.area is None:
        return _too_few(watch, latest)
    now = gettext("AUC %(value)s (95%% %(low)s–%(high)s).") % _interval(latest)
    if reference is None or reference.area is None or latest.drop is None:
        return Saying(now, gettext("It is the first reading with data enough; later ones are held against it."))
    then = {"was": numerals.number(reference.area, language(), 2), "value": numerals.number(latest.area, language(), 2)}
    if latest.has_fallen:
        lead = gettext("Clearly worse than at publishing: AUC %(was)s → %(value)s.") % then
        return Saying(lead, gettext("Test a draft on the past, or train the model anew, and compare."))
    if -latest.drop > 0 and reference.high is not None and latest.low is not None and latest.low > reference.high:
        return Saying(gettext("Clearly better than at publishing: AUC %(was)s → %(value)s.") % then)
    by_chance = latest.low is not None and latest.low <= CHANCE
    rest = gettext("It does not rank clearly better than chance.") if by_chance else ""
    return Saying(gettext("As good as at publishing, within chance: AUC %(was)s → %(value)s.") % then, rest)


def _too_few(watch: Watch, latest: Reading) -> Saying:
    """Why there is no curve."""
    if isinstance(watch.version, RiskModel) and latest.first is None:
        first = moments.day_text(first_on(watch.version), watch.version.workspace.today(), language())
        text = gettext("No month after those it learned from is over yet; the first will be known on %(day)s.")
        return Saying(gettext("Too early to say."), text % {"day": first})
    words = {"happened": latest.happened, "others": latest.others, "least": LEAST}
    text = gettext(
        "It happened to %(happened)s accounts and not to %(others)s; a curve needs %(least)s of both. With fewer,"
        " chance decides."
    )
    return Saying(gettext("Too few data to say."), text % words)


def _interval(reading: Reading) -> dict[str, str]:
    parts = {"value": reading.area, "low": reading.low, "high": reading.high}
    return {name: numerals.number(part, language(), 2) for name, part in parts.items()}
