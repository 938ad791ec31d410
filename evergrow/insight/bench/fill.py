"""The made-up world: a workspace with accounts, and events written by the store itself, the same every time."""

from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta
from time import process_time

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.bench.days import BEGIN, DAYS, NOW
from evergrow.warehouse import watched
from evergrow.workspaces.models import Member, Role, User, Workspace

ACCOUNTS, PEOPLE, EVENTS, MERGED, BLOCK = 5_000, 500_000, 40, 2_000, 200_000
WATCHED = ("event_0", "plan")
PLANS = ("Starter", "Pro", "Business", "Enterprise")


def workspace() -> Member:
    """The owner of a workspace with accounts on plans, the raw table, and a few merged people in both."""
    made = Workspace.objects.create(slug="bench", name="Bench", zone="UTC")
    Account.objects.bulk_create(
        Account(
            workspace=made,
            number=number,
            external_id=f"a{number}",
            name=f"Account {number}",
            plan=PLANS[number % len(PLANS)],
        )
        for number in range(1, ACCOUNTS + 1)
    )
    for name in ("bench_raw_table", "bench_raw_overrides"):
        warehouse.execute(warehouse.statement("insight", name))
    warehouse.insert(
        "person_overrides",
        {
            "workspace_id": [made.pk] * MERGED,
            "from_person": list(range(1, 2 * MERGED, 2)),
            "to_person": list(range(2, 2 * MERGED + 1, 2)),
            "version": [1] * MERGED,
        },
    )
    warehouse.execute(warehouse.statement("insight", "bench_raw_merges"), workspace=made.pk)
    user = User.objects.create_user("bench@example.com", name="Bench", language="en")
    return Member.objects.create(workspace=made, user=user, role=Role.OWNER)


def events(made: Workspace, first: int, until: int) -> None:
    """The events numbered from ``first`` to before ``until``, in blocks of days, into our tables and into the raw one.

    Events and people are busy or rare by a power of an even number between 0 and 1; every day has as many.
    """
    blocks = min(max((until - first) // BLOCK, 1), DAYS)
    span = timedelta(days=DAYS) / blocks
    for block in range(blocks):
        begin = first + (until - first) * block // blocks
        end = first + (until - first) * (block + 1) // blocks
        moment = datetime.combine(BEGIN, time(0), UTC) + block * span
        write(made, begin, end - begin, moment, span // timedelta(milliseconds=1))


def watch(made: Workspace) -> tuple[float, int]:
    """Watch the property of the breakdown, filled anew; the seconds of processors that took, the bytes on disk."""
    watched.note(made.pk, *WATCHED, NOW)
    for each in watched.every(made.pk):
        watched.begin(each, nullcontext)
    began = process_time()
    watched.tend(made.pk, NOW)
    taken = process_time() - began
    return taken, int(warehouse.scalar(warehouse.statement("insight", "bench_sets_on_disk")) or 0)


def write(made: Workspace, first: int, count: int, moment: datetime, milliseconds: int) -> None:
    """Some events within so many milliseconds after a moment."""
    if count > 0:
        params = {"workspace": made.pk, "first": first, "count": count, "moment": moment, "span": milliseconds}
        sizes = {"people": PEOPLE, "accounts": ACCOUNTS, "events": EVENTS, "plans": list(PLANS)}
        warehouse.execute(warehouse.statement("insight", "bench_events"), **params, **sizes)
        warehouse.execute(warehouse.statement("insight", "bench_raw_copy"), workspace=made.pk, first=first, count=count)
