"""Forms about overrides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from evergrow.customers.forms import DateInput, Tabler
from evergrow.health.card import Card
from evergrow.health.models import OverrideMode
from evergrow.lib import bilingual


class OverrideForm(Tabler, forms.Form):
    """Which score, what it should be, why, until when, and when it gives way."""

    target = forms.ChoiceField(label=gettext_lazy("Which score"), required=False)
    value = forms.FloatField(
        label=gettext_lazy("Score, 0 to 100"), widget=forms.NumberInput(attrs={"min": 0, "max": 100, "step": "any"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500, required=False
    )
    until = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput())
    mode = forms.ChoiceField(label=gettext_lazy("How long"), choices=OverrideMode.choices, widget=forms.RadioSelect)

    def __init__(self, card: Card, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = self.fields["target"]
        assert isinstance(target, forms.ChoiceField)
        groups = [(group.key, bilingual.pick(group.name, language)) for group in card.groups]
        target.choices = [("", gettext_lazy("The whole score")), *groups]
        self.dress()


class AnswerForm(Tabler, forms.Form):
    """Why not."""

    answer = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()
