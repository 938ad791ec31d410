"""Templates of messages in the editor: which variables there are, what is wrong with a text, how it reads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.models import Account
from evergrow.success.engine import contacts, templates
from evergrow.success.models import Step
from evergrow.workspaces.models import Member

VARIABLES = {
    "account.name": gettext_lazy("the customer's name"),
    "account.number": gettext_lazy("the customer's number"),
    "account.plan": gettext_lazy("its plan"),
    "account.industry": gettext_lazy("its industry"),
    "account.seats": gettext_lazy("its seats"),
    "account.renews_on": gettext_lazy("its renewal date"),
    "person.name": gettext_lazy("the contact's name"),
    "person.title": gettext_lazy("the contact's title"),
    "person.email": gettext_lazy("the contact's address"),
    "owner.name": gettext_lazy("whoever has the step"),
    "owner.email": gettext_lazy("their address"),
    "playbook": gettext_lazy("the playbook's name"),
    "step": gettext_lazy("the step's name"),
    "workspace": gettext_lazy("our name"),
    "today": gettext_lazy("today's date"),
}
LINK = "link"
OUTPUT = re.compile(r"{{-?\s*([A-Za-z_][\w.]*)")
OWN = re.compile(r"{%-?\s*(?:assign|capture|for)\s+(\w+)")


def wrong(text: str, *, is_survey: bool = False) -> Iterator[str]:
    """What is wrong with a template: that it cannot be read, or a variable that is not known."""
    broken = templates.check(text)
    if broken:
        yield broken
        return
    own = set(OWN.findall(text))
    known = {*VARIABLES, *({LINK} if is_survey else set())}
    for name in dict.fromkeys(OUTPUT.findall(text)):
        if name not in known and name.split(".")[0] not in own:
            yield _("there is no variable “%(name)s”.") % {"name": name}


@dataclass(frozen=True, slots=True)
class Shown:
    """How a message reads in one language, or what is wrong with it."""

    language: str
    subject: str = ""
    body: str = ""
    problem: str = ""


def shown(step: Step, kept: Mapping[str, Any], account: Account, member: Member) -> list[Shown]:
    """A message in both languages, filled for an account as it would be today; ``member`` stands for its owner."""
    today = account.workspace.today()
    people = contacts.of_accounts([account.pk], today).get(account.pk, [])
    person = contacts.choose(people, list(kept.get("contacts") or []))
    found = []
    for language in ("en", "zh"):
        more = {
            "playbook": _in(step.version.playbook.name, language),
            "step": _in(step.name, language),
            LINK: "https://…",
        }
        values = templates.values_of(account, person=person, owner=member, language=language, today=today, **more)
        texts = [(kept.get(field) or {}).get(language, "") for field in ("subject", "body")]
        try:
            with translation.override("zh-hans" if language == "zh" else "en"):
                subject, body = (templates.fill(text, values) for text in texts)
            found.append(Shown(language, subject, body))
        except templates.TemplateBroken as broken:
            found.append(Shown(language, problem=str(broken)))
    return found


def _in(name: Mapping[str, str], language: str) -> str:
    return name.get(language) or name.get("en") or name.get("zh") or ""
