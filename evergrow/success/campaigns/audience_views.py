"""The audience of a campaign: the list, the file, who is added, taken out, or took part."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.downloads import Format, download
from evergrow.customers.privacy.masking import Mask, mask_for
from evergrow.customers.queries import segments
from evergrow.customers.segments import typed
from evergrow.lib.batches import batched
from evergrow.lib.digits import small
from evergrow.lib.numerals import number as said
from evergrow.lib.sheets import Cell, TooManyRows
from evergrow.success.campaigns import access, audience, errors, participation, reached
from evergrow.success.campaigns.models import Campaign
from evergrow.success.campaigns.views import frame
from evergrow.success.errors import Refused
from evergrow.success.views.answers import Unreadable
from evergrow.workspaces import audit
from evergrow.workspaces import errors as workspaces
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.models import AccountScope

PER_PAGE, MOST = 50, 5000
SHOWN = [
    (reached.IN, pgettext_lazy("audience", "In it")),
    (reached.PART, pgettext_lazy("audience", "Took part")),
    (reached.NOT_PART, pgettext_lazy("audience", "Not yet")),
    (reached.OUT, pgettext_lazy("audience", "Taken out")),
]


@gate("view")
@require_safe
def campaign_audience(request: GatedRequest, number: int) -> HttpResponse:
    """Whom it reaches, of those whom the member may see; ``show`` and ``q`` narrow it."""
    found = access.campaign_or_404(request.member, number)
    show, words = _show(request), request.GET.get("q", "")
    page = Paginator(reached.listed(request.member, found, show, words), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    context = frame(request, found, "audience")
    counts = context["row"].counts
    sizes = {
        reached.IN: counts.now,
        reached.PART: counts.took_part,
        reached.NOT_PART: counts.now - counts.took_part,
        reached.OUT: counts.out,
    }
    context |= {
        "page": page,
        "rows": rows,
        "standings": reached.standings(found, rows),
        "show": show,
        "shown": [(key, label, sizes[key]) for key, label in SHOWN],
        "total": sizes[show],
        "words": words,
        "sees_all": request.member.scope == AccountScope.ALL,
    }
    return render(request, "success/campaigns/audience.html", context)


@gate("view")
@require_safe
def export(request: GatedRequest, number: int) -> HttpResponseBase:
    """The list as CSV or Excel, as far as the member sees it."""
    found = access.campaign_or_404(request.member, number)
    show = _show(request)
    rows: Any = reached.listed(request.member, found, show, request.GET.get("q", ""))
    audit.record(request.workspace, "campaign.exported", found, by=request.member, data={"count": rows.count()})
    name = f"{found} {request.workspace.today()}"
    format: Format = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    try:
        return download(request.workspace, name, _heads(found), _sheet(found, rows, mask_for(request)), format)
    except TooManyRows as error:
        messages.error(request, str(error))
        return redirect(access.page_of(found, "campaign_audience"))


@gate("work")
@require_POST
def change(request: GatedRequest, number: int) -> HttpResponse:
    """Add whom a list names, take ticked ones out, or say of ticked or listed ones whether they took part."""
    found, by, way = access.campaign_or_404(request.member, number), request.member, request.POST.get("act", "")
    acts: dict[str, Callable[[Any], int]] = {
        "add": lambda numbers: audience.add(campaign=found, numbers=numbers, by=by),
        "back": lambda numbers: audience.add(campaign=found, numbers=numbers, by=by),
        "out": lambda numbers: audience.take_out(
            campaign=found, numbers=numbers, reason=request.POST.get("reason", ""), by=by
        ),
        "part": lambda numbers: participation.mark(campaign=found, numbers=numbers, by=by),
        "part_list": lambda numbers: participation.mark(campaign=found, numbers=numbers, by=by),
        "not_part": lambda numbers: participation.unmark(campaign=found, numbers=numbers, by=by),
    }
    try:
        if way not in acts:
            raise Unreadable(sentence=_("Choose what to do with them."))
        numbers, unknown = _named(request, found) if way in ("add", "part_list") else (_ticked(request, found), [])
        count = acts[way](numbers)
        if not count and not unknown:
            raise errors.NobodyChosen()
    except (Refused, workspaces.Refused) as refused:
        messages.error(request, str(refused))
    else:
        _tell(request, _done(way, count), unknown)
    return redirect(f"{access.page_of(found, 'campaign_audience')}?show={_show(request)}")


def _show(request: GatedRequest) -> str:
    sent = request.POST if request.method == "POST" else request.GET
    show = sent.get("show", reached.IN)
    return show if show in reached.SHOWN else reached.IN


def _ticked(request: GatedRequest, found: Campaign) -> Any:
    """The numbers of ticked accounts or people; only those whom the member may see."""
    ticked = [number for text in request.POST.getlist("subject")[:MOST] if (number := small(text))]
    return np.array(sorted(segments.named(request.member, found.audience_kind, ticked)), np.uint32)


def _named(request: GatedRequest, found: Campaign) -> tuple[Any, list[str]]:
    """Whom a typed or uploaded list names, and its words that mean nobody. Raises ``typed.CannotRead``."""
    upload, text = request.FILES.get("file"), request.POST.get("members", "")
    words = list(typed.from_csv(upload.read(typed.MOST_BYTES + 1)) if upload else typed.from_text(text))
    known = typed.resolve(request.member, found.audience_kind, words)
    return known.numbers, known.unknown


def _done(way: str, count: int) -> str:
    """What was done, as a sentence."""
    if way in ("add", "back"):
        sentence = ngettext("%(n)s added to the audience.", "%(n)s added to the audience.", count)
    elif way == "out":
        sentence = ngettext("%(n)s taken out of the audience.", "%(n)s taken out of the audience.", count)
    elif way == "not_part":
        sentence = ngettext(
            "%(n)s no longer marked as having taken part.", "%(n)s no longer marked as having taken part.", count
        )
    else:
        sentence = ngettext("%(n)s marked as having taken part.", "%(n)s marked as having taken part.", count)
    return sentence % {"n": said(count)}


def _tell(request: GatedRequest, sentence: str, unknown: list[str]) -> None:
    if not unknown:
        messages.success(request, sentence)
        return
    words = ", ".join(unknown[:10]) + ("…" if len(unknown) > 10 else "")
    more = _("Not known here, %(n)s: %(words)s") % {"n": said(len(unknown)), "words": words}
    messages.warning(request, f"{sentence} {more}")


def _heads(campaign: Campaign) -> list[str]:
    facts = [_("Number"), _("Account"), _("Id in your systems")]
    if campaign.is_of_people:
        facts = [_("Number"), pgettext("person", "Name"), _("Email"), _("Phone"), _("Account")]
    return [*facts, _("Came in"), _("How they came in"), _("Took part"), _("Taken out"), _("Reason")]


def _sheet(campaign: Campaign, rows: Any, mask: Mask) -> Iterator[list[Cell]]:
    for block in batched(rows.iterator(chunk_size=1000), 1000):
        known = reached.standings(campaign, block)
        for each in block:
            standing = known[each.pk]
            row = standing.row
            facts: list[Cell] = [
                row.came_at,
                str(row.get_came_display()),
                standing.took_part_at,
                row.out_at,
                row.out_reason,
            ]
            yield [each.number, *_facts(campaign, each, mask), *facts]


def _facts(campaign: Campaign, each: Any, mask: Mask) -> list[Cell]:
    if not campaign.is_of_people:
        return [segments.called(each, mask), each.external_id]
    shown = mask.shown(each)
    places = "; ".join(segments.called(place.account, mask) for place in each.places)
    return [str(shown), shown.email, shown.phone, places]
