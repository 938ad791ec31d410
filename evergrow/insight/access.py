"""Which rows questions are limited to."""

from django.db.models import QuerySet

from evergrow.customers import access
from evergrow.customers.models import Account
from evergrow.workspaces.models import AccountScope, Member


def limit(member: Member) -> QuerySet[Account] | None:
    """The accounts a member's answers are limited to; ``None`` when the member sees all."""
    return None if member.scope == AccountScope.ALL else access.accounts(member)
