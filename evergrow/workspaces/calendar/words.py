"""What is said of a notice that cannot be taken."""

from django.utils.translation import gettext as _

from evergrow.lib.official_notice import BadNotice


def refusal(bad: BadNotice, year: int) -> str:
    """The sentence for whoever pasted the text."""
    facts = {"at": bad.at, "found": bad.found, "year": year}
    match bad.why:
        case "long":
            text = _("This is far longer than a notice. Paste the notice alone.")
        case "year":
            text = _("This is the notice for %(found)s. Open that year, or paste the notice for %(year)s.")
        case "missing":
            text = _("Not the whole notice: %(found)s is missing.")
        case "sentence":
            text = _("“%(at)s” cannot be read.")
        case "date":
            text = _("“%(at)s”: there is no day %(found)s in %(year)s.")
        case "weekday":
            text = _("“%(at)s”: the weekday is another one in %(year)s, it should be %(found)s.")
        case "count":
            text = _("“%(at)s”: from the first day to the last it is %(found)s days.")
        case "order":
            text = _("“%(at)s”: the last day lies before the first, or in another year.")
        case "weekend":
            text = _("“%(at)s”: %(found)s is no Saturday or Sunday, so nobody makes up for a day then.")
        case "twice":
            text = _("%(found)s is said to be free and to be worked (%(at)s).")
        case "again":
            text = _("%(found)s is named twice among the days that are worked (%(at)s).")
        case _:
            text = _(
                "No holidays were found. Paste the text of the notice with its numbered parts, 一、元旦：… to 七、…."
            )
    return text % facts
