"""Computed traits and sources in words, in the active language."""

from django.utils.translation import gettext, gettext_lazy, pgettext

from evergrow.customers.criteria import sentence as criteria_sentence
from evergrow.customers.criteria import words_values as told
from evergrow.customers.criteria.providers import Words
from evergrow.customers.criteria.words import Speaker
from evergrow.customers.traits.computed.definition import Definition

SOURCES: dict[str, Words] = {
    "edit": gettext_lazy("typed by a colleague"),
    "api": gettext_lazy("API"),
    "import": gettext_lazy("import"),
    "crm": gettext_lazy("CRM"),
    "sdk": gettext_lazy("events"),
    "computed": gettext_lazy("computed"),
    "health": gettext_lazy("scorecard"),
    "icp": gettext_lazy("ideal customer profile"),
    "risk": gettext_lazy("churn model"),
    "stages.account": gettext_lazy("stages"),
    "stages.person": gettext_lazy("stages"),
}


def source(name: str) -> str:
    """What a source is called: ``import``, ``CRM (hubspot)``."""
    family, _, which = name.partition(":")
    label = str(SOURCES.get(family, family))
    if not name:
        return gettext("unknown")
    return gettext("%(source)s (%(which)s)") % {"source": label, "which": which} if which else label


def sentence(definition: Definition) -> str:
    """What a trait is, as one sentence without a full stop: ``Sum of amount over “Order”, in the last 30 days``."""
    said = definition.formula.text if definition.formula else _measured(definition)
    if definition.only:
        said = gettext("%(what)s; only for: %(who)s") % {"what": said, "who": criteria_sentence(definition.only)}
    return said


def _measured(definition: Definition) -> str:
    speaker, measure = Speaker(definition.workspace), definition.measure
    if measure is None:
        return ""
    parts = {
        "event": speaker.doing(definition.doing),
        "among": speaker.doing(definition.among),
        "property": definition.of,
    }
    words = {
        "count": gettext("How often %(event)s was done"),
        "active_days": gettext("On how many days %(event)s was done"),
        "sum": gettext("The sum of %(property)s over %(event)s"),
        "average": gettext("The average %(property)s over %(event)s"),
        "min": gettext("The smallest %(property)s over %(event)s"),
        "max": gettext("The largest %(property)s over %(event)s"),
        "first": gettext("%(property)s at the first %(event)s"),
        "last": gettext("%(property)s at the latest %(event)s"),
        "most_frequent": gettext("The most frequent %(property)s of %(event)s"),
        "unique": gettext("How many different %(property)s over %(event)s"),
        "days_since_last": gettext("Days since the latest %(event)s"),
        "days_since_first": gettext("Days since the first %(event)s"),
        "share": gettext("The share of %(event)s among %(among)s"),
        "change": gettext("By how many percent %(event)s changed against the time before"),
        "slope": gettext("By how much %(event)s rises a day"),
    }[measure.key]
    if definition.of and measure.property == "optional":
        words = {
            "change": gettext(
                "By how many percent the sum of %(property)s over %(event)s changed against the time before"
            ),
            "slope": gettext("By how much the daily sum of %(property)s over %(event)s rises a day"),
        }[measure.key]
    said = words % parts
    when = told.window(definition.within) if definition.within else ""
    return said + pgettext("before a time", ", ") + when if when else said
