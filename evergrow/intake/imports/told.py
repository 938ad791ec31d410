"""What an undo does, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from evergrow.intake.imports.undo import Plan


def names() -> dict[str, str]:
    """Kinds of record by the name of their model, in the reader's language."""
    return {
        "account": _("Accounts"),
        "person": _("People"),
        "subscription": _("Subscriptions"),
        "invoice": _("Invoices"),
        "ticket": _("Tickets"),
        "touch": _("Touches"),
        "affiliation": _("Places of people at accounts"),
        "identifier": _("Identifiers of people"),
        "teamseat": _("Team seats"),
        "note": _("Notes"),
        "visit": _("Visits"),
        "timelineentry": _("Timeline entries"),
    }


def lines(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts by model as words and numbers, the largest first; kinds without a name come together at the end."""
    known = names()
    told = [(known[name.lower()], count) for name, count in counts.items() if name.lower() in known]
    rest = sum(count for name, count in counts.items() if name.lower() not in known)
    told.sort(key=lambda line: -line[1])
    return [*told, (_("Other records, such as scores and tasks"), rest)] if rest else told


def in_words(plan: Plan) -> dict[str, list[tuple[str, int]]]:
    return {"deleted": lines(plan.deleted), "along": lines(plan.along)}
