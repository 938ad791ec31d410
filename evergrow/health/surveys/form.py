"""The part of a measure's form that says which answers to a survey it reads."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from evergrow import warehouse
from evergrow.customers.criteria import catalogue
from evergrow.health.surveys.question import MOST_ANSWERS, MOST_DAYS, ROLE_CHOICES, SCALE_CHOICES
from evergrow.workspaces.models import Workspace

PARTS = ("event", "property", "scale", "days", "least", "role")


class SurveyFields(forms.Form):
    """Fields named ``survey_…``; events and properties are typed, and those that were captured are offered."""

    survey_event = forms.CharField(
        label=gettext_lazy("Event of an answer"),
        max_length=200,
        help_text=gettext_lazy("It is captured once for each answer, for example “survey answered”."),
    )
    survey_property = forms.CharField(label=gettext_lazy("Property with the answer"), max_length=200, initial="score")
    survey_scale = forms.ChoiceField(label=gettext_lazy("What is made of the answers"), choices=SCALE_CHOICES)
    survey_days = forms.IntegerField(
        label=gettext_lazy("Answers of the last days"), min_value=1, max_value=MOST_DAYS, initial=90
    )
    survey_least = forms.IntegerField(
        label=gettext_lazy("Fewest answers"),
        min_value=1,
        max_value=MOST_ANSWERS,
        initial=3,
        help_text=gettext_lazy("With fewer the measure is missing. Of each person the latest answer counts."),
    )
    survey_role = forms.ChoiceField(label=gettext_lazy("Whose answers count"), choices=ROLE_CHOICES, required=False)
    survey_where = forms.CharField(label=gettext_lazy("Only where the property"), max_length=200, required=False)
    survey_is = forms.CharField(
        label=gettext_lazy("has the value"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leave both empty unless several surveys share the event."),
    )
    suggestions: dict[str, list[str]]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if "survey_where" in self.fields and bool(typed.get("survey_where")) != bool(typed.get("survey_is")):
            self.add_error("survey_is", gettext("Give both the property and its value, or neither."))
        return typed

    def offer_captured(self, workspace: Workspace) -> None:
        """Offer the events and properties that were captured; none while the event store is down."""
        try:
            events = [key for key, _label in catalogue.events(workspace)]
            properties = catalogue.properties(workspace, "*")
        except warehouse.StoreUnavailable:
            events, properties = [], []
        self.suggestions = {"survey-events": events, "survey-properties": properties}
        lists = {"event": "survey-events", "property": "survey-properties", "where": "survey-properties"}
        for name, offered in lists.items():
            self.fields[f"survey_{name}"].widget.attrs["list"] = offered


def ask_of(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The measure's ``ask`` for what was typed."""
    asked = {name: typed[f"survey_{name}"] for name in PARTS}
    if typed["survey_where"]:
        asked["where"] = {"property": typed["survey_where"], "is": typed["survey_is"]}
    return {"survey": asked}


def shown_of(ask: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show of a measure's ``ask``; nothing for one of another source."""
    asked = ask.get("survey")
    if not asked:
        return {}
    where = asked.get("where") or {}
    shown = {f"survey_{name}": asked[name] for name in PARTS if name in asked}
    return shown | {"survey_where": where.get("property", ""), "survey_is": where.get("is", "")}
