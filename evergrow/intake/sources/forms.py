"""The forms of sources."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from evergrow.intake.capture.limits import BURST_SECONDS
from evergrow.intake.models import SourceSettings
from evergrow.intake.models.sources import MOST_A_DAY, MOST_KIB, MOST_PER_SECOND
from evergrow.workspaces.forms import Form


class NewSourceForm(Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What will send with it, for example the web shop.")
    )


class LimitsForm(Form):
    per_second = forms.IntegerField(
        label=_("Events a second"), required=False, min_value=0, max_value=MOST_PER_SECOND, help_text=_("0: no limit.")
    )
    burst = forms.IntegerField(
        label=_("Events at once"),
        required=False,
        min_value=1,
        max_value=MOST_A_DAY,
        help_text=_("How many may come at once after a pause."),
    )
    per_day = forms.IntegerField(
        label=_("Events a day"),
        required=False,
        min_value=1,
        max_value=MOST_A_DAY,
        help_text=_("Days begin at midnight UTC."),
    )
    message_kib = forms.IntegerField(
        label=_("KiB per message"),
        required=False,
        min_value=0,
        max_value=MOST_KIB,
        help_text=_("Larger ones are kept among the refused messages."),
    )
    request_kib = forms.IntegerField(
        label=_("KiB per request"), required=False, min_value=1, max_value=MOST_KIB, help_text=_("Larger ones get 413.")
    )
    origins = forms.CharField(
        label=_("Allowed pages"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://www.example.com\nhttps://*.example.com"}),
        help_text=_("One a line; empty allows all. A write key in a page is public, so name your pages here."),
    )

    def __init__(self, *args: Any, own: SourceSettings | None, **kwargs: Any) -> None:
        own = own or SourceSettings()
        initial: dict[str, Any] = {name: getattr(own, name) for name in self.base_fields if name != "origins"}
        super().__init__(*args, initial=initial | {"origins": "\n".join(own.origins)}, **kwargs)
        per_second = settings.CAPTURE_EVENTS_PER_SECOND if own.per_second is None else own.per_second
        defaults = {
            "per_second": settings.CAPTURE_EVENTS_PER_SECOND or _("no limit"),
            "burst": per_second * BURST_SECONDS or _("no limit"),
            "per_day": _("no limit"),
            "message_kib": settings.CAPTURE_MESSAGE_KIB or _("no limit"),
            "request_kib": settings.CAPTURE_REQUEST_KIB,
        }
        for name, default in defaults.items():
            self.fields[name].widget.attrs["placeholder"] = default
