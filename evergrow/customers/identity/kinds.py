"""How a workspace treats each kind of id that somebody can claim: email, phone, and ids of other systems."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Identifier, IdentifierKind
from evergrow.workspaces.models import Workspace

Kind = Identifier.Kind
LONGEST = 250
DIGITS = re.compile(r"[^\d+]")
OWN = (Kind.USER, Kind.ANONYMOUS)  # what messages are sent with; never claimed


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind: the trait that carries it, who wins (the lowest priority), and how many values a person may have.

    A kind that does not join people is not kept as an id at all.
    """

    key: str
    name: Any
    trait: str
    priority: int
    most: int
    joins: bool

    def read(self, value: object) -> str:
        """The id in the form in which it is compared; empty where the value is none."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return ""
        if self.key == Kind.EMAIL:
            return email(value)
        if self.key == Kind.PHONE:
            return phone(value)
        found = value.strip().replace("\x00", "")
        return found if len(found) <= LONGEST else ""


def email(text: str) -> str:
    """An address in small letters; empty where it is none."""
    found = text.strip().lower()
    return found if "@" in found and len(found) <= LONGEST else ""  # looked at last: some letters are two when small


def phone(text: str) -> str:
    """The digits of a number, with a leading + where it has one; empty with fewer than seven."""
    found = DIGITS.sub("", text.strip())
    found = found[:1] + found[1:].replace("+", "")
    return found if 7 <= len(found.lstrip("+")) <= 20 else ""


BUILT_IN = (
    Rule(Kind.EMAIL, _("Email"), "email", 10, 5, True),
    Rule(Kind.PHONE, _("Phone"), "phone", 20, 3, True),
    Rule(Kind.DEVICE, _("Device id"), "device_id", 90, 20, False),
)


def rules(workspace: Workspace) -> dict[str, Rule]:
    """The kinds of a workspace by key, the strongest first."""
    found = {rule.key: rule for rule in BUILT_IN}
    for row in IdentifierKind.objects.filter(workspace=workspace):
        name = found[row.key].name if row.key in found and not row.name else row.name or row.key
        found[row.key] = Rule(row.key, name, row.trait, row.priority, row.most, row.joins)
    return dict(sorted(found.items(), key=lambda pair: (pair[1].priority, pair[0])))


def claims(rules: Mapping[str, Rule], traits: Mapping[str, object]) -> list[tuple[str, str]]:
    """The ids that traits claim."""
    found = [
        (rule.key, rule.read(traits[rule.trait])) for rule in rules.values() if rule.joins and rule.trait in traits
    ]
    return [(kind, value) for kind, value in found if value]
