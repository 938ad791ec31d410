"""Write the movements that subscriptions say, and take back by counter-entry those they do not say any more."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from evergrow.customers.models import Account, Subscription
from evergrow.customers.queries.currencies import in_own
from evergrow.health.money.models import Movement
from evergrow.health.money.steps import Line, steps
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

BATCH = 1000
# Account, day, kind, cents: what a movement says
Said = tuple[int, date, str, int]


@dataclass(frozen=True, slots=True)
class Booked:
    """How many movements were written, and how many earlier ones taken back."""

    written: int
    reversed: int


@transaction.atomic
def book(workspace: Workspace) -> Booked:
    """Bring the movements up to the workspace's today; the same again writes nothing.

    A merged account's lines count for the account that is kept, so its movements are restated as if it always had
    been one. Accounts in the trash keep theirs, which nobody sees; they are back when the account is.
    """
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    standing = _standing(workspace)
    wanted = Counter(_wanted(workspace))
    now = clock.now()
    gone = []
    for said, rows in standing.items():
        kept = min(len(rows), wanted[said])
        wanted[said] -= kept
        gone += rows[kept:]
    fresh = [_row(workspace, said) for said, count in wanted.items() for _ in range(count)]
    counter = [_counter_entry(workspace, *row) for row in gone]
    for row in (*counter, *fresh):
        row.booked_at = now
    Movement.objects.bulk_create([*counter, *fresh], batch_size=BATCH)
    return Booked(len(fresh), len(gone))


def _standing(workspace: Workspace) -> dict[Said, list[tuple[int, Said]]]:
    """The movements that hold, as their keys: neither counter-entries nor taken back."""
    rows = Movement.objects.filter(workspace=workspace, reverses=None, reversed_by=None).order_by("pk")
    found: dict[Said, list[tuple[int, Said]]] = defaultdict(list)
    columns = rows.values_list("pk", "account_id", "effective_on", "kind", "amount")
    for pk, account, day, kind, amount in columns.iterator(chunk_size=5000):
        said = (account, day, str(kind), int(amount * 100))
        found[said].append((pk, said))
    return found


def _wanted(workspace: Workspace) -> Iterable[Said]:
    today = workspace.today()
    for account, lines in lines_of(workspace).items():
        for step in steps(lines, today):
            yield account, step.day, step.kind.value, step.cents


def lines_of(workspace: Workspace) -> dict[int, list[Line]]:
    """The paid lines of each account (by primary key), in cents of the workspace's currency at constant rates."""
    rows = (
        Subscription.objects.filter(workspace=workspace, mrr__gt=0)
        .exclude(started_on=None)
        .annotate(own=in_own(workspace))
        .values_list("account_id", "started_on", "cancelled_on", "own")
    )
    found: dict[int, list[Line]] = defaultdict(list)
    merged = dict(
        Account.everyone.filter(workspace=workspace).exclude(merged_into=None).values_list("pk", "merged_into")
    )
    for account, first, end, own in rows.iterator(chunk_size=5000):
        cents = round(own * 100)
        if cents and first is not None:
            found[merged.get(account) or account].append((first, end, cents))
    return found


def _row(workspace: Workspace, said: Said) -> Movement:
    account, day, kind, cents = said
    return Movement(workspace=workspace, account_id=account, kind=kind, amount=Decimal(cents) / 100, effective_on=day)


def _counter_entry(workspace: Workspace, pk: int, said: Said) -> Movement:
    row = _row(workspace, (*said[:3], -said[3]))
    row.reverses_id = pk
    return row
