"""Which personal fields a member sees in clear. The one place that pages, lists, files, search and the API ask.

A workspace without rules hides nothing. A rule names the roles that see a field; everybody else sees it masked:
``z***@example.com``, ``138****0000``, ``张*``. Somebody who may work can ask to see one person's fields for a while,
with a reason that the audit trail keeps.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers.models import MaskRule, Person, Unmasking
from evergrow.customers.privacy.requests import settings_of
from evergrow.lib import clock
from evergrow.workspaces import audit, prepared
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Role, Workspace

FIELDS = {
    "name": pgettext_lazy("person", "Name"),
    "email": gettext_lazy("Email"),
    "phone": gettext_lazy("Phone"),
    "ids": gettext_lazy("User ids and device ids"),
    "events": gettext_lazy("Property values of their events"),
}
TRAIT = "trait:"
STARS = "***"


def mask_email(email: str) -> str:
    """``zhang@example.com`` → ``z***@example.com``; "" stays."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}{STARS}{at}{domain}" if at else mask_text(email)


def mask_phone(phone: str) -> str:
    """``13812340000`` → ``138****0000``; short ones keep their last two characters."""
    if len(phone) < 8:
        return f"{STARS}{phone[-2:]}" if phone else ""
    return f"{phone[:-8]}****{phone[-4:]}"


def mask_name(name: str) -> str:
    """``张伟`` → ``张*``, ``Daniel Moore`` → ``D*** M***``."""
    if not name.isascii():
        return name[:1] + "*" * min(2, max(1, len(name) - 1))
    return " ".join(f"{part[:1]}{STARS}" for part in name.split())


def mask_text(text: str) -> str:
    """The first character and stars; "" stays."""
    return f"{text[:1]}{STARS}" if text else ""


MASKS = {"name": mask_name, "email": mask_email, "phone": mask_phone}


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as a member may see them, with the names that templates use."""

    person: Person
    name: str
    email: str
    phone: str
    traits: dict[str, Any]
    is_masked: bool

    def __str__(self) -> str:
        return self.name or self.email or f"#{self.person.number}"


@prepared.rows
def _rules(member: Member) -> QuerySet[MaskRule, tuple[str, list[str]]]:
    return MaskRule.objects.filter(workspace_id=member.workspace_id).values_list("field", "roles")


class Mask:
    """What one member sees. Make it once per page: it reads the rules once, and the member's open requests to see."""

    def __init__(self, member: Member) -> None:
        self.member = member

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The fields that this member's role does not see."""
        return frozenset(field for field, roles in _rules(self.member) if self.member.role not in roles)

    @cached_property
    def opened(self) -> frozenset[int]:
        """The people whose fields the member has asked to see, by primary key."""
        if not self.hidden:
            return frozenset()
        open_now = Unmasking.objects.filter(member=self.member, until__gt=clock.now())
        return frozenset(open_now.values_list("person_id", flat=True))

    def hides(self, field: str, person: Person | None = None) -> bool:
        """Whether a field is masked, for this person or in general."""
        return field in self.hidden and (person is None or person.pk not in self.opened)

    def value(self, person: Person, field: str) -> Any:
        """A field (``name``, ``email``, ``phone``, ``trait:city``) of a person as the member may see it."""
        found = person.traits.get(field.removeprefix(TRAIT)) if field.startswith(TRAIT) else getattr(person, field)
        return self.masked(person, field, found)

    def masked(self, person: Person | None, field: str, value: Any) -> Any:
        """A value of that field, masked where the member may not see it; ``person`` None for nobody known."""
        if not self.hides(field, person) or value in (None, ""):
            return value
        return MASKS.get(field, mask_text)(str(value))

    def called(self, person: Person) -> str:
        """What ``str(person)`` says, masked."""
        return str(self.shown(person))

    def hidden_traits(self, person: Person) -> set[str]:
        """The traits of a person that this member does not see."""
        return {key for key in person.traits if self.hides(f"{TRAIT}{key}", person)}

    def traits(self, person: Person) -> dict[str, Any]:
        return {key: self.masked(person, f"{TRAIT}{key}", value) for key, value in person.traits.items()}

    def shown(self, person: Person) -> Shown:
        """The person as the member may see them."""
        is_masked = bool(self.hidden) and person.pk not in self.opened
        name, email, phone = (self.value(person, field) for field in MASKS)
        return Shown(person, name, email, phone, self.traits(person), is_masked)

    def searchable(self, *fields: str) -> list[str]:
        """Of these fields those that may be searched: by what is hidden nobody can be found."""
        return [field for field in fields if field not in self.hidden]

    def named(self, text: str) -> Q:
        """Where the name or the email of a person has this text, as far as those may be searched."""
        found = Q(pk__in=())
        for field in self.searchable("name", "email"):
            found |= Q(**{f"{field}__icontains": text})
        return found


