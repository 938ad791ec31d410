"""Forms of this room. They only read what was typed; the actions decide whether it can be done."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers import access
from evergrow.customers.actions import accounts, people
from evergrow.customers.models import Account, Affiliation, Note, Person, TeamRole
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.absences import reading
from evergrow.workspaces.models import Absence, Member, Workspace


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class Tabler:
    """Gives every field Tabler's class and marks those with an error for readers and for the eye."""

    fields: dict[str, forms.Field]

    def dress(self) -> None:
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect | forms.HiddenInput):
                field.widget.attrs.setdefault("class", kind)


class AccountForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    """The facts that colleagues may write; revenue comes from subscriptions."""

    parent = forms.CharField(
        label=_("parent account"),
        max_length=200,
        required=False,
        help_text=_("The id of the account that this one belongs to, as it is called in your systems."),
    )

    class Meta:
        model = Account
        fields = accounts.EDITABLE
        widgets = {"signed_up_on": DateInput()}

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.initial["parent"] = self.instance.parent.external_id if self.instance.parent else ""
        self.fields["external_id"].required = False
        self.fields["external_id"].help_text = _("Empty: we make one. Events and imports find the account by it.")
        self.dress()

    def clean_parent(self) -> Account | None:
        """The account that was named; the one that is the parent already, or one that the member may see."""
        given, now = self.cleaned_data["parent"], self.instance.parent
        if not given or (now and now.external_id == given):
            return now if given else None
        found = access.accounts(self.member).filter(external_id=given).first()
        if found is None:
            raise forms.ValidationError(_("There is no account with this id."))
        return found


class NoteForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Note
        fields = ("body",)
        widgets = {"body": forms.Textarea(attrs={"rows": 6, "autofocus": True})}

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        url = reverse("customers:mentionable", args=[account.workspace.slug, account.number])
        self.fields["body"].widget.attrs["data-mentions"] = url
        self.dress()


class PersonForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Person
        fields = people.EDITABLE
        labels = {"name": pgettext_lazy("person", "Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class PlaceForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    """A person's place at an account."""

    class Meta:
        model = Affiliation
        fields = ("title", "influence", "is_key", "started_on", "ended_on")
        widgets = {"started_on": DateInput(), "ended_on": DateInput()}
        labels = {"started_on": _("there since"), "ended_on": _("left on")}
        help_texts = {"started_on": _("Who left and came back later gets a second place; the first one stays.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class NewPersonForm(PersonForm):
    """A person who joins an account at once."""

    influence = forms.ChoiceField(label=_("influence"), choices=Affiliation.Influence.choices, initial="uses")
    is_key = forms.BooleanField(label=_("key person"), required=False)


class SeatForm(Tabler, forms.Form):
    """Who takes over a role of the iron triangle, from when."""

    role = forms.ChoiceField(label=_("Role"), choices=TeamRole.choices)
    member = forms.ModelChoiceField(label=_("Colleague"), queryset=Member.objects.none(), empty_label=None)
    on = forms.DateField(label=_("From"), widget=DateInput())

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Member.objects.filter(workspace=workspace, left_at=None).select_related("user").order_by("user__name")
        away = reading.away(workspace)
        member = self.fields["member"]
        assert isinstance(member, forms.ModelChoiceField)
        member.queryset = here
        member.label_from_instance = lambda obj: _called(obj, away.get(obj.pk))  # type: ignore[method-assign]
        self.fields["on"].initial = workspace.today()
        self.fields["on"].widget.attrs["max"] = workspace.today().isoformat()
        self.dress()


def _called(member: Member, absence: Absence | None) -> str:
    """A colleague in a choice, with until when they are away."""
    if absence is None:
        return str(member)
    return gettext("%(name)s (away until %(day)s)") % {"name": member, "day": absence.ends_on.isoformat()}


class TierForm(Tabler, forms.Form):
    """A tier of the workspace's scheme."""

    tier = forms.ChoiceField(label=_("tier"))

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tier = self.fields["tier"]
        assert isinstance(tier, forms.ChoiceField)
        tier.choices = schemes.of(workspace).choices
        self.dress()
