"""One row of every model, its texts filled with words about somebody; made by walking the models."""

from collections.abc import Iterator
from datetime import time
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models
from django.utils import timezone

from evergrow.customers.models import Account, Person
from evergrow.workspaces.models import Member, User, Workspace

# What the walk cannot know: which of two keys is set, what a value must look like.
GIVEN: dict[str, dict[str, Any]] = {
    "success.signal": {"source": None},
    "customers.trashed": {"account": None},
    "customers.visitguest": {"member": None, "name": ""},
    "customers.stagestay": {"account": None, "product": None},
    "customers.bulkchange": {"subject": "person", "kind": "tier"},
    "customers.duplicate": {"first": 1, "second": 2},
    "success.standin": {"signal": None},
}
NOT_PLANTED = {
    "workspaces.user", "workspaces.workspace", "workspaces.member", "workspaces.signinlink", "workspaces.invitation",
    "workspaces.key", "customers.person", "customers.account", "customers.counter", "customers.erasedid",
    "customers.trashed", "customers.affiliation", "intake.appliedstep", "customers.mailbox", "customers.mailfolder",
    "customers.mailaddress",
}  # fmt: skip


class Plant:
    """Fills a workspace with rows about one person."""

    def __init__(self, workspace: Workspace, person: Person, account: Account, member: Member, text: str) -> None:
        self.text = text
        self.begun: set[type[models.Model]] = set()
        self.known: dict[str, models.Model] = {
            "workspaces.workspace": workspace,
            "workspaces.member": member,
            "workspaces.user": member.user,
            "customers.person": person,
            "customers.account": account,
        }
        stands_in = Member.objects.create(
            workspace=workspace, user=User.objects.create_user("stand@in.test"), role="viewer"
        )
        self.given = {**GIVEN, "workspaces.absence": {"delegate": stands_in}}

    def everything(self) -> Iterator[models.Model]:
        for model in apps.get_models():
            if model.__module__.startswith("evergrow.") and model._meta.label_lower not in NOT_PLANTED:
                yield self.row(model)

    def row(self, model: type[models.Model]) -> models.Model:
        label = model._meta.label_lower
        if label in self.known:
            return self.known[label]
        given = self.given.get(label, {})
        self.begun.add(model)
        values: dict[str, Any] = {}
        for each in model._meta.concrete_fields:
            if each.name in given:
                values[each.name] = given[each.name]
            elif not (each.primary_key and not isinstance(each, models.OneToOneField)):
                values[each.name] = self.value(each, model)
        made = model._default_manager.create(**values)
        self.known[label] = made
        return made

    def value(self, each: "models.Field[Any, Any]", model: type[models.Model]) -> Any:
        if isinstance(each, models.ForeignKey):
            other = each.related_model
            is_begun = other is model or (
                each.null and other in self.begun and other._meta.label_lower not in self.known
            )
            return None if is_begun else self.row(other)
        if each.choices:
            return next(iter(each.choices))[0]
        if isinstance(each, models.JSONField):
            return {"said": [self.text], fitting(self.text, 60): {"by": self.text}}
        if isinstance(each, models.SlugField) or (isinstance(each, models.CharField) and (each.max_length or 99) < 40):
            return uuid4().hex[: min(each.max_length or 8, 8)]
        if isinstance(each, models.CharField | models.TextField):
            about_nobody = model._meta.label_lower in NOT_PLANTED
            return "x" if about_nobody else fitting(self.text, each.max_length or 10_000)
        if isinstance(each, models.BooleanField):
            return False
        if isinstance(each, models.TimeField):
            return time(9)
        if isinstance(each, models.DateTimeField):
            return timezone.now()
        if isinstance(each, models.DateField):
            return timezone.now().date()
        return 1 if not isinstance(each, models.UUIDField) else uuid4()


def fitting(text: str, most: int) -> str:
    """As many whole words as there is room for."""
    while len(text) > most:
        text = text.rpartition(" ")[0]
    return text


def everywhere() -> Iterator[tuple[str, str]]:
    """Every text in the relational store, with where it stands."""
    for model in apps.get_models():
        if not model.__module__.startswith("evergrow."):
            continue
        names = [each.attname for each in model._meta.concrete_fields]
        for row in model._default_manager.values_list(*names):
            for name, value in zip(names, row, strict=True):
                if isinstance(value, str | dict | list):
                    yield f"{model._meta.label}.{name}", str(value)
