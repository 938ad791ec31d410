"""Enter a value that the account's scorecard asks for."""

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers import access
from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Account
from evergrow.customers.views.forms import form_page
from evergrow.health import card as cards
from evergrow.health.asked import ENTRY
from evergrow.health.card import Measure
from evergrow.health.entries.actions import enter
from evergrow.health.models import AccountHealth
from evergrow.health.story import name
from evergrow.workspaces.access import GatedRequest, gate


class EntryForm(Tabler, forms.Form):
    """The value, the day it was observed on, and a note."""

    value = forms.FloatField(label=gettext_lazy("Value"))
    on = forms.DateField(label=gettext_lazy("Observed on"), widget=DateInput())
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.dress()


def entered_measures(account: Account) -> list[Measure]:
    """The measures of the account's card whose values are entered."""
    state = AccountHealth.objects.select_related("version").filter(account=account).first()
    if state is None:
        return []
    return [measure for measure in cards.read(state.version.definition).measures if measure.source == ENTRY]


@gate("work")
def entry(request: GatedRequest, number: int, key: str) -> HttpResponse:
    """Write down a value of the account."""
    account = access.account_or_404(request.member, number)
    measure = next((each for each in entered_measures(account) if each.ask and each.ask["entry"] == key), None)
    if measure is None:
        raise Http404
    form = EntryForm(request.POST or None, initial={"on": request.workspace.today()})
    return form_page(
        request,
        form,
        title=name(measure),
        label=_("Enter the value"),
        back=reverse("health:account", args=[request.workspace.slug, number]),
        act=lambda: enter(account=account, key=key, by=request.member, **form.cleaned_data) and None,
        done=_("Entered. The score is computed anew in a moment."),
        note=_("It counts from its day on until a later value, or until the scorecard says that it is too old."),
    )
