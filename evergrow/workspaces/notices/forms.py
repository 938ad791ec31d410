"""Forms of notifications."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.workspaces.forms import Form
from evergrow.workspaces.notices import kinds
from evergrow.workspaces.notices.channel_models import Channel, Pace

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
ROBOTS = [(value, label) for value, label in Channel.choices if value != Channel.MAIL]


class PreferenceForm(Form):
    """When mail comes and when it is quiet. The channels of each kind are read beside it."""

    pace = forms.ChoiceField(label=_("Mail comes"), choices=Pace.choices)
    hour = forms.TypedChoiceField(label=_("In the morning at"), choices=HOURS, coerce=int)
    working_days_only = forms.BooleanField(label=_("Only on working days"), required=False)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Nothing is sent in these hours but what is urgent."),
    )
    zone = forms.CharField(
        label=_("My time zone"), required=False, max_length=60, help_text=_("Empty: the workspace's time zone.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].widget.attrs["list"] = "zones"
        for field in self.fields.values():
            field.widget.attrs["form"] = "preferences"  # the rail stands outside the form


class RobotForm(Form):
    """A group robot. Its address and secret are never shown: where there is one, empty means “as it is”."""

    channel = forms.ChoiceField(label=_("Channel"), choices=ROBOTS)
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For example the group's name."))
    address = forms.CharField(
        label=_("Webhook address"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("Copied from the robot's page in the chat. It is never shown again."),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("DingTalk and Feishu, where signing is switched on."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Says"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Whoever it is told to.")
    )
    for_members = forms.BooleanField(label=_("Members may choose it for their own"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    pace = forms.ChoiceField(label=pgettext_lazy("robot", "Speaks"), choices=Pace.choices)
    hour = forms.TypedChoiceField(label=_("In the morning at"), choices=HOURS, coerce=int, initial=9)
    working_days_only = forms.BooleanField(label=_("Only on working days"), required=False)

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.key, str(kind)) for kind in kinds.every()]
        self.fields["kinds"].choices = choices  # type: ignore[attr-defined]
        self.fields["kinds"].widget.attrs["class"] = "form-check-input"
        for name in ("for_members", "working_days_only"):
            self.fields[name].widget.attrs["class"] = "form-check-input"
        if is_known:
            del self.fields["channel"]
            self.fields["address"].required = False
            self.fields["address"].widget.attrs["placeholder"] = _("as it is")
            self.fields["secret"].widget.attrs["placeholder"] = _("as it is")
