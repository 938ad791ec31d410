"""What a step of each kind needs beside its common facts: the form of ``Step.details``, read and checked.

A field that is left out has its default. Texts are ``{"zh": "…", "en": "…"}``.

- ``message``: ``{"channel": "" | "colleague" | "mail", "contacts": ["key", "decides"], "subject": text,
  "body": text, "purpose": ""}``. Blank channel: a person writes it. ``colleague``: whoever has the step is told.
  ``mail``: it goes to the first contact of the account with an address, by role (``CONTACT_ROLES``) in the order given;
  subject and body are templates (``engine.templates``). ``purpose`` is the purpose of consent that it serves; blank is
  what the contract itself asks for.
- ``survey``: as a message with ``"channel": "task" | "mail"``, and ``"url"``: the survey's address, ``"event"``: the
  name of the event that says it was answered. The template's ``{{ link }}`` is the address with the signed token.
- ``approval``: ``{"members": [12, 14], "role": "manager" | "csm" | "sales" | "expert" | "", "need": "any" | "all" |
  "quorum", "quorum": 2, "timeout": 2, "unit": "workdays", "escalate": [15, 16]}``. Nobody named is any manager.
  ``timeout`` 0 waits for ever; when it is over, the vote goes on to the next of ``escalate``.
- ``decision``: ``{"branches": [{"key": "big", "name": text, "criteria": {…} | null}], "otherwise": {"key": "else",
  "name": text}}``. Criteria are tried in order; ``null`` is chosen by hand: when none of the criteria held and some
  branch is by hand, a person chooses, else ``otherwise`` is taken.
- ``webhook``: ``{"url": "https://…", "is_repeatable": false}``; repeatable: the other side knows our ids and
  drops a second one, so what may have arrived is sent again without asking.
- ``playbook``: ``{"playbook": "key", "waits": true}``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from evergrow.success.models import StepKind

Text = dict[str, str]
CONTACT_ROLES = ("key", "decides", "influences", "uses", "pays")
APPROVER_ROLES = ("manager", "csm", "sales", "expert")
BY_HAND: None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Words to a colleague or a contact; ``channel`` blank is written by a person."""

    channel: Literal["", "colleague", "mail"] = ""
    contacts: list[str] = field(default_factory=lambda: list(CONTACT_ROLES))
    subject: Text = field(default_factory=dict)
    body: Text = field(default_factory=dict)
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """A link to a survey, mailed or handed over by a person."""

    channel: Literal["task", "mail"] = "task"
    contacts: list[str] = field(default_factory=lambda: list(CONTACT_ROLES))
    subject: Text = field(default_factory=dict)
    body: Text = field(default_factory=dict)
    purpose: str = ""
    url: str = ""
    event: str = "survey answered"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves, how many of them, and what happens when nobody answers."""

    members: list[int] = field(default_factory=list)
    role: Literal["", "manager", "csm", "sales", "expert"] = ""
    need: Literal["any", "all", "quorum"] = "any"
    quorum: int = 2
    timeout: int = 0
    unit: Literal["workdays", "days", "workhours", "hours"] = "workdays"
    escalate: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of a decision; ``criteria`` None is chosen by hand."""

    key: str
    name: Text = field(default_factory=dict)
    criteria: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Ordered branches, and the one that is taken when none of them is."""

    branches: list[Branch] = field(default_factory=list)
    otherwise: Branch = field(default_factory=lambda: Branch("else", {"zh": "其他情况", "en": "Otherwise"}))

    @property
    def by_hand(self) -> list[Branch]:
        """The branches that only a person chooses."""
        return [branch for branch in self.branches if branch.criteria is None]

    @property
    def ways(self) -> list[Branch]:
        """Every branch that can be taken, in order."""
        return [*self.branches, self.otherwise]


@dataclass(frozen=True, slots=True)
class Webhook:
    """A message to another system."""

    url: str = ""
    is_repeatable: bool = False


@dataclass(frozen=True, slots=True)
class SubPlaybook:
    """Another playbook for the same account, by key; the step ``waits`` until its run ended."""

    playbook: str = ""
    waits: bool = True


Details = Message | Survey | Approval | Decision | Webhook | SubPlaybook
FORMS: dict[str, type[Details]] = {
    StepKind.MESSAGE: Message,
    StepKind.SURVEY: Survey,
    StepKind.APPROVAL: Approval,
    StepKind.DECISION: Decision,
    StepKind.WEBHOOK: Webhook,
    StepKind.PLAYBOOK: SubPlaybook,
}
Form = TypeVar("Form", bound=Details)


def read(form: type[Form], data: Mapping[str, Any]) -> Form:
    """The details that stored data says; what the form does not know is left out."""
    known = {one.name for one in fields(form)}
    values = {key: value for key, value in data.items() if key in known}
    if form is Decision:
        values["branches"] = [_branch(row) for row in values.get("branches", [])]
        if values.get("otherwise"):
            values["otherwise"] = _branch(values["otherwise"])
    return form(**values)


def _branch(row: Mapping[str, Any]) -> Branch:
    return Branch(str(row["key"]), dict(row.get("name") or {}), row.get("criteria"))
