"""The part ``triage``: the inbox with 5,000 open signals, as the server answers it, through Django without a network.

The baseline of the same run is the least that such a page can ask: the first 50 signals of the workspace, unsorted and
unseen by whom, and one count.
"""

from typing import Any

from django.db import connection
from django.test import Client

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.lib.bench import Result, durations, quantile, spent
from evergrow.success.bench import bulk, crowd
from evergrow.success.models import Signal, SignalKind
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.signals import inbox
from evergrow.workspaces.models import Member, Role, User, Workspace

OPEN, ACCOUNTS, TARGET = 5_000, 2_500, 0.150
KINDS = [SignalKind.HEALTH_FELL, SignalKind.NO_CONTACT, SignalKind.TICKET, SignalKind.USAGE_QUIET]
BASELINE = "the first 50 signals and one count, bare"


def measure() -> list[Result]:
    """Seconds of a whole page, of the pane that J and K fetch, and of an act with the inbox it answers."""
    space = crowd.workspace()
    member = _member(space)
    _signals(space, crowd.accounts(space, ACCOUNTS))
    bulk.analyze()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(member.user)
    base = f"/w/{space.slug}/signals/"
    taken = iter(list(inbox.rows(member, inbox.Filter()).values_list("pk", flat=True)))
    htmx = {"HX-Request": "true", "HX-Target": "signal-pane"}
    first = Signal.objects.filter(workspace=space).order_by("pk").values_list("pk", flat=True)[0]
    bare = durations(lambda: _bare(space), seconds=2)
    ways: dict[str, Any] = {
        "inbox with 5,000 open signals": lambda: _ok(client.get(base)),
        "inbox narrowed to a kind": lambda: _ok(client.get(base + "?kind=no_contact")),
        "one signal beside the list": lambda: _ok(client.get(f"{base}?signal={first}", headers=htmx)),
        "an act, and the inbox after it": lambda: _ok(
            client.post(f"{base}{next(taken)}/moves/", {"move": "take"}, headers={"HX-Request": "true"})
        ),
    }
    results: list[Result] = []
    for name, way in ways.items():
        way()
        spans, used = spent(way, seconds=4)
        metric, least = f"{name} p95, {connection.vendor}", quantile(bare, 0.95)
        results += [
            Result(metric, quantile(spans, 0.95), "s", "lower", TARGET, BASELINE, least),
            Result(f"{metric}, processor of the thread", quantile(used, 0.95), "s", "lower"),
        ]
    return results


def _member(space: Workspace) -> Member:
    user = User.objects.create_user("bench@example.com", name="Bench")
    return Member.objects.create(workspace=space, user=user, role=Role.OWNER)


def _signals(space: Workspace, firms: list[Account]) -> None:
    now, today = clock.now(), space.today()
    Signal.objects.bulk_create(
        (
            Signal(
                workspace=space,
                account=firms[n % len(firms)],
                kind=KINDS[n % len(KINDS)],
                dedupe_key=f"bench:{n}",
                severity=1 + n % 3,
                reason={"zh": f"{n} 天没有联系", "en": f"No contact for {n} days"},
                evidence=[{"zh": "MRR ¥1万", "en": "MRR ¥10K"}, {"zh": "30 天后续约", "en": "renews in 30 days"}],
                evaluated_on=today,
                first_seen_at=now,
                last_seen_at=now,
                due_on=today,
            )
            for n in range(OPEN)
        ),
        batch_size=500,
    )


def _bare(space: Workspace) -> int:
    rows = Signal.objects.filter(workspace=space, state__in=OPEN_SIGNALS)
    return len(list(rows[:50])) + rows.count()


def _ok(answer: Any) -> None:
    if answer.status_code != 200:
        raise RuntimeError(f"The page to measure answered {answer.status_code}.")
