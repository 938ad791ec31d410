"""Which accounts of the list a bulk act is about: those ticked, or every one that the list's address finds.

A bulk form posts ``account`` (a number, repeated) or ``everything=1``, with ``query``, the list's address.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from evergrow.customers import access
from evergrow.customers.models import Account
from evergrow.customers.queries.account_list import AccountList, shape
from evergrow.lib.digits import small
from evergrow.lib.listing import parse
from evergrow.workspaces.access import GatedRequest

MOST = 5000


@dataclass(frozen=True)
class Selection:
    """``accounts`` holds only what the member may see. ``numbers`` is empty when everything was chosen."""

    accounts: QuerySet[Account]
    numbers: tuple[int, ...]
    query: str
    is_everything: bool

    @cached_property
    def count(self) -> int:
        return self.accounts.count()

    def __bool__(self) -> bool:
        return self.count > 0


def read(request: GatedRequest) -> Selection:
    """The selection that a bulk form posted, or that stands in the address."""
    sent = request.POST if request.method == "POST" else request.GET
    query = sent.get("query", "")
    if sent.get("everything") == "1":
        rows = AccountList(request.member, parse(query, shape())).rows
        return Selection(rows, (), query, True)
    numbers = tuple(dict.fromkeys(number for text in sent.getlist("account")[:MOST] if (number := small(text))))
    rows = access.accounts(request.member).filter(number__in=numbers)
    return Selection(rows, numbers, query, False)
