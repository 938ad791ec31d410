"""A customer stopped using the product, or outgrows what it pays for."""

from datetime import timedelta

from evergrow import warehouse
from evergrow.customers.tiers import scheme as schemes
from evergrow.lib import numerals
from evergrow.success.models import Severity
from evergrow.success.rules.finding import EN, Finding, Seen, Watch, standing, text

QUIET_DAYS = 14
GONE_DAYS = 90
FRESH_DAYS = 3
NEARLY = 0.9
SEATS_WINDOW = 28
LEAST_SEATS = 3  # below that every active customer would be a finding


def quiet(watch: Watch) -> Seen:
    """No event for some days (up to 90) after weekly use. With nobody's data fresh, nothing is judged."""
    rows = warehouse.columns(
        warehouse.statement("success", "quiet_accounts"),
        workspace_id=watch.workspace.pk,
        today=watch.today,
        gone=watch.today - timedelta(days=GONE_DAYS),
    )
    days_by_number = dict(zip(rows["account"].tolist(), rows["days"].tolist(), strict=True))
    if not days_by_number or min(days_by_number.values()) > FRESH_DAYS:
        return Seen(unknown=frozenset(watch.accounts))
    weeks = dict(zip(rows["account"].tolist(), rows["weeks"].tolist(), strict=True))
    key_tiers = schemes.of(watch.workspace).key_tiers
    limit, found = watch.days("days", QUIET_DAYS), []
    for pk, account in watch.accounts.items():
        days = days_by_number.get(account.number)
        if days is None or days < limit or weeks[account.number] < 3:
            continue
        is_big = account.tier in key_tiers
        reason = text(f"{days} 天没有使用，此前每周都在用", f"No use for {days} days, after weekly use")
        before = text(
            f"停用前四周中有 {weeks[account.number]} 周在用",
            f"in use in {weeks[account.number]} of the 4 weeks before that",
        )
        severity = Severity.HIGH if is_big else Severity.MEDIUM
        found.append(Finding(pk, severity, reason, [before, *standing(account, watch.today)]))
    return Seen(found)


def seats_nearly_used(watch: Watch) -> Seen:
    """Active people against paid seats, where both are known."""
    rows = warehouse.columns(
        warehouse.statement("success", "active_people"),
        workspace_id=watch.workspace.pk,
        since=watch.today - timedelta(days=SEATS_WINDOW),
        today=watch.today,
    )
    people = dict(zip(rows["account"].tolist(), rows["people"].tolist(), strict=True))
    nearly, found = watch.set("share", NEARLY), []
    for pk, account in watch.accounts.items():
        active = people.get(account.number, 0)
        if not account.seats or account.seats < LEAST_SEATS or active < nearly * account.seats:
            continue
        share = numerals.percent(active / account.seats, EN)
        reason = text(f"席位已用 {share}，可谈增购", f"{share} of the seats are in use: talk about more")
        line = text(
            f"近 28 天 {active} 人活跃，付费 {account.seats} 席",
            f"{active} people active in 28 days, {account.seats} seats paid",
        )
        found.append(Finding(pk, Severity.LOW, reason, [line, *standing(account, watch.today)]))
    known = {pk for pk, account in watch.accounts.items() if account.seats}
    return Seen(found, frozenset(watch.accounts) - known)
