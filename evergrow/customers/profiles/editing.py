"""Editing a person or an account with its traits, without writing over what a colleague changed meanwhile.

The form carries what its author saw. Only what they changed is written; where somebody else changed the very same
field since, it is refused with the new value beside the field, and saving once more puts theirs.
"""

import json
from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from evergrow.customers.actions.accounts import edit_account
from evergrow.customers.actions.people import edit_person
from evergrow.customers.forms import AccountForm, PersonForm, Tabler
from evergrow.customers.models import Account, Person
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.profiles import values
from evergrow.customers.profiles.views import person_address, person_of
from evergrow.customers.views.forms import form_page
from evergrow.customers.views.records import account_address, account_of
from evergrow.workspaces.access import GatedRequest, gate

NEW_ROWS = 2


class ChangedMeanwhile(ValidationError):
    """A colleague changed the same field since the form was opened."""


class TraitsForm(Tabler, forms.Form):
    """A field for each trait that its author saw, and empty rows for new ones; ``seen`` is what they saw."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, seen: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": json.dumps(seen)}
        super().__init__(*args, **kwargs)
        for place, (key, value) in enumerate(seen["traits"]):
            self.fields[f"trait_{place}"] = forms.CharField(
                label=_("Trait %(name)s") % {"name": key},
                required=False,
                initial="" if value is None else values.as_typed(value),
                max_length=values.MAX_TEXT,
                strip=False,
            )
        for row in range(NEW_ROWS):
            self.fields[f"new_key_{row}"] = forms.CharField(label=_("New trait"), required=False, max_length=200)
            self.fields[f"new_value_{row}"] = forms.CharField(
                label=_("Its value"), required=False, max_length=values.MAX_TEXT
            )
        last = self.fields[f"new_value_{NEW_ROWS - 1}"]
        last.help_text = _(
            "Empty a value to take the trait away. true, false and numbers are kept as such; quotes make text."
        )
        self.known = [key for key, _value in seen["traits"]]
        self.dress()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for row in range(NEW_ROWS):
            key, value = given.get(f"new_key_{row}", ""), given.get(f"new_value_{row}", "")
            if value and not key:
                self.add_error(f"new_key_{row}", _("Give the trait a name."))
            if key in self.known:
                self.add_error(f"new_key_{row}", _("This trait is there already; change it above."))
            if key and not value:
                self.add_error(f"new_value_{row}", _("Give the trait a value."))
        return given

    def wished(self) -> dict[str, tuple[str, Any]]:
        """By the trait's name the form's field and the value; None where it was emptied."""
        given = self.cleaned_data
        found = {key: (f"trait_{place}", given[f"trait_{place}"]) for place, key in enumerate(self.known)}
        for row in range(NEW_ROWS):
            if given[f"new_key_{row}"]:
                found[given[f"new_key_{row}"]] = (f"new_value_{row}", given[f"new_value_{row}"])
        return {key: (name, values.typed(text) if text else None) for key, (name, text) in found.items()}


@gate("work")
def edit_person_page(request: GatedRequest, number: int) -> HttpResponse:
    """Change the facts and traits of a person."""
    person, mask = person_of(request, number), mask_for(request)
    form = PersonForm(request.POST or None, instance=person_of(request, number))
    for name in [name for name in form.fields if mask.hides(name, person)]:
        del form.fields[name]  # what one does not see one does not change
    return _edit_page(
        request,
        person,
        form,
        lambda row, facts, traits: edit_person(person=row, by=request.member, traits=traits, **facts),
        title=_("Edit person"),
        back=person_address(person),
        done=_("Person saved."),
    )


@gate("work")
def edit_account_page(request: GatedRequest, number: int) -> HttpResponse:
    """Change the facts and traits of an account."""
    account = account_of(request, number)
    return _edit_page(
        request,
        account,
        AccountForm(request.member, request.POST or None, instance=account_of(request, number)),
        lambda row, facts, traits: edit_account(account=row, by=request.member, traits=traits, **facts),
        title=_("Edit account"),
        back=account_address(account),
        done=_("Account saved."),
        note=_("Revenue, plan, seats and renewal come from the subscriptions."),
    )


Write = Callable[[Any, dict[str, Any], dict[str, Any]], Any]


def _edit_page(
    request: GatedRequest, subject: Person | Account, form: "forms.ModelForm[Any]", write: Write, **words: Any
) -> HttpResponse:
    names = tuple(form.fields)
    hidden = mask_for(request).hidden_traits(subject) if isinstance(subject, Person) else ()
    seen, data = _seen(subject, names, hidden), None
    if request.method == "POST":
        data = request.POST.copy()
        seen = _posted(data, seen)
    traits = TraitsForm(seen, data)

    def act() -> None:
        facts = {name: form.cleaned_data[name] for name in names}
        try:
            save(subject, seen=seen, facts=facts, traits=traits.wished(), write=write)
        except ChangedMeanwhile:
            if data is not None:
                data["seen"] = json.dumps(seen)
            raise

    return form_page(request, form, traits, label=_("Save"), act=act, **words)


@transaction.atomic
def save(
    subject: Person | Account,
    *,
    seen: dict[str, Any],
    facts: dict[str, Any],
    traits: dict[str, tuple[str, Any]],
    write: Write,
) -> None:
    """Write what differs from ``seen``. Raises ChangedMeanwhile, after which ``seen`` knows the new values."""
    row = type(subject)._default_manager.select_for_update().get(pk=subject.pk)
    row.workspace = subject.workspace
    known = dict(map(tuple, seen["traits"]))
    changed = {name: value for name, value in facts.items() if _plain(value) != seen["facts"].get(name, "")}
    moved = {key: value for key, (_name, value) in traits.items() if not _same(value, known.get(key))}
    problems: dict[str, Any] = {}
    for name, value in changed.items():
        now = _plain(getattr(row, name))
        if now not in (seen["facts"].get(name, ""), _plain(value)):
            problems[name] = _meanwhile(now)
            seen["facts"][name] = now
    for key, value in moved.items():
        now = row.traits.get(key)
        if not _same(now, known.get(key)) and not _same(now, value):
            problems[traits[key][0]] = _meanwhile(now)
            known[key] = now
    if problems:
        seen["traits"] = [[key, known[key]] for key in known]
        raise ChangedMeanwhile(problems)
    write(row, changed, moved)


def _meanwhile(now: Any) -> str:
    return _("A colleague changed this to “%(value)s” meanwhile. Save once more to put yours.") % {
        "value": values.told(now) or "—"
    }


def _seen(subject: Person | Account, names: tuple[str, ...], hidden: Collection[str]) -> dict[str, Any]:
    """What stands in the form when it is opened; the traits in a fixed order, without those that are masked."""
    facts = {name: _plain(getattr(subject, name)) for name in names}
    shown = [key for key in sorted(subject.traits) if key not in hidden]
    return {"facts": facts, "traits": [[key, subject.traits[key]] for key in shown]}


def _posted(data: QueryDict, fresh: dict[str, Any]) -> dict[str, Any]:
    """What the author of a sent form saw; today's values where the form does not say."""
    try:
        found = json.loads(data.get("seen", ""))
        facts, traits = found["facts"], [[str(key), value] for key, value in found["traits"][:1000]]
        if not isinstance(facts, dict):
            raise TypeError
    except (ValueError, TypeError, KeyError, LookupError):
        data["seen"] = json.dumps(fresh)
        return fresh
    return {"facts": {name: str(facts.get(name, fresh["facts"][name])) for name in fresh["facts"]}, "traits": traits}


def _plain(value: Any) -> str:
    if isinstance(value, Account):
        return value.external_id  # as the form shows it; names need not differ
    return "" if value is None else str(value)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
