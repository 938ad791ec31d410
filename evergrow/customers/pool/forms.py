"""Forms of the pool."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evergrow.customers.forms import Tabler
from evergrow.customers.models import TeamRole


class ReleaseForm(Tabler, forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=300, help_text=_("The next owner reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


def days(label: Any, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=3650, help_text=hint)


class RulesForm(Tabler, forms.Form):
    """The rules of the pool; 0 stands for no cap or no such rule."""

    role = forms.ChoiceField(label=_("Owner is whoever holds"), choices=TeamRole.choices)
    daily_cap = forms.IntegerField(
        label=_("Claims a day and member"), min_value=0, max_value=1000, help_text=_("0: no limit.")
    )
    holding_cap = forms.IntegerField(
        label=_("Accounts a member may hold"),
        min_value=0,
        max_value=100_000,
        help_text=_("Signed customers do not count. 0: no limit."),
    )
    protected_days = days(_("Days protected after a claim"))
    takes_back = forms.BooleanField(label=_("Take accounts back that nobody follows up"), required=False)
    quiet_days = days(
        _("After so many days without follow-up"),
        _(
            "A follow-up is a contact as the account's “last contact” counts it: a visit, call, meeting, message or"
            " note. 0: no such rule."
        ),
    )
    result_days = days(_("After so many days without a signature"), _("0: no such rule."))
    remind_days = days(_("Warn so many days before"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()
