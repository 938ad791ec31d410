"""The draft editor's form: weights, bands, minimum coverage and what happens to gaps."""

from copy import deepcopy
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from evergrow.health import card as cards

POLICIES: list[tuple[str, str | Promise]] = [
    ("within-group", gettext_lazy("Its weight goes to the rest of its group")),
    ("flat", gettext_lazy("Its weight goes to all other measures")),
    ("neutral-50", gettext_lazy("It counts 50 points")),
    ("worst", gettext_lazy("It counts 0 points")),
]


class CardForm(forms.Form):
    """Fields for what a manager may change of a definition: ``group-<key>``, ``measure-<key>`` and the card's own."""

    watch = forms.FloatField(label=gettext_lazy("“Watch” from"), min_value=1, max_value=98)
    healthy = forms.FloatField(label=gettext_lazy("“Healthy” from"), min_value=2, max_value=99)
    min_coverage = forms.FloatField(label=gettext_lazy("Least coverage for a band, %"), min_value=0, max_value=100)
    trend_epsilon = forms.FloatField(
        label=gettext_lazy("Changes up to this many points count as steady"), min_value=0, max_value=50
    )
    null_policy = forms.ChoiceField(label=gettext_lazy("When a measure is missing"), choices=POLICIES)
    note = forms.CharField(label=pgettext_lazy("version note", "What changed, and why"), max_length=300, required=False)

    def __init__(self, definition: dict[str, Any], data: Any = None, note: str = "") -> None:
        super().__init__(data, initial=_initial(definition, note))
        self.base = definition
        for group in definition["groups"]:
            self.fields[f"group-{group['key']}"] = _weight(group["weight"])
            for measure in group["measures"]:
                self.fields[f"measure-{measure['key']}"] = _weight(measure["weight"])

    def rows(self) -> list[dict[str, Any]]:
        """Groups with their measures beside the fields of their weights."""
        return [
            {
                "group": group,
                "field": self[f"group-{group['key']}"],
                "measures": [
                    {"measure": measure, "field": self[f"measure-{measure['key']}"]} for measure in group["measures"]
                ],
            }
            for group in self.base["groups"]
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and cleaned["watch"] >= cleaned["healthy"]:
            self.add_error("healthy", gettext("“Healthy” has to begin above “Watch”."))
        if not self.errors:
            try:
                cards.read(self.definition())
            except cards.BadDefinition:
                self.add_error(
                    None,
                    gettext(
                        "A group with a weight needs a measure with a weight, and one group has to weigh something."
                    ),
                )
        return cleaned

    def definition(self) -> dict[str, Any]:
        """The definition with what was typed into the form."""
        typed, changed = self.cleaned_data, deepcopy(self.base)
        changed["min_coverage"] = typed["min_coverage"] / 100
        changed["trend_epsilon"] = typed["trend_epsilon"]
        changed["null_policy"] = typed["null_policy"]
        edges = {"risk": 0, "watch": typed["watch"], "healthy": typed["healthy"]}
        changed["bands"] = [{"key": key, "from": low} for key, low in edges.items()]
        for group in changed["groups"]:
            group["weight"] = typed[f"group-{group['key']}"]
            for measure in group["measures"]:
                measure["weight"] = typed[f"measure-{measure['key']}"]
        return changed


def _weight(value: float) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"class": "form-control weight-field", "step": "any", "min": 0})
    return forms.FloatField(min_value=0, max_value=1000, initial=f"{value:g}", widget=widget)


def _initial(definition: dict[str, Any], note: str) -> dict[str, Any]:
    edges = {band["key"]: f"{band['from']:g}" for band in definition["bands"]}
    return {
        "watch": edges["watch"],
        "healthy": edges["healthy"],
        "min_coverage": f"{definition['min_coverage'] * 100:g}",
        "trend_epsilon": f"{definition['trend_epsilon']:g}",
        "null_policy": definition["null_policy"],
        "note": note,
    }
