"""Forms of the ideal customer profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers.forms import Tabler
from evergrow.customers.tiers.forms import CriteriaField

KIND_WORDS = [
    ("must", gettext_lazy("Must-have")),
    ("nice", gettext_lazy("Nice-to-have")),
    ("exclude", gettext_lazy("Exclusion")),
]


class ProfileForm(Tabler, forms.Form):
    """What holds for the profile as a whole."""

    cap = forms.FloatField(label=gettext_lazy("Highest fit when a must-have is missed"), min_value=0, max_value=100)
    least_coverage = forms.FloatField(label=gettext_lazy("Least known weight for a fit, %"), min_value=0, max_value=100)
    note = forms.CharField(label=pgettext_lazy("version note", "What changed, and why"), max_length=300, required=False)

    def __init__(self, definition: dict[str, Any], note: str = "", data: Any = None) -> None:
        least = definition.get("least_coverage", 0.5) * 100
        super().__init__(data, initial={"cap": definition.get("cap", 40), "least_coverage": f"{least:g}", "note": note})
        self.dress()

    def changed(self, definition: dict[str, Any]) -> dict[str, Any]:
        """The definition with what was typed."""
        typed = self.cleaned_data
        return {**definition, "cap": typed["cap"], "least_coverage": typed["least_coverage"] / 100}


class CriterionForm(Tabler, forms.Form):
    """One criterion of the draft."""

    key = forms.CharField(label=gettext_lazy("Key"), max_length=39)
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60, required=False)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KIND_WORDS)
    weight = forms.FloatField(label=gettext_lazy("Weight"), min_value=0, max_value=1000)
    criteria = CriteriaField()

    def __init__(self, part: dict[str, Any], data: Any = None, *, is_new: bool = False) -> None:
        names = part.get("name", {})
        super().__init__(data, initial={**part, "zh": names.get("zh"), "en": names.get("en"), "criteria": ""})
        if not is_new:
            self.fields["key"].disabled = True
        self.dress()

    def changed(self) -> dict[str, Any]:
        """The criterion as typed."""
        typed = self.cleaned_data
        names = {code: typed[code] for code in ("zh", "en") if typed[code]}
        return {
            **{name: typed[name] for name in ("key", "kind", "weight")},
            "name": names,
            "criteria": typed["criteria"] or {},
        }
