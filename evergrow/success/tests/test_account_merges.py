"""What becomes of signals, runs and tasks when two accounts turn out to be one, and when that is taken back."""

from typing import Any

import pytest

from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.success.actions.runs import start_run
from evergrow.success.models import Rescue, RescueStay, Run, Signal, SignalState, Task
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.risks import rescuing

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.once]


def raised(account: Any, kind: str, **fields: Any) -> Signal:
    return Signal.objects.create(
        workspace=account.workspace,
        account=account,
        kind=kind,
        dedupe_key=f"{kind}:{account.pk}",
        severity=2,
        reason={"en": "x", "zh": "x"},
        evaluated_on=account.workspace.today(),
        **fields,
    )


def everything() -> Any:
    return [list(model.objects.order_by("pk").values()) for model in (Signal, Run, Task)]


def test_of_two_open_signals_of_a_kind_the_kept_accounts_goes_on(make_account, alice) -> None:
    kept, merged = make_account(1), make_account(2)
    both = raised(kept, "usage_quiet"), raised(merged, "usage_quiet")
    alone = raised(merged, "no_contact", state=SignalState.ACKNOWLEDGED)
    over = raised(merged, "ticket", state=SignalState.RESOLVED)
    before = everything()
    merge = merge_accounts(kept=kept, merged=merged, reason="same", by=alice)
    open_ones = Signal.objects.filter(account=kept, state__in=OPEN_SIGNALS)
    assert set(open_ones) == {both[0], alone}
    assert Signal.objects.get(pk=both[1].pk).state == SignalState.EXPIRED
    assert Signal.objects.get(pk=alone.pk).dedupe_key == f"no_contact:{kept.pk}"
    assert Signal.objects.get(pk=over.pk).account == kept
    undo_merge(merge=merge, by=alice)
    assert everything() == before


def test_of_a_playbook_that_runs_at_both_the_kept_accounts_run_goes_on(make_account, make_playbook, alice) -> None:
    kept, merged = make_account(1), make_account(2)
    twice, once = (
        make_playbook("short", {"key": "a"}, {"key": "b", "after": ["a"]}),
        make_playbook("other", {"key": "c"}),
    )
    goes_on = start_run(account=kept, playbook=twice, by=alice)
    ends = start_run(account=merged, playbook=twice, by=alice)
    moves = start_run(account=merged, playbook=once, by=alice)
    before = everything()
    merge = merge_accounts(kept=kept, merged=merged, reason="same", by=alice)
    assert {run.pk: run.state for run in Run.objects.filter(account=kept)} == {
        goes_on.pk: "active",
        ends.pk: "cancelled",
        moves.pk: "active",
    }
    assert set(Task.objects.filter(run=ends).values_list("state", flat=True)) == {"cancelled"}
    assert set(Task.objects.values_list("account", flat=True)) == {kept.pk}
    undo_merge(merge=merge, by=alice)
    assert everything() == before


def test_of_two_rescues_the_kept_accounts_goes_on_with_the_reasons_of_both(make_account, alice) -> None:
    kept, merged = make_account(1, mrr=300), make_account(2, mrr=200)
    one = rescuing.begin(account=kept, by=alice, reasons=["price"])
    two = rescuing.begin(account=merged, by=alice, reasons=["value"], note="They look around")
    rescuing.move(rescue=two, by=alice, to="planned")

    def rescues() -> Any:
        return [list(model.objects.order_by("pk").values()) for model in (Rescue, RescueStay)]

    before = rescues()
    merge = merge_accounts(kept=kept, merged=merged, reason="same", by=alice)
    found = Rescue.objects.get()
    assert (found.pk, found.reasons, found.note, found.mrr) == (one.pk, ["value", "price"], "They look around", 500)
    undo_merge(merge=merge, by=alice)
    assert rescues() == before
