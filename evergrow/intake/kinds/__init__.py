"""The kinds of file that can be imported, in the order in which one should."""

from evergrow.intake.kinds import accounts, events, invoices, people, subscriptions, tickets, touches
from evergrow.intake.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        accounts.KIND,
        people.KIND,
        subscriptions.KIND,
        invoices.KIND,
        tickets.KIND,
        touches.KIND,
        events.KIND,
    )
}
