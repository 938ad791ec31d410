"""What is asked of a back-test."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.health.backtest.outcomes import Outcome
from evergrow.health.backtest.plan import HORIZONS, MOST_CAPACITY, Plan, Step


class PlanForm(forms.Form):
    outcome = forms.ChoiceField(label=gettext_lazy("What happened afterwards"), choices=Outcome.choices)
    within = forms.TypedChoiceField(
        label=gettext_lazy("Within days"), choices=[(days, str(days)) for days in HORIZONS], coerce=int, initial=90
    )
    step = forms.ChoiceField(label=pgettext_lazy("back-test", "As of"), choices=Step.choices, initial=Step.MONTHLY)
    capacity = forms.IntegerField(
        label=gettext_lazy("Accounts the team can look at in a week"),
        min_value=1,
        max_value=MOST_CAPACITY,
        initial=10,
    )

    def __init__(self, data: Any = None, plan: Plan | None = None) -> None:
        started = plan or Plan()
        super().__init__(
            data,
            initial={
                "outcome": started.outcome,
                "within": started.within,
                "step": started.step,
                "capacity": started.capacity,
            },
        )

    def plan(self) -> Plan:
        typed = self.cleaned_data
        return Plan(Outcome(typed["outcome"]), typed["within"], Step(typed["step"]), typed["capacity"])
