"""Two people turn out to be one. Events keep their number; the event store maps it to the kept person's."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from evergrow.customers import overrides
from evergrow.customers.identity.kinds import OWN
from evergrow.customers.identity.store import refuse
from evergrow.customers.models import (
    Affiliation,
    Identifier,
    IdentityConflict,
    Person,
    PersonMerge,
    Point,
    Reattribution,
    StageStay,
    Ticket,
    TimelineEntry,
    Visit,
    VisitGuest,
)
from evergrow.customers.traits import join
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

FACTS = ("name", "email", "phone", "title")
MOVED: dict[str, type[models.Model]] = {
    "identifiers": Identifier,
    "affiliations": Affiliation,
    "tickets": Ticket,
    "visits": Visit,
    "timeline": TimelineEntry,
    "stages": StageStay,
    "visit_guests": VisitGuest,
    "points": Point,
}


class CannotMerge(ValueError):
    """These two rows cannot become one person."""


@transaction.atomic
def merge_people(
    *, kept: Person, merged: Person, reason: str, by: Member | None, tell_store: bool = True
) -> PersonMerge:
    """Make ``merged`` a part of ``kept``, whose facts win; the earlier of both first moments stays.

    Enough is written down to undo it. ``tell_store=False`` leaves it to the caller to call ``overrides.write``.
    Raises CannotMerge.
    """
    require(by, "work")
    if kept.workspace_id != merged.workspace_id or kept.pk == merged.pk:
        raise CannotMerge(_("Only two different people of one workspace can be merged."))
    if kept.merged_into_id or merged.merged_into_id:
        raise CannotMerge(_("One of them was merged before. Merge the person they belong to now."))
    before = _moved(kept, merged) | _facts(kept)
    merge = PersonMerge.objects.create(
        workspace_id=kept.workspace_id,
        kept=kept,
        merged=merged,
        identifiers=before.pop("identifiers"),
        traits_before=before,
        reason=reason,
        by=by,
        at=clock.now(),
    )
    _join_facts(kept, merged)
    Person.objects.filter(merged_into=merged).update(merged_into=kept)
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    _settle_conflicts(kept, by)
    if by is not None:
        audit.record(kept.workspace, "person.merged", kept, by=by, data={"number": merged.number, "reason": reason})
    if tell_store:
        overrides.write_on_commit(kept)
    return merge


def _settle_conflicts(kept: Person, by: Member | None) -> None:
    """Where both of a conflict are this person now, nothing is left to decide."""
    one = Person.objects.filter(models.Q(pk=kept.pk) | models.Q(merged_into=kept)).values("pk")
    State = IdentityConflict.State
    found = IdentityConflict.objects.filter(person__in=one, other__in=one, state=State.OPEN)
    found.exclude(person=models.F("other")).update(state=State.MERGED, decided_by=by, decided_at=clock.now())


@transaction.atomic
def undo_merge(*, merge: PersonMerge, by: Member | None) -> Person:
    """Take a merge back: the merged person stands alone again, with what was theirs. Gives that person.

    What was said so far, or is said again, does not join them again. The merge stays on the log. Raises CannotMerge.
    """
    require(by, "work")
    if (blocker := why_not_undo(merge)) is not None:
        raise CannotMerge(blocker)
    kept, merged, before = merge.kept, merge.merged, merge.traits_before
    _keep_apart(merge)
    for name, model in MOVED.items():
        rows = merge.identifiers if name == "identifiers" else before.get(name, [])
        model._default_manager.filter(pk__in=rows, person=kept).update(person=merged)
    Person.objects.filter(pk__in=before["people"]).update(merged_into=merged)
    for name in (*FACTS, "traits", "origins", "is_anonymous"):
        setattr(kept, name, before.get(name, getattr(kept, name)))
    kept.save(update_fields=[*FACTS, "traits", "origins", "is_anonymous"])
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    merge.undone_at, merge.undone_by = clock.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    audit.record(
        kept.workspace,
        "person.split",
        kept,
        by=by,
        data={"number": merged.number, "merged_at": merge.at.isoformat(), "reason": merge.reason},
    )
    overrides.write_on_commit(kept, merged)
    return merged


def why_not_undo(merge: PersonMerge) -> str | None:
    """What keeps a merge from being taken back, in words; None where nothing does."""
    if merge.undone_at is not None:
        return _("This merge was undone before.")
    into = merge.kept.merged_into
    if into is not None:
        return _("%(kept)s was merged into %(into)s later. Undo that merge first.") % {"kept": merge.kept, "into": into}
    later = PersonMerge.objects.filter(kept=merge.kept, undone_at=None, pk__gt=merge.pk).order_by("pk").last()
    if later is not None:
        names = {"merged": later.merged, "kept": merge.kept}
        return _("%(merged)s was merged into %(kept)s later. Undo that merge first.") % names
    return None


def _keep_apart(merge: PersonMerge) -> None:
    """Let no message join again what is split now."""
    ids = Identifier.objects.filter(person=merge.kept)
    theirs = ids.filter(pk__in=merge.identifiers)
    # What came under these ids since the merge carries the number of the one who was kept.
    Reattribution.objects.bulk_create(
        [
            Reattribution(workspace=merge.kept.workspace, kind=kind, value=value)
            for kind, value in theirs.filter(kind__in=OWN).values_list("kind", "value")
        ],
        ignore_conflicts=True,
    )
    rest = ids.exclude(pk__in=merge.identifiers)
    refuse(merge.kept.workspace, theirs.values_list("kind", "value"), rest.values_list("kind", "value"))


def _moved(kept: Person, merged: Person) -> dict[str, Any]:
    """Move what belongs to ``merged``; which rows they were, by name. A place both have stays where it is."""
    moved: dict[str, Any] = {"people": list(Person.objects.filter(merged_into=merged).values_list("pk", flat=True))}
    for name, model in MOVED.items():
        rows = model._default_manager.filter(person=merged)
        if model is Affiliation:
            rows = rows.exclude(account__in=Affiliation.objects.filter(person=kept).values("account"))
        if model is StageStay:  # one history a lifecycle: that of the person who is kept, where there is one
            rows = rows.exclude(lifecycle__in=StageStay.objects.filter(person=kept).values("lifecycle"))
        moved[name] = list(rows.values_list("pk", flat=True))
        if moved[name]:
            model._default_manager.filter(pk__in=moved[name]).update(person=kept)
    return moved


def _facts(kept: Person) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in (*FACTS, "traits", "origins", "is_anonymous")}


def _join_facts(kept: Person, merged: Person) -> None:
    join(kept, merged)
    kept.is_anonymous = kept.is_anonymous and merged.is_anonymous
    kept.created_at = min(kept.created_at, merged.created_at)
    seen_first = [moment for moment in (kept.first_seen_at, merged.first_seen_at) if moment]
    seen_last = [moment for moment in (kept.last_seen_at, merged.last_seen_at) if moment]
    kept.first_seen_at, kept.last_seen_at = min(seen_first, default=None), max(seen_last, default=None)
    kept.save(
        update_fields=[*FACTS, "traits", "origins", "is_anonymous", "created_at", "first_seen_at", "last_seen_at"]
    )
