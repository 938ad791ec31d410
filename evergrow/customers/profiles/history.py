"""Who changed a person or an account, from what to what, read from the audit trail."""

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.customers.models import Account, Person
from evergrow.customers.profiles import values
from evergrow.workspaces.audit_words import words
from evergrow.workspaces.models import AuditEntry

VERBS = ("person.added", "person.edited", "person.merged", "person.split", "account.created", "account.edited")


def changes(subject: Person | Account) -> QuerySet[AuditEntry]:
    """The changes of a person or an account by hand and by the API, the newest first."""
    kind = subject._meta.model_name or ""
    found = AuditEntry.objects.filter(
        workspace_id=subject.workspace_id, target_kind=kind, target_id=str(subject.pk), verb__in=VERBS
    )
    return found.order_by("-at", "-pk")


def lines(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """What an entry changed, as (what, before, after); one line without values where it says nothing more."""
    pairs = [(name, pair) for name, pair in entry.data.items() if isinstance(pair, list) and len(pair) == 2]
    if not pairs:
        number = entry.data.get("number")
        return [(words(entry.verb), "", f"#{number}" if number else "")]
    return [(field_label(entry.target_kind, name), values.told(was), values.told(now)) for name, (was, now) in pairs]


def field_label(kind: str, name: str) -> str:
    """What a field or a trait (``traits.plan``) is called."""
    if name.startswith("traits."):
        return _("Trait %(name)s") % {"name": name.removeprefix("traits.")}
    if kind == "person" and name == "name":
        return pgettext("person", "Name")
    model = {"person": Person, "account": Account}[kind]
    fields = {field.name: field for field in model._meta.fields}
    return str(capfirst(str(fields[name].verbose_name))) if name in fields else name
