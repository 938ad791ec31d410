"""An important customer has not heard from us."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Max

from evergrow.customers.models import Note, Visit
from evergrow.customers.tiers import scheme as schemes
from evergrow.lib.batches import batched
from evergrow.success.models import Severity, StepKind, Task, TaskState
from evergrow.success.rules.finding import Finding, Seen, Watch, standing, text
from evergrow.workspaces.models import Workspace

DAYS = 30
TALKS = [StepKind.CALL, StepKind.MEETING, StepKind.MESSAGE]


def silent(watch: Watch) -> Seen:
    """Accounts of the key tiers without contact for so many days, counted from when we knew them at the earliest."""
    key_tiers = schemes.of(watch.workspace).key_tiers
    important = [a for a in watch.accounts.values() if a.tier in key_tiers]
    limit = watch.days("days", DAYS)
    last = last_contacts(watch.workspace, [account.pk for account in important])
    found = []
    for account in important:
        known_since = account.created_at.astimezone(watch.workspace.tz).date()
        contact = last.get(account.pk)
        days = (watch.today - max(known_since, contact or known_since)).days
        if days < limit:
            continue
        reason = text(f"{days} 天没有联系", f"No contact for {days} days")
        line = text("没有任何联系记录", "no contact on record")
        if contact is not None:
            line = text(f"上次联系 {contact.isoformat()}", f"last contact {contact.isoformat()}")
        severity = Severity.HIGH if days >= 2 * limit else Severity.MEDIUM
        found.append(Finding(account.pk, severity, reason, [line, *standing(account, watch.today)]))
    return Seen(found)


def last_contacts(workspace: Workspace, accounts: Sequence[int]) -> dict[int, date]:
    """The day of the last visit, note, or finished call, meeting or message with each account, by its id."""
    zone = workspace.tz
    talks = Task.objects.filter(state=TaskState.DONE, kind__in=TALKS)
    last: dict[int, date] = {}

    def keep(rows: Iterable[tuple[int, date | datetime | None]]) -> None:
        for pk, at in rows:
            day = at.astimezone(zone).date() if isinstance(at, datetime) else at
            if day is not None:
                last[pk] = max(day, last.get(pk, day))

    for part in batched(accounts, 500):
        mine = {"account__in": part}
        keep(Visit.objects.filter(**mine).values_list("account").annotate(Max("happened_on")))
        keep(Note.objects.filter(**mine).values_list("account").annotate(Max("created_at")))
        keep(talks.filter(**mine).order_by().values_list("account").annotate(Max("ended_at")))
    return last