class Everybody(Mask):
    """What every member of a workspace sees: for texts that are written once and read by many."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The fields that some role does not see."""
        return frozenset(MaskRule.objects.filter(workspace=self.workspace).values_list("field", flat=True))

    @property
    def opened(self) -> frozenset[int]:
        """Nobody: who asked to see is one member."""
        return frozenset()


def mask_for(request: Any) -> Mask:
    """The request's member's mask, made once a request."""
    if not hasattr(request, "mask"):
        request.mask = Mask(request.member)
    found: Mask = request.mask
    return found


def fields_of(workspace: Workspace) -> dict[str, str]:
    """Every field that can be masked: the built-in ones and the traits that people here have, by field name."""
    keys: set[str] = set()
    for traits in Person.objects.filter(workspace=workspace).exclude(traits={}).values_list("traits", flat=True)[:500]:
        keys.update(traits)
    kept = MaskRule.objects.filter(workspace=workspace, field__startswith=TRAIT).values_list("field", flat=True)
    keys.update(field.removeprefix(TRAIT) for field in kept)
    return {**{key: str(label) for key, label in FIELDS.items()}, **{f"{TRAIT}{key}": key for key in sorted(keys)}}


@transaction.atomic
def save_rules(*, workspace: Workspace, roles: dict[str, list[str]], by: Member | None) -> int:
    """Say for each field which roles see it; a field that every role sees needs no rule. How many fields changed."""
    require(by, "administer")
    before = dict(MaskRule.objects.filter(workspace=workspace).values_list("field", "roles"))
    changes = {}
    for field, wanted in roles.items():
        chosen = [role for role in Role.values if role in wanted or role == Role.OWNER]
        if chosen == before.get(field, list(Role.values)):
            continue
        changes[field] = [before.get(field, list(Role.values)), chosen]
        if len(chosen) == len(Role.values):
            MaskRule.objects.filter(workspace=workspace, field=field).delete()
        else:
            MaskRule.objects.update_or_create(workspace=workspace, field=field[:120], defaults={"roles": chosen})
    if changes:
        audit.record(workspace, "privacy.masking", workspace, by=by, data=changes)
    return len(changes)


@transaction.atomic
def unmask(*, person: Person, reason: str, by: Member) -> Unmasking:
    """Show a person's fields to a member for a while. Raises ValidationError without a reason."""
    require(by, "work")
    if len(reason.strip()) < 4:
        raise ValidationError({"reason": _("Say why you need to see it; the audit trail keeps the reason.")})
    until = clock.now() + timedelta(minutes=settings_of(person.workspace).unmask_minutes)
    hidden = sorted(Mask(by).hidden)
    made = Unmasking.objects.create(member=by, person=person, reason=reason[:300], at=clock.now(), until=until)
    data = {"reason": reason[:300], "fields": hidden}
    audit.record(person.workspace, "person.unmasked", person, by=by, data=data)
    return made
