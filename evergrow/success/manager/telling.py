"""Whom a bulk change of tasks concerns hears of it once, not of each task."""

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evergrow.customers.models import BulkChange
from evergrow.lib.numerals import signed
from evergrow.success.models import Task, Unit
from evergrow.workspaces import notices
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices.models import Notice

GIVEN, SHIFTED, BACK = "tasks.given", "tasks.shifted", "tasks.taken_back"


def register() -> None:
    """Teach the bell these kinds."""
    notices.register(GIVEN, "users", _given, label=gettext_lazy("Several tasks came to me or went from me"))
    notices.register(SHIFTED, "calendar-event", _shifted, label=gettext_lazy("Due dates of my tasks were moved"))
    notices.register(BACK, "arrow-back-up", _back, label=gettext_lazy("Such a change was taken back"))


def given(change: BulkChange) -> None:
    """Tell who got tasks and who gave some."""
    came, went = Counter[int](), Counter[int]()
    for before, after in change.rows.values_list("before__owner", "after__owner"):
        if after:
            came[after] += 1
        if before:
            went[before] += 1
    for member in _members(change, came | went):
        _tell(change, member, GIVEN, {"came": came[member.pk], "went": went[member.pk], "to": change.args["to"]})


def shifted(change: BulkChange) -> None:
    """Tell the owners."""
    mine = _by_owner(change)
    for member in _members(change, mine):
        facts = {"n": mine[member.pk], "days": change.args["days"], "unit": change.args["unit"]}
        _tell(change, member, SHIFTED, facts)


def taken_back(change: BulkChange) -> None:
    """Tell whoever has the tasks now."""
    mine = _by_owner(change, is_undone=True)
    for member in _members(change, mine):
        _tell(change, member, BACK, {"n": mine[member.pk]}, by=change.undone_by)


def _by_owner(change: BulkChange, **of_rows: Any) -> Counter[int]:
    keys = change.rows.filter(**of_rows).values("object_id")
    owners = Task.objects.filter(pk__in=keys, owner__isnull=False).order_by()
    return Counter(owners.values_list("owner_id", flat=True))


def _members(change: BulkChange, keys: Counter[int]) -> list[Member]:
    found = Member.objects.filter(pk__in=list(keys), workspace_id=change.workspace_id, left_at=None)
    return list(found.select_related("user", "workspace"))


def _tell(change: BulkChange, member: Member, kind: str, data: dict[str, Any], by: Member | None = None) -> None:
    url = reverse("success:tasks", args=[member.workspace.slug])
    key = f"bulk {change.pk}"
    notices.tell(member, kind, url=url, data=data, by=by or change.by, dedupe_key=key)


def _given(notice: Notice) -> str:
    came, went = int(notice.data.get("came", 0)), int(notice.data.get("went", 0))
    facts = {"by": str(notice.by or "Evergrow"), "came": came, "went": went}
    if came and went:
        return _("%(by)s gave you %(came)s tasks and %(went)s of yours to others") % facts
    if came:
        return ngettext("%(by)s gave you %(came)s task", "%(by)s gave you %(came)s tasks", came) % facts
    facts["to"] = _(", ").join(notice.data.get("to", []))
    return (
        ngettext("%(by)s gave %(went)s of your tasks to %(to)s", "%(by)s gave %(went)s of your tasks to %(to)s", went)
        % facts
    )


def _shifted(notice: Notice) -> str:
    n, days = int(notice.data.get("n", 0)), int(notice.data.get("days", 0))
    facts = {"by": str(notice.by or "Evergrow"), "n": n, "days": signed(days)}
    if notice.data.get("unit") == Unit.WORKDAYS:
        return (
            ngettext(
                "%(by)s moved the date of %(n)s of your tasks by %(days)s working days",
                "%(by)s moved the dates of %(n)s of your tasks by %(days)s working days",
                n,
            )
            % facts
        )
    return (
        ngettext(
            "%(by)s moved the date of %(n)s of your tasks by %(days)s days",
            "%(by)s moved the dates of %(n)s of your tasks by %(days)s days",
            n,
        )
        % facts
    )


def _back(notice: Notice) -> str:
    n = int(notice.data.get("n", 0))
    facts = {"by": str(notice.by or "Evergrow"), "n": n}
    return (
        ngettext(
            "%(by)s took back a change of %(n)s of your tasks", "%(by)s took back a change of %(n)s of your tasks", n
        )
        % facts
    )
