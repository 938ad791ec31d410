"""Addresses of profile pages."""

from urllib.parse import urlencode

from django.urls import reverse

from evergrow.customers.models import Account, Person


def compare_address(subject: Person | Account, other: int | None = None) -> str:
    """The comparison of a subject with another one, which is asked for where it is not given."""
    name = "customers:people_compare" if isinstance(subject, Person) else "customers:accounts_compare"
    given = {"a": subject.number} | ({"b": other} if other else {})
    return f"{reverse(name, kwargs={'workspace': subject.workspace.slug})}?{urlencode(given)}"


def merge_address(kept: Person | Account, merged: Person | Account | None = None) -> str:
    """Where a merge of the two begins; the second one is asked for where it is not given."""
    name = "customers:account_merge" if isinstance(kept, Account) else "customers:person_merge"
    page = reverse(name, kwargs={"workspace": kept.workspace.slug, "number": kept.number})
    return f"{page}?{urlencode({'with': merged.number})}" if merged else page
