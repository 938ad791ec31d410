"""The forms of working days."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.workspaces.calendar.acts import NAME
from evergrow.workspaces.forms import Form


def _day(label: object) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))  # type: ignore[arg-type]


class OwnDaysForm(Form):
    first = _day(pgettext_lazy("working days", "From"))
    last = _day(pgettext_lazy("working days", "To"))
    works = forms.TypedChoiceField(
        label=_("These days are"),
        choices=[("free", pgettext_lazy("working days", "free")), ("worked", pgettext_lazy("working days", "worked"))],
        coerce=lambda chosen: chosen == "worked",
    )
    name = forms.CharField(
        label=pgettext_lazy("working days", "Why"),
        max_length=NAME,
        help_text=_("For example stocktaking, company trip, or a Saturday that is worked."),
    )


class NoticeForm(Form):
    text = forms.CharField(
        label=_("Text of the notice"),
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "一、元旦：1月1日（周五）至3日（周日）放假，共3天。…"}),
        help_text=_("Paste it whole, from 一、元旦 to 七、国庆节. Weekdays and numbers of days in it are checked."),
    )
