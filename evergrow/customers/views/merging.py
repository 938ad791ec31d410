"""Merge two people with a preview, the log of merges, and take one back."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from evergrow.customers.access import person_or_404
from evergrow.customers.actions.merges import CannotMerge, merge_people, undo_merge
from evergrow.customers.models import Person
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.queries import merging
from evergrow.lib.digits import row_id
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE_SIZE = 50


class WhyForm(forms.Form):
    """Why two people are one; stands on the log."""

    reason = forms.CharField(label=gettext_lazy("Why are they the same?"), max_length=80)


@gate("work")
@require_http_methods(["GET", "POST"])
def merge(request: GatedRequest, number: int) -> HttpResponse:
    """Find who is the same person, look at what would move, and merge."""
    kept = person_or_404(request.member, number)
    given = request.GET.get("with", "") if request.method == "GET" else request.POST.get("with", "")
    if row_id(given) in (0, number):
        text = request.GET.get("q", "").strip()[:200]
        found = merging.candidates(request.member, kept, text)
        return render(request, "customers/identity/find.html", {"person": kept, "found": found, "text": text})
    merged = person_or_404(request.member, row_id(given))
    form = WhyForm(request.POST or None, initial={"reason": _("same human")})
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = merge_people(kept=kept, merged=merged, reason=form.cleaned_data["reason"], by=request.member)
        except CannotMerge as error:
            problem = str(error)
        else:
            said = _("%(merged)s is a part of %(kept)s now. You can take it back on the log.")
            mask = mask_for(request)
            messages.success(request, said % {"merged": mask.called(done.merged), "kept": mask.called(done.kept)})
            return redirect(_person(kept))
    context = {"found": merging.preview(kept, merged, mask_for(request)), "form": form, "problem": problem}
    return render(request, "customers/identity/merge.html", context, status=422 if form.errors or problem else 200)


@gate("view")
@require_safe
def log(request: GatedRequest) -> HttpResponse:
    """Every merge, by hand and by messages, of the workspace or of one person."""
    about = request.GET.get("person", "")
    person = person_or_404(request.member, row_id(about)) if row_id(about) else None
    shown = request.GET.get("by", "")
    by_hand = {"hand": True, "messages": False}.get(shown)
    rows = merging.merges(request.member, person=person, by_hand=by_hand)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    more = f"&person={person.number}" if person else ""
    kinds = (("", _("All")), ("hand", _("By colleagues")), ("messages", _("By messages")))
    tabs = [(label, f"by={key}{more}", key == shown) for key, label in kinds]
    return render(request, "customers/identity/log.html", {"page": page, "tabs": tabs, "person": person})


@gate("view")
@require_http_methods(["GET", "POST"])
def undo(request: GatedRequest, pk: int) -> HttpResponse:
    """What taking a merge back would do; and do it."""
    merge = get_object_or_404(merging.merges(request.member), pk=pk)
    may_work, problem = may(request.member, "work"), ""
    if request.method == "POST":
        try:
            alone = undo_merge(merge=merge, by=request.member)
        except CannotMerge as error:
            problem = str(error)
        else:
            messages.success(request, _("%(person)s stands alone again.") % {"person": mask_for(request).called(alone)})
            return redirect(_person(alone))
    context = {"found": merging.undoing(merge, mask_for(request)), "may_work": may_work, "problem": problem}
    return render(request, "customers/identity/undo.html", context, status=422 if problem else 200)


def _person(person: Person) -> str:
    return reverse("customers:person", kwargs={"workspace": person.workspace.slug, "number": person.number})
