"""Portrait: what sets a group apart, as a page and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.criteria import CostError, CriteriaError
from evergrow.customers.downloads import Format, download
from evergrow.customers.portrait import choices
from evergrow.customers.portrait.comparing import FAMILIES, Finding, Portrait, compare
from evergrow.customers.portrait.words import Words, family_words
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.models import AccountScope

WINDOWS = (7, 30, 90)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A finding with its words."""

    finding: Finding
    subject: str
    sentence: str
    mine: str
    theirs: str
    interval: str
    low: float
    high: float
    point: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks, and the portrait it comes to."""

    kind: str
    days: int
    name: str = ""
    other_name: str = ""
    portrait: Portrait | None = None
    problem: str = ""


@gate("view")
def portrait(request: GatedRequest) -> HttpResponse:
    """Choose a group, and another one or everyone else; read what sets them apart."""
    asked = _asked(request)
    found = asked.portrait
    words = Words.of(request.workspace, asked.kind)
    families = []
    if found is not None:
        families = [
            (family_words(family), [_line(words, f) for f in found.of(family)[: SHOWN * 2]]) for family in FAMILIES
        ]
    context: dict[str, Any] = {
        "asked": asked,
        "portrait": found,
        "best": [_line(words, finding) for finding in found.outstanding[:SHOWN]] if found else [],
        "families": [(name, lines) for name, lines in families if lines],
        "offered": choices.offered(request.workspace, asked.kind),
        "kinds": [("account", _("Accounts")), ("person", _("People"))],
        "windows": [(days, days == asked.days) for days in WINDOWS],
        "of": request.GET.get("of", ""),
        "with": request.GET.get("with", ""),
        "criteria": request.GET.get("criteria", ""),
        "other_criteria": request.GET.get("other_criteria", ""),
        "query": request.GET.urlencode(),
    }
    return render(request, "customers/portrait/portrait.html", context, status=422 if asked.problem else 200)


@gate("view")
def export(request: GatedRequest) -> HttpResponseBase:
    """Every finding as a file."""
    asked = _asked(request)
    if asked.portrait is None:
        raise Http404
    words = Words.of(request.workspace, asked.kind)
    audit.record(request.workspace, "portrait.exported", request.workspace, by=request.member)
    form: Format = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    name = _("Portrait %(day)s") % {"day": request.workspace.today()}
    return download(request.workspace, name, _heads(), _rows(asked.portrait, words), form)


def _asked(request: GatedRequest) -> Asked:
    """Answer the address. Groups are whole, so only members who see all accounts may ask."""
    if request.member.scope != AccountScope.ALL:
        raise PermissionDenied
    sent = request.GET
    kind = sent.get("kind", "account") if sent.get("kind") in choices.KINDS else "account"
    days = int(sent["days"]) if sent.get("days", "") in [str(window) for window in WINDOWS] else 30
    try:
        one = choices.read(request.workspace, kind, sent.get("of", ""), sent.get("criteria", ""))
        other = choices.read(request.workspace, kind, sent.get("with", ""), sent.get("other_criteria", ""))
        if one is None:
            return Asked(kind, days)
        found = compare(request.workspace, one[1], other[1] if other else None, days)
    except (CriteriaError, CostError) as error:
        return Asked(kind, days, problem=str(error))
    except warehouse.StoreUnavailable:
        return Asked(kind, days, problem=_("The event store is away. Try again in a minute."))
    return Asked(kind, days, one[0], other[0] if other else _("everyone else"), found)


def _line(words: Words, finding: Finding) -> Line:
    scale = 100 if finding.is_share else 1
    return Line(
        finding,
        words.subject(finding),
        words.sentence(finding),
        words.amount(finding, finding.mine),
        words.amount(finding, finding.theirs),
        words.interval(finding),
        finding.gap.low * scale,
        finding.gap.high * scale,
        finding.gap.value * scale,
    )


def _heads() -> list[str]:
    return [
        _("Family"),
        _("What"),
        _("Group"),
        _("Others"),
        _("Difference"),
        _("95% from"),
        _("95% to"),
        _("Lift"),
        _("Lift from"),
        _("Lift to"),
        _("Effect size"),
        "p",
        _("p adjusted"),
        _("n group"),
        _("n others"),
    ]


def _rows(found: Portrait, words: Words) -> Iterator[list[Any]]:
    for finding in found.findings:
        lift = finding.lift or (None, None, None)
        numbers = [finding.mine, finding.theirs, finding.gap.value, finding.gap.low, finding.gap.high, *lift]
        more = [finding.effect, finding.gap.p, finding.q]
        rounded = [None if number is None else round(number, 6) for number in [*numbers, *more]]
        yield [family_words(finding.family), words.subject(finding), *rounded, finding.n, finding.other_n]
