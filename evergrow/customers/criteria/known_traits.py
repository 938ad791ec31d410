"""What is known of traits: their labels, what they read as, and the labels of their values."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.customers.criteria import providers
from evergrow.customers.criteria.fields import ACCOUNT, ANCESTORS, OWNER, PARENT, PARENT_ID, PERSON
from evergrow.customers.criteria.providers import TraitInfo, Words
from evergrow.customers.criteria.tree import Kind
from evergrow.customers.criteria.values import Type
from evergrow.customers.models import Account, Person
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.models import Workspace

LABELS = {
    "is_anonymous": _("anonymous"),
    "first_seen_at": _("day first seen"),
    "last_seen_at": _("day last seen"),
    "created_at": _("day added"),
    "signed_up_on": _("sign-up day"),
    "customer_since": _("first day as a customer"),
    "renews_on": _("renewal day"),
    "cancelled_on": _("cancellation day"),
    OWNER: _("success manager"),
    PARENT: _("parent account"),
    PARENT_ID: _("id of the parent account"),
    ANCESTORS: _("ids of all accounts above"),
}


def built_in(kind: Kind) -> dict[str, TraitInfo]:
    """The fields of the model, by key."""
    return dict(_fields(kind))


@cache
def _fields(kind: Kind) -> dict[str, TraitInfo]:
    model: type[models.Model] = Person if kind == "person" else Account
    found = {}
    for name in PERSON if kind == "person" else ACCOUNT:
        field = model._meta.get_field(name)
        label: Words = LABELS.get(name) or str(name)
        if name not in LABELS and isinstance(field, models.Field):
            label = field.verbose_name
        choices = {str(value): words for value, words in getattr(field, "choices", None) or ()}
        found[name] = TraitInfo(kind, name, label, _type(field), choices)
    if kind == "account":
        for name in (OWNER, PARENT, PARENT_ID):
            found[name] = TraitInfo(kind, name, LABELS[name], "text")
        found[ANCESTORS] = TraitInfo(kind, ANCESTORS, LABELS[ANCESTORS], "list")
    return found


def _type(field: object) -> Type:
    if isinstance(field, models.DateTimeField):
        return "moment"
    if isinstance(field, models.DateField):
        return "date"
    if isinstance(field, models.BooleanField):
        return "truth"
    return "number" if isinstance(field, models.DecimalField | models.IntegerField) else "text"


class TierNames(Mapping[str, Words]):
    """The names of a workspace's tiers, read once somebody asks for one."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def __getitem__(self, key: str) -> Words:
        return schemes.of(self.workspace).by_key[key].name

    def __iter__(self) -> Iterator[str]:
        return iter(schemes.of(self.workspace).by_key)

    def __len__(self) -> int:
        return len(schemes.of(self.workspace).by_key)


def known(workspace: Workspace, kind: Kind) -> dict[str, TraitInfo]:
    """All traits that somebody described, by key: fields, those of rooms, and named custom ones."""
    found = {**providers.named(workspace, kind), **providers.provided(kind), **built_in(kind)}
    if kind == "account":
        found["tier"] = replace(found["tier"], choices=TierNames(workspace))
    if "stage" in found:
        from evergrow.customers.stages.traits import StageNames

        found["stage"] = replace(found["stage"], choices=StageNames(workspace, kind))
    return found
