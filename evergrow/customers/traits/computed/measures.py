"""What can be measured over events, and what each measure needs and gives."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from evergrow.customers.criteria.providers import Words


@dataclass(frozen=True, slots=True)
class Measure:
    """``property``: "no", "optional" or "needed". ``gives`` is a type; "value" means that of the property's values.

    ``needs_window``: it compares with, or spreads over, a window with a beginning. ``may_be_zero``: who did nothing
    can count as 0.
    """

    key: str
    label: Words
    hint: Words
    property: str = "no"
    gives: str = "number"
    needs_window: bool = False
    may_be_zero: bool = False


MEASURES = {
    each.key: each
    for each in (
        Measure("count", _("Number of events"), _("How often the event was done."), may_be_zero=True),
        Measure("active_days", _("Active days"), _("On how many different days it was done."), may_be_zero=True),
        Measure("sum", _("Sum"), _("The property added up."), "needed", may_be_zero=True),
        Measure("average", _("Average"), _("The mean of the property."), "needed"),
        Measure("min", _("Smallest"), _("The smallest number of the property."), "needed"),
        Measure("max", _("Largest"), _("The largest number of the property."), "needed"),
        Measure("first", _("First value"), _("The property at the first event that has it."), "needed", "value"),
        Measure("last", _("Latest value"), _("The property at the latest event that has it."), "needed", "value"),
        Measure(
            "most_frequent",
            _("Most frequent value"),
            _("The value that came most often; of equals the one that came last."),
            "needed",
            "value",
        ),
        Measure("unique", _("Different values"), _("How many different values it had."), "needed", may_be_zero=True),
        Measure("days_since_last", _("Days since the latest"), _("Days from the latest such event to today.")),
        Measure("days_since_first", _("Days since the first"), _("Days from the first such event to today.")),
        Measure(
            "share",
            _("Share"),
            _("Events that meet the conditions, as a share (0 to 1) of those compared with."),
        ),
        Measure(
            "change",
            _("Change against the time before"),
            _("The window against the one before it, in percent; no value where nothing was before."),
            "optional",
            needs_window=True,
        ),
        Measure(
            "slope",
            _("Slope"),
            _("By how much the daily number rises each day of the window: the line of least squares."),
            "optional",
            needs_window=True,
        ),
    )
}
