"""A person's ids and names in free text, anywhere in the relational store: found by walking all models.

Emails, phone numbers and long ids are looked for in every row of the workspace. Names are looked for only in rows about
the person's own accounts and in Evergrow's own records, never inside the longer name of somebody else there.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from evergrow.customers.privacy.subject import Subject

ERASED = "[erased]"
# Colleagues and the frame of the workspace, which are not about customers' people; and what holds hashes alone.
NOT_SEARCHED = {
    "workspaces.user", "workspaces.workspace", "workspaces.member", "workspaces.invitation", "workspaces.key",
    "workspaces.signinlink", "customers.erasedid", "customers.counter", "intake.appliedstep",
    "customers.mailbox", "customers.mailfolder", "customers.mailaddress",
}  # fmt: skip
# Fields that name the row's own person or author; the rows of the subject are erased as a whole.
OWN = {
    "customers.person": {"name", "email", "phone"},
    "customers.identifier": {"value"},
    "workspaces.auditentry": {"by_name"},
    "customers.privacyrequest": {"subject", "receipt"},
}
# What Evergrow itself writes about people, account or not: names are looked for here as well.
RECORDS = {"workspaces.auditentry", "workspaces.job", "intake.importchange", "customers.bulkrow"}
FAR = 4


def count(subject: Subject) -> int:
    """How many rows mention the person."""
    return sum(1 for _ in changed(subject))


def erase(subject: Subject) -> int:
    """Put ``[erased]`` in the place of every mention; how many rows had one."""
    done = 0
    for row, values in changed(subject):
        type(row)._default_manager.filter(pk=row.pk).update(**values)
        done += 1
    return done


def changed(subject: Subject) -> Iterator[tuple[models.Model, dict[str, Any]]]:
    """Every row with a mention, and its fields without it."""
    for model in searched():
        fields = text_fields(model)
        near = path_to(model, "customers.account") if subject.names else None
        for row in _candidates(model, fields, subject, near):
            about_account = near is not None and _reaches(row, near) in subject.accounts
            clean = Cleaner(subject, with_names=about_account or model._meta.label_lower in RECORDS)
            values = {each.name: clean(row, each) for each in fields}
            values = {name: value for name, value in values.items() if value != getattr(row, name)}
            if values:
                yield row, values


def searched() -> list[type[models.Model]]:
    """The models with text that belong to a workspace."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("evergrow.")
        and model._meta.label_lower not in NOT_SEARCHED
        and path_to(model, "workspaces.workspace") is not None
        and text_fields(model)
    ]


def text_fields(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """The fields in which somebody could be named."""
    own = OWN.get(model._meta.label_lower, set())
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField | models.JSONField)
        and not each.choices
        and not each.primary_key
        and each.name not in own
    ]


def path_to(model: type[models.Model], label: str) -> str | None:
    """The shortest way over keys from a model to another (``account__workspace``); "" for the model itself."""
    ways: list[tuple[type[models.Model], str]] = [(model, "")]
    for _step in range(FAR):
        further = []
        for here, way in ways:
            if here._meta.label_lower == label:
                return way
            for each in here._meta.concrete_fields:
                other = each.related_model if isinstance(each, models.ForeignKey) else None
                if isinstance(other, type) and issubclass(other, models.Model) and other is not here:
                    further.append((other, f"{way}__{each.name}".removeprefix("__")))
        ways = further
    return None


def _candidates(
    model: type[models.Model], fields: list["models.Field[Any, Any]"], subject: Subject, near: str | None
) -> Iterator[models.Model]:
    """The rows that hold one of the words somewhere, as far as a database can tell."""
    everywhere, there = Q(pk__in=[]), Q(pk__in=[])
    texts: dict[str, Any] = {}
    for each in fields:
        name = each.name
        if isinstance(each, models.JSONField):
            name = f"text_of_{each.name}"
            texts[name] = Cast(each.name, TextField())
        for word in subject.spellings:
            everywhere |= _holds(name, word)
        for word in subject.names:
            there |= _holds(name, word)
    mine = {path_to(model, "workspaces.workspace") or "pk": subject.workspace_id}
    found = model._default_manager.annotate(**texts).filter(**mine)
    wanted = everywhere | there if model._meta.label_lower in RECORDS else everywhere
    if near is not None:
        wanted |= there & Q(**{f"{near or 'pk'}__in": subject.accounts})
    rows: Iterator[models.Model] = found.filter(wanted).order_by("pk").iterator(chunk_size=200)
    return rows


def _holds(name: str, word: str) -> Q:
    """In text as it is; in JSON perhaps written with \\u escapes."""
    escaped = json.dumps(word)[1:-1]
    found = Q(**{f"{name}__icontains": word})
    return found if escaped == word else found | Q(**{f"{name}__icontains": escaped})


def _reaches(row: models.Model, path: str) -> int | None:
    """The primary key at the end of a path of keys."""
    here: Any = row
    for step in filter(None, path.split("__")):
        here = getattr(here, step)
        if here is None:
            return None
    return int(here.pk)


class Cleaner:
    """Takes mentions out of values."""

    def __init__(self, subject: Subject, *, with_names: bool) -> None:
        parts = [re.escape(other) for other in subject.others] if with_names else []
        self._kept = len(parts)
        wanted = [_bounded(word) for word in sorted(subject.spellings, key=len, reverse=True)]
        wanted += [_bounded(name) for name in sorted(subject.names, key=len, reverse=True)] if with_names else []
        left = f"(?P<kept>{'|'.join(parts)})|" if parts else ""
        self._pattern = re.compile(f"{left}(?P<gone>{'|'.join(wanted)})", re.IGNORECASE) if wanted else None

    def __call__(self, row: models.Model, field: "models.Field[Any, Any]") -> Any:
        """The value of a field of a row without mentions; where values must differ, with the row's number."""
        value = getattr(row, field.name)
        cleaned = self.value(value)
        if not isinstance(cleaned, str) or cleaned == value:
            return cleaned
        if _is_unique(type(row), field.name):
            cleaned = cleaned.replace(ERASED, f"[erased {row.pk}]")
        return cleaned[: field.max_length] if field.max_length else cleaned

    def value(self, value: Any) -> Any:
        """A text, list or mapping without the words, names of keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(part) for part in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(part) for key, part in value.items()}
        return value

    def text(self, text: str) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: ERASED if found["gone"] else found[0], text)


def _is_unique(model: type[models.Model], name: str) -> bool:
    constraints = (each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint))
    return model._meta.get_field(name).unique or any(name in each.fields for each in constraints)  # type: ignore[union-attr]


def _bounded(word: str) -> str:
    """A word that is no part of a longer one; Chinese has no spaces, so that it stands anywhere."""
    if not word.isascii():
        return re.escape(word)
    return rf"(?<![\w.+-]){re.escape(word)}(?![\w-])"
