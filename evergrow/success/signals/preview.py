"""What a rule would raise today, without raising anything."""

from dataclasses import dataclass

from evergrow.customers import access
from evergrow.customers.models import Account, Product
from evergrow.lib.batches import batched
from evergrow.success.actions import raising
from evergrow.success.models import SignalRule
from evergrow.success.rules.finding import Finding
from evergrow.success.signals import capacity, ours
from evergrow.success.signals.capacity import Verdict
from evergrow.success.signals.definition import Definition
from evergrow.workspaces.models import AccountScope, Member

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One signal that would be raised."""

    finding: Finding
    account: Account | None
    product: Product | None
    owner: Member | None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many would be new, are open already, rest after they were closed, would open again, could not be judged.

    ``lines`` are the first of the new ones that the asking member may see, the most severe and the largest accounts
    first; the counts are of all.
    """

    new: int
    open: int
    resting: int
    again: int
    unknown: int
    verdict: Verdict
    lines: list[Line]


def preview(member: Member, definition: Definition, rule: SignalRule | None = None) -> Preview:
    """Evaluate a definition as of now. Raises CriteriaError, CostError, BadQuery, StoreUnavailable."""
    workspace = member.workspace
    row = rule or SignalRule(workspace=workspace, key="preview", name={})
    asked = ours.as_rule(row, 0, definition)
    seen = asked.look(raising.watch(workspace, asked, {}))
    found = raising.sorted_out(workspace, asked, seen)
    verdict = capacity.verdict(workspace, asked, len(found.new) + len(found.again))
    return Preview(
        new=len(found.new),
        open=len(found.repeated),
        resting=len(found.resting),
        again=len(found.again),
        unknown=len(seen.unknown) + len(seen.unknown_people) + len(seen.unknown_products),
        verdict=verdict,
        lines=_lines(member, list(found.new.values())),
    )


def _lines(member: Member, findings: list[Finding]) -> list[Line]:
    accounts: dict[int, Account] = {}
    seen = access.accounts(member).select_related("workspace", "health_state")
    for part in batched(sorted({f.account for f in findings if f.account}), 500):
        accounts |= seen.in_bulk(part)

    def is_seen(finding: Finding) -> bool:
        return member.scope == AccountScope.ALL if finding.account is None else finding.account in accounts

    def weight(finding: Finding) -> tuple[int, float, int]:
        account = accounts.get(finding.account or 0)
        return -finding.severity, -float(account.mrr) if account else 0.0, finding.account or 0

    shown = sorted(filter(is_seen, findings), key=weight)[:SHOWN]
    products = Product.objects.in_bulk([each.product for each in shown if each.product])
    owners = {each.owner for each in shown if each.owner}
    members = Member.objects.select_related("user").filter(workspace=member.workspace_id).in_bulk(owners)
    return [
        Line(each, accounts.get(each.account or 0), products.get(each.product or 0), members.get(each.owner or 0))
        for each in shown
    ]
