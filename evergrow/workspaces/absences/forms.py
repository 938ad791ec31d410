"""The form of an absence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evergrow.workspaces import queries
from evergrow.workspaces.access import may
from evergrow.workspaces.forms import Form
from evergrow.workspaces.models import Member


class Colleague(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class AbsenceForm(Form):
    """Managers choose whose absence it is; everybody else enters their own."""

    member = Colleague(label=_("Who is away"), queryset=Member.objects.none(), empty_label=None)
    starts_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"}))
    delegate = Colleague(
        label=_("Who stands in"), queryset=Member.objects.none(), help_text=_("Gets the new work meanwhile.")
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workers = queries.able(by.workspace, "work")
        self.fields["delegate"].queryset = workers  # type: ignore[attr-defined]
        whose = workers if may(by, "manage") else workers.filter(pk=by.pk)
        self.fields["member"].queryset = whose  # type: ignore[attr-defined]
        self.fields["member"].initial = by.pk
