"""An important customer has not heard from us."""

from evergrow.customers import last_contact
from evergrow.customers.tiers import scheme as schemes
from evergrow.success.models import Severity
from evergrow.success.rules.finding import Finding, Seen, Watch, standing, text

DAYS = 30


def silent(watch: Watch) -> Seen:
    """Accounts of the key tiers without contact for so many days, counted from when we knew them at the earliest."""
    key_tiers = schemes.of(watch.workspace).key_tiers
    important = [a for a in watch.accounts.values() if a.tier in key_tiers]
    limit = watch.days("days", DAYS)
    last = last_contact.days(watch.workspace, [account.pk for account in important])
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
