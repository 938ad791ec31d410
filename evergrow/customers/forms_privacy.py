"""Forms of the privacy pages. They only read what was typed; the actions decide whether it can be done."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import (
    Channel,
    Law,
    LegalBasis,
    PrivacySettings,
    ProcessingActivity,
    Purpose,
    RequestKind,
)
from evergrow.workspaces.models import Workspace


class RequestForm(Tabler, forms.Form):
    kind = forms.ChoiceField(label=_("What is asked for"), choices=RequestKind.choices)
    law = forms.ChoiceField(label=_("Law"), choices=Law.choices)
    received_on = forms.DateField(label=_("Received on"), widget=DateInput())
    how = forms.CharField(label=_("How it was asked"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].help_text = _("For example: mail, phone call, form on the web site.")
        self.dress()


class PrivacySettingsForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = PrivacySettings
        fields = ("law", "gdpr_days", "pipl_days", "two_people", "unmask_minutes", "controller", "officer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("gdpr_days", "pipl_days"):
            self.fields[name] = forms.IntegerField(label=self.fields[name].label, min_value=1, max_value=90)
        minutes = self.fields["unmask_minutes"].label
        self.fields["unmask_minutes"] = forms.IntegerField(label=minutes, min_value=1, max_value=480)
        self.dress()


class PurposeForm(Tabler, forms.Form):
    key = forms.SlugField(label=_("Key"), max_length=60)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80, required=False)
    text_zh = forms.CharField(
        label=_("Text people see (Chinese)"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    text_en = forms.CharField(
        label=_("Text people see (English)"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    basis = forms.ChoiceField(label=_("Legal basis"), choices=LegalBasis.choices)
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    valid_days = forms.IntegerField(label=_("Days a consent holds"), min_value=1, max_value=36500, required=False)

    def __init__(self, purpose: Purpose | None, data: Any = None) -> None:
        initial: dict[str, Any] = {}
        if purpose is not None:
            last = purpose.texts.order_by("-version").first()
            text = last.text if last else {}
            initial = {"key": purpose.key, "basis": purpose.basis, "channels": purpose.channels,
                       "valid_days": purpose.valid_days,
                       **{f"name_{code}": purpose.name.get(code, "") for code in ("zh", "en")},
                       **{f"text_{code}": text.get(code, "") for code in ("zh", "en")}}  # fmt: skip
        super().__init__(data, initial=initial)
        self.fields["key"].help_text = _("The API, imports and events name the purpose by it.")
        self.fields["valid_days"].help_text = _("Empty: until it is withdrawn.")
        if purpose is not None:
            self.fields["key"].disabled = True
        self.dress()
        self.fields["channels"].widget.attrs.pop("class", None)

    def facts(self) -> dict[str, Any]:
        """What was typed, as ``save_purpose`` takes it."""
        typed = dict(self.cleaned_data)
        name = {code: typed.pop(f"name_{code}").strip() for code in ("zh", "en")}
        text = {code: typed.pop(f"text_{code}").strip() for code in ("zh", "en")}
        return {**typed, "name": {k: v for k, v in name.items() if v}, "text": {k: v for k, v in text.items() if v}}


class ConsentForm(Tabler, forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    said = forms.ChoiceField(
        label=_("What the person said"),
        choices=[("yes", _("agrees")), ("no", _("withdraws or objects"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    method = forms.CharField(label=_("How it was said"), max_length=80)
    url = forms.CharField(label=_("Form or page"), max_length=500, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, workspace: Workspace, data: Any = None) -> None:
        super().__init__(data)
        purposes = Purpose.objects.filter(workspace=workspace, retired_at=None).order_by("pk")
        purpose = self.fields["purpose"]
        assert isinstance(purpose, forms.ChoiceField)
        purpose.choices = [(each.key, str(each)) for each in purposes]
        self.fields["method"].help_text = _("The proof: for example “signed form of 3 March”, “call, recorded”.")
        self.dress()

    def facts(self) -> dict[str, Any]:
        """What was typed, as ``record_consent`` takes it."""
        typed = dict(self.cleaned_data)
        granted = typed.pop("said") == "yes"
        return {**typed, "granted": granted}


class UnmaskForm(Tabler, forms.Form):
    reason = forms.CharField(label=_("Why do you need to see it?"), max_length=300)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.dress()


class ActivityForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    name_zh = forms.CharField(label=_("Activity (Chinese)"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Activity (English)"), max_length=120, required=False)

    class Meta:
        model = ProcessingActivity
        fields = ("purpose", "basis", "people", "data", "recipients", "retention", "abroad", "measures", "review_on")
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 2}) for name in
               ("purpose", "people", "data", "recipients", "retention", "abroad", "measures")},
            "basis": forms.Select(choices=LegalBasis.choices),
            "review_on": DateInput(),
        }  # fmt: skip

    field_order = ("name_zh", "name_en", *Meta.fields)

    def __init__(self, activity: ProcessingActivity | None, data: Any = None) -> None:
        name = activity.name if activity else {}
        initial = {"name_zh": name.get("zh", ""), "name_en": name.get("en", "")}
        super().__init__(data, instance=activity, initial=initial)
        self.dress()

    def facts(self) -> dict[str, Any]:
        """What was typed, as ``save_activity`` takes it."""
        typed = dict(self.cleaned_data)
        name = {code: typed.pop(f"name_{code}").strip() for code in ("zh", "en")}
        return {**typed, "name": {code: said for code, said in name.items() if said} or {"en": typed["purpose"][:80]}}
