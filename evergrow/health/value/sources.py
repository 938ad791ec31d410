"""Where purchases are read from: invoices, or an event with the amount in a property."""

from datetime import date

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import Account, Invoice, InvoiceStatus
from evergrow.customers.queries.currencies import in_own
from evergrow.health.value.models import ValueSettings
from evergrow.health.value.purchases import History, history
from evergrow.workspaces.models import Workspace

EPOCH = date(1970, 1, 1).toordinal()


def read(workspace: Workspace, settings: ValueSettings) -> History:
    """The purchases of the accounts that count, by primary key, up to the workspace's today."""
    known = dict(Account.objects.filter(workspace=workspace).values_list("number", "pk"))
    rows = _events(workspace, settings, known) if settings.event else _invoices(workspace, set(known.values()))
    if not rows:
        nothing = np.zeros(0, dtype=np.int64)
        return history(nothing, nothing, nothing, 0)
    account, day, amount = (np.array(column) for column in zip(*rows, strict=True))
    return history(account, day, amount, workspace.today().toordinal())


def _invoices(workspace: Workspace, known: set[int]) -> list[tuple[int, int, float]]:
    """Invoices that stand, in the workspace's currency; those without a rate are left out."""
    found = Invoice.objects.filter(workspace=workspace, issued_on__lte=workspace.today(), amount__gt=0)
    found = found.exclude(status=InvoiceStatus.VOID).annotate(own=in_own(workspace, "amount")).filter(own__gt=0)
    rows = found.order_by().values_list("account_id", "issued_on", "own")
    return [(pk, day.toordinal(), float(own)) for pk, day, own in rows.iterator(chunk_size=5000) if pk in known]


def _events(workspace: Workspace, settings: ValueSettings, known: dict[int, int]) -> list[tuple[int, int, float]]:
    """Events with a positive amount; of accounts merged since, those already moved to the kept one."""
    rows = warehouse.rows(
        warehouse.statement("health", "purchases"),
        workspace_id=workspace.pk,
        event=settings.event,
        property=settings.property,
        today=workspace.today(),
    )
    return [(known[number], EPOCH + days, amount) for number, days, amount in rows if number in known]
