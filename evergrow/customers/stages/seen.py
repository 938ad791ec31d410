"""Which subjects of a lifecycle a member may see, and how they are shown."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language

from evergrow.customers import access
from evergrow.customers.models import Account, Lifecycle, Person, Product, StagedKind
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.stages.moves import Subject
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Member

MODELS: dict[str, Any] = {
    StagedKind.ACCOUNT: Account.everyone,
    StagedKind.PERSON: Person.objects,
    StagedKind.PRODUCT: Product.objects,
}


def visible(member: Member, lifecycle: Lifecycle) -> Q:
    """The right to see a subject, as a condition on its stays. Merged and deleted ones are seen by nobody."""
    match lifecycle.kind:
        case StagedKind.ACCOUNT:
            return access.visible(member, "account__") & Q(account__merged_into=None)
        case StagedKind.PERSON:
            return Q(person__in=access.people(member).values("pk"))
        case _:
            return Q(product__retired_at=None)


def subjects(member: Member, lifecycle: Lifecycle) -> Any:
    """The subjects of a lifecycle's kind that a member may see."""
    match lifecycle.kind:
        case StagedKind.ACCOUNT:
            return access.accounts(member)
        case StagedKind.PERSON:
            return access.people(member)
        case _:
            return Product.objects.filter(workspace_id=member.workspace_id, retired_at=None)


def by_key(lifecycle: Lifecycle, keys: Iterable[int]) -> dict[int, Subject]:
    """Subjects by primary key."""
    found: dict[int, Subject] = {}
    for part in batched(keys, 500):
        found |= {each.pk: each for each in MODELS[lifecycle.kind].filter(pk__in=part)}
    return found


def name(subject: Subject, mask: Mask) -> str:
    """What a subject is called in the reader's language; a person as the reader may see them."""
    return mask.called(subject) if isinstance(subject, Person) else subject.called(get_language() or "en")


def url(subject: Subject, workspace: str) -> str:
    """The page of a subject."""
    kind = subject._meta.model_name or ""
    return reverse(f"customers:{kind}", args=[workspace, subject.number])
