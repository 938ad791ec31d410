"""What narrows the events of a question: filters and row rights become sets of accounts and tests in SQL."""

from dataclasses import dataclass

from django.db.models import QuerySet

from evergrow.customers.models import Account, Trashed
from evergrow.insight import conditions, facts
from evergrow.insight.conditions import NEGATIVE, Check, Condition
from evergrow.insight.statement import Bound
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class AccountsOnly:
    """Keep events of these accounts, or of all others (and of none at all) when ``is_negated``."""

    numbers: tuple[int, ...]
    is_negated: bool = False

    @classmethod
    def of_fact(cls, condition: Condition, workspace: Workspace) -> "AccountsOnly":
        """The accounts whose fact meets a condition today."""
        values = facts.get(condition.topic.key).of(workspace)
        positive = NEGATIVE.get(condition.test, condition.test)
        found = (number for number, value in values.items() if conditions.holds(positive, condition.values, value))
        return cls(tuple(sorted(found)), is_negated=condition.test in NEGATIVE)

    @classmethod
    def of_visible(cls, visible: QuerySet[Account]) -> "AccountsOnly":
        """The accounts that a member may see."""
        return cls(tuple(visible.order_by("number").values_list("number", flat=True)))

    @classmethod
    def limits(
        cls, workspace: Workspace, visible: QuerySet[Account] | None, *, are_counted: bool
    ) -> "tuple[AccountsOnly, ...]":
        """What an answer is limited to: the accounts in ``visible``; where accounts are counted, none from the trash.

        Events of an account in the trash count as those of no account, as they do once it is erased. What is left out
        is a bound value, so that whatever was remembered before answers no longer, and answers again after an undo.
        """
        if visible is not None:
            return (cls.of_visible(visible),)
        gone = in_trash(workspace) if are_counted else ()
        return (cls(gone, is_negated=True),) if gone else ()


def in_trash(workspace: Workspace) -> tuple[int, ...]:
    """The numbers of the accounts that were deleted and wait to be erased."""
    found = Trashed.objects.filter(workspace=workspace, account__isnull=False)
    return tuple(found.order_by("account__number").values_list("account__number", flat=True))


def account_test(accounts: AccountsOnly, bound: Bound) -> str:
    """A condition on the column ``account``."""
    mark = bound.add("accounts", "Array(UInt32)", list(accounts.numbers))
    return f"account {'NOT IN' if accounts.is_negated else 'IN'} {mark}"


def property_test(condition: Condition, bound: Bound) -> str:
    """A condition on the column ``properties``; what absence means stands in ``conditions``."""
    key = bound.add("property", "String", condition.topic.key)
    is_set, value = f"mapContains(properties, {key})", f"properties[{key}]"
    match condition.test:
        case Check.IS_SET:
            return is_set
        case Check.IS_NOT_SET:
            return f"NOT {is_set}"
        case Check.IS:
            return f"({is_set} AND {value} IN {bound.add('values', 'Array(String)', list(condition.values))})"
        case Check.IS_NOT:
            return f"NOT ({is_set} AND {value} IN {bound.add('values', 'Array(String)', list(condition.values))})"
        case Check.CONTAINS:
            needles = bound.add("values", "Array(String)", list(condition.values))
            return f"({is_set} AND arrayExists(needle -> positionCaseInsensitiveUTF8({value}, needle) > 0, {needles}))"
        case Check.OVER | Check.UNDER:
            sign = ">" if condition.test is Check.OVER else "<"
            limit = bound.add("number", "Float64", float(condition.values[0]))
            number = f"toFloat64OrNull({value})"
            return f"ifNull(isFinite({number}) AND {number} {sign} {limit}, 0)"
