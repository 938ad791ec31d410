"""Addresses of profile pages."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from evergrow.customers.models import Account, Person


def compare_address(subject: Person | Account, other: int | None = None) -> str:
    """The comparison of a subject with another one, which is asked for where it is not given."""
    name = "customers:people_compare" if isinstance(subject, Person) else "customers:accounts_compare"
    given = {"a": subject.number} | ({"b": other} if other else {})
    return f"{reverse(name, kwargs={'workspace': subject.workspace.slug})}?{urlencode(given)}"


def merge_address(kept: Person | Account, merged: Person | Account) -> str:
    """Where a merge of the two begins, or "" where there is no such page."""
    name = "customers:person_merge" if isinstance(kept, Person) else "customers:account_merge"
    slug = kept.workspace.slug
    try:
        return reverse(name, kwargs={"workspace": slug, "kept": kept.number, "merged": merged.number})
    except NoReverseMatch:
        pass
    try:
        return (
            f"{reverse(name, kwargs={'workspace': slug})}?{urlencode({'kept': kept.number, 'merged': merged.number})}"
        )
    except NoReverseMatch:
        return ""
