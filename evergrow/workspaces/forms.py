"""The forms of this room. They read the request; what may be done is decided by the actions."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.workspaces import ranks
from evergrow.workspaces.actions.workspaces import zones
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import AccountScope, Calendar, KeyKind, Member, WeekStart

Result = TypeVar("Result")
CURRENCIES = ["CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "SGD", "KRW", "AUD", "CAD", "CHF", "INR", "BRL"]


class Form(forms.Form):
    """A form whose fields carry the classes of our stylesheet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if chosen else "form-control")


def attempt(form: Form, act: Callable[[dict[str, Any]], Result]) -> Result | None:
    """Call ``act`` with the cleaned data of a valid form; a refusal becomes an error of the form and gives nothing."""
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return None


def role_choices(member: Member) -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in reversed(ranks.within_reach(member))]


class MemberForm(Form):
    role = forms.ChoiceField(label=_("Role"))
    scope = forms.ChoiceField(label=_("Sees"), choices=AccountScope.choices)
    team = forms.CharField(
        label=pgettext_lazy("colleagues", "Team"),
        max_length=60,
        required=False,
        help_text=_("For example East, or key accounts."),
    )

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(by)  # type: ignore[attr-defined]
        self.fields["team"].widget.attrs["list"] = "teams"


class InvitationForm(MemberForm):
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"placeholder": "name@example.com"}))
    field_order = ["email", "role", "scope", "team"]


class KeyForm(Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What will use it, for example the web shop."))
    kind = forms.ChoiceField(label=_("Kind"), choices=KeyKind.choices)
    role = forms.ChoiceField(label=_("Role"), help_text=_("What an API token may do. A write key only sends events."))

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(by)  # type: ignore[attr-defined]


class WorkspaceForm(Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    zone = forms.CharField(
        label=_("Time zone"), help_text=_("Days begin and end here. A change builds all daily figures again.")
    )
    week_start = forms.TypedChoiceField(label=_("Week starts on"), choices=WeekStart.choices, coerce=int)
    calendar = forms.ChoiceField(
        label=_("Working calendar"),
        choices=Calendar.choices,
        required=False,
        help_text=_("Due dates in working days follow it."),
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, help_text=_("How amounts are shown; nothing is converted.")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("The language of invitations.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].widget.attrs["list"] = "zones"
        self.fields["currency"].widget.attrs["list"] = "currencies"

    @property
    def suggestions(self) -> dict[str, list[str]]:
        return {"zones": sorted(zones()), "currencies": CURRENCIES}


class NewWorkspaceForm(WorkspaceForm):
    slug = forms.CharField(
        label=_("Address"), max_length=60, help_text=_("Stands in every link: small Latin letters, digits and hyphens.")
    )
    field_order = ["name", "slug", "zone", "currency", "calendar", "week_start", "language"]


class ProfileForm(Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As this browser asks")), *settings.LANGUAGES]
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        required=False,
        choices=[("", _("As chosen at the top")), ("light", _("Light")), ("dark", _("Dark"))],
    )


class PasswordForm(Form):
    """``current`` is asked only from those who have a password and did not just come through a one-time link."""

    current = forms.CharField(
        label=_("Current password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, and nothing that others often use."),
    )

    def __init__(self, *args: Any, asks_current: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_current:
            del self.fields["current"]


class NewcomerForm(Form):
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, and nothing that others often use."),
    )


class LinkForm(Form):
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
