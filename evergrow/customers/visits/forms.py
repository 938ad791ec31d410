"""The form of an activity. It only reads what was typed; the actions decide whether it can be done."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers import access
from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Account, ActivityKind, Person, Visibility, Visit
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.visits.fields import WORDS
from evergrow.workspaces.models import Member

TEXTS = ("agenda", "scene", "experience", "need", "evaluation", "next_step")
DEFAULTS = {"kind": ActivityKind.VISIT, "visibility": Visibility.ACCOUNT, "sentiment": Visit.Sentiment.NEUTRAL}
PLAIN = ("kind", "title", "minutes", "place", "direction", "person", "sentiment", "visibility", *WORDS)


class ActivityForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    """When, who, and 客户, 联系人, 产品与版本, 使用体验, 下一步建议, 需求, 评价, with scene, competitor and mood."""

    token = forms.UUIDField(widget=forms.HiddenInput(), required=False)
    happened_on = forms.DateField(label=gettext_lazy("date"), widget=DateInput())
    time = forms.TimeField(
        label=gettext_lazy("time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    colleagues = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("activity", "our side"),
        queryset=Member.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    people = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("activity", "their side"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    others = forms.CharField(
        label=gettext_lazy("others, by name"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("People we do not have yet; one name a line, or with commas."),
    )

    class Meta:
        model = Visit
        fields = PLAIN
        widgets = {
            "sentiment": forms.RadioSelect(),
            **{name: forms.Textarea(attrs={"rows": 3}) for name in TEXTS},
        }

    def __init__(self, member: Member, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        visit = self.instance
        working = account.affiliations.filter(ended_on=None).values("person")
        held = list(visit.guests.all()) if visit.pk else []
        chosen = Q(pk__in=working, merged_into=None) | Q(pk__in=[g.person_id for g in held]) | Q(pk=visit.person_id)
        people = Person.objects.filter(chosen, workspace=account.workspace).order_by("name")
        mask = Mask(member)
        for name in ("person", "people"):
            self._choose(name, people).label_from_instance = mask.called  # type: ignore[method-assign, assignment]
        self._choose("person", people).empty_label = _("no contact named")
        self._choose("colleagues", access.who_see(account).order_by("user__name", "pk"))
        for name in DEFAULTS:
            self.fields[name].required = False
        local = visit.starts_at and visit.starts_at.astimezone(account.workspace.tz)
        self.initial = {
            **self.initial,
            "token": visit.token or uuid4(),
            "happened_on": visit.happened_on or account.workspace.today(),
            "time": local and local.time(),
            "people": [guest.person_id for guest in held if guest.person_id],
            "colleagues": [guest.member_id for guest in held if guest.member_id],
            "others": ", ".join(guest.name for guest in held if guest.name),
        }
        self.dress()

    def _choose(self, name: str, rows: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        return field

    def facts(self) -> dict[str, Any]:
        """What the actions take, from what could be read."""
        read = self.cleaned_data
        found = {name: read[name] for name in PLAIN if name in read}
        found |= {name: value for name, value in DEFAULTS.items() if found.get(name) in (None, "")}
        if (day := read.get("happened_on")) is not None:
            found["happened_on"] = day
            moment = read.get("time") and datetime.combine(day, read["time"], self.account.workspace.tz)
            found["starts_at"] = moment or None
        return found

    def guests(self) -> dict[str, Any]:
        """Who takes part."""
        others = self.cleaned_data["others"].replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
        return {
            "people": list(self.cleaned_data["people"]),
            "colleagues": list(self.cleaned_data["colleagues"]),
            "others": others,
        }

    def _post_clean(self) -> None:
        """The row is the actions' to write; what the model would refuse they tell."""


# What stands together on the page.
SAID = (
    *("product", "version", "agenda", "scene", "experience", "need", "evaluation", "next_step", "competitor"),
    "sentiment",
)
GROUPS = (
    (gettext_lazy("What and when"), ("kind", "title", "happened_on", "time", "minutes", "place", "direction")),
    (gettext_lazy("Who"), ("person", "people", "colleagues", "others")),
    (gettext_lazy("What was said"), SAID),
)
