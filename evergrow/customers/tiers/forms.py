"""Forms of tiers. They only read what was typed; the scheme and the actions decide whether it can be done."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from evergrow.customers.criteria import posted
from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Account
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.entitlement import KINDS, PERIODS, kind_words, period_words
from evergrow.customers.tiers.scheme import ICONS, LOOKS, Scheme

Definition = dict[str, Any]
LOOK_WORDS = {
    "strong": pgettext_lazy("badge", "Filled"),
    "outline": gettext_lazy("Outlined"),
    "soft": gettext_lazy("Tinted"),
    "general": gettext_lazy("Plain"),
}


class CriteriaWidget(forms.HiddenInput):
    """Reads what the criteria editor posts: JSON, or YAML without JavaScript."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return posted.raw(data, name)


class CriteriaField(forms.Field):
    """Criteria as data; without any condition there is no rule. Whether they mean something is asked when saving."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=CriteriaWidget(), required=False, **more)

    def clean(self, value: Any) -> Definition | None:
        if value is None:
            raise ValidationError(gettext("The rule cannot be read. Put its conditions together again."))
        return None if value in ({}, {"all": []}, {"any": []}) else dict(value)


class AskForm(Tabler, forms.Form):
    """An exception: which tier, why, until when."""

    tier = forms.ChoiceField(label=gettext_lazy("tier"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, required=False
    )
    until = forms.DateField(
        label=gettext_lazy("Last day of the exception"),
        widget=DateInput(),
        help_text=gettext_lazy("The account goes back to the rule on the day after."),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tier = self.fields["tier"]
        assert isinstance(tier, forms.ChoiceField)
        tier.choices = [pair for pair in schemes.of(account.workspace).choices if pair[0] != account.tier]
        self.dress()


class NoteForm(Tabler, forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class AnswerForm(Tabler, forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Why not"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class UseForm(Tabler, forms.Form):
    """A use of an entitlement."""

    entitlement = forms.ChoiceField(label=gettext_lazy("Entitlement"))
    quantity = forms.DecimalField(label=gettext_lazy("Quantity"), max_digits=10, decimal_places=2, initial=1)
    on = forms.DateField(label=gettext_lazy("Day"), widget=DateInput())
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    over_reason = forms.CharField(
        label=gettext_lazy("Why more than agreed"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Only where nothing is left of the period."),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme = schemes.of(account.workspace)
        choice = self.fields["entitlement"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(one.key, one.name) for one in scheme.entitlements if one.is_counted]
        self.fields["on"].initial = account.workspace.today()
        self.dress()


class SettingsForm(Tabler, forms.Form):
    """When moves take effect, and when by-hand changes need approval."""

    up = forms.ChoiceField(label=gettext_lazy("Moving up takes effect"))
    up_days = forms.IntegerField(label=gettext_lazy("days in a row"), min_value=0, max_value=366, required=False)
    down = forms.ChoiceField(label=gettext_lazy("Moving down takes effect"))
    down_days = forms.IntegerField(label=gettext_lazy("days in a row"), min_value=0, max_value=366, required=False)
    months = forms.MultipleChoiceField(
        label=gettext_lazy("Review dates: months"),
        choices=[(str(m), str(m)) for m in range(1, 13)],
        widget=forms.CheckboxSelectMultiple(),
    )
    day = forms.IntegerField(label=gettext_lazy("Review dates: day of the month"), min_value=1, max_value=28)
    approval = forms.BooleanField(
        label=gettext_lazy("A tier by hand always needs a reason, another manager and a last day"),
        required=False,
        help_text=gettext_lazy("As soon as one tier has a rule, this holds anyway."),
    )
    note = forms.CharField(label=pgettext_lazy("version note", "What changed, and why"), max_length=300, required=False)

    def __init__(self, definition: Definition, note: str = "", data: Any = None) -> None:
        super().__init__(data, initial=_settings(definition, note))
        waits = [("days", gettext("after some days in a row")), ("review", gettext("on the next review date"))]
        for name in ("up", "down"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = waits
        self.dress()

    def changed(self, definition: Definition) -> Definition:
        """The definition with what was typed."""
        typed = self.cleaned_data
        waits = {
            way: {"at_review": True} if typed[way] == "review" else {"days": typed[f"{way}_days"] or 0}
            for way in ("up", "down")
        }
        reviews = {"months": sorted(int(month) for month in typed["months"]), "day": typed["day"]}
        return {**definition, **waits, "reviews": reviews, "approval": typed["approval"]}


def _settings(definition: Definition, note: str) -> dict[str, Any]:
    scheme: Scheme = schemes.read(definition)
    return {
        "up": "review" if scheme.up.at_review else "days",
        "up_days": scheme.up.days,
        "down": "review" if scheme.down.at_review else "days",
        "down_days": scheme.down.days,
        "months": [str(month) for month in scheme.reviews.months],
        "day": scheme.reviews.day,
        "approval": scheme.approval,
        "note": note,
    }


class TierRuleForm(Tabler, forms.Form):
    """One tier of the draft."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=39,
        help_text=gettext_lazy("Small letters, digits and _; it stays as it is in files and in the API."),
    )
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60, required=False)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        min_value=1,
        max_value=999,
        help_text=gettext_lazy("1 is asked first; the first tier whose rule holds is the account's."),
    )
    load = forms.FloatField(label=gettext_lazy("Load points an account"), min_value=0, max_value=1000)
    review_months = forms.IntegerField(
        label=gettext_lazy("Review every … months (0: never)"), min_value=0, max_value=36
    )
    look = forms.ChoiceField(label=gettext_lazy("Badge"), choices=[(look, LOOK_WORDS[look]) for look in LOOKS])
    icon = forms.ChoiceField(label=gettext_lazy("Icon"), choices=[(icon, icon) for icon in ICONS])
    key_customer = forms.BooleanField(
        label=gettext_lazy("Key customers: silence and lost use raise signals sooner"), required=False
    )
    criteria = CriteriaField()

    def __init__(self, tier: Definition, data: Any = None, *, is_new: bool = False) -> None:
        names = tier.get("name", {})
        super().__init__(data, initial={**tier, "zh": names.get("zh"), "en": names.get("en"), "criteria": ""})
        self.tier = tier
        if not is_new:
            self.fields["key"].disabled = True
        self.dress()

    def changed(self) -> Definition:
        """The tier as typed."""
        typed = self.cleaned_data
        names = {code: typed[code] for code in ("zh", "en") if typed[code]}
        kept = {"rest": True} if self.tier.get("rest") else {}
        plain = ("key", "priority", "load", "review_months", "look", "icon", "key_customer")
        criteria = None if self.tier.get("rest") else typed["criteria"]
        return {**{name: typed[name] for name in plain}, "name": names, "criteria": criteria, **kept}


class EntitlementForm(Tabler, forms.Form):
    """One entitlement of the draft, with what each tier gets."""

    key = forms.CharField(label=gettext_lazy("Key"), max_length=39)
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60, required=False)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    period = forms.ChoiceField(label=gettext_lazy("Period of a quantity"))

    def __init__(self, scheme: Scheme, one: Definition, data: Any = None, *, is_new: bool = False) -> None:
        names = one.get("name", {})
        super().__init__(data, initial={**one, "zh": names.get("zh"), "en": names.get("en")})
        self.scheme = scheme
        for name, words in (
            ("kind", [(k, kind_words(k)) for k in KINDS]),
            ("period", [(p, period_words(p)) for p in PERIODS]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = words
        for tier in scheme.tiers:
            self.fields[f"grant-{tier.key}"] = forms.FloatField(
                label=gettext("%(tier)s gets") % {"tier": tier.name},
                min_value=0,
                max_value=100_000,
                required=False,
                initial=float(one.get("grants", {}).get(tier.key, 0)) or None,
                help_text=gettext("A number; hours for a response, months for a cadence, 1 for yes. Empty: not due.")
                if tier is scheme.tiers[0]
                else "",
            )
        if not is_new:
            self.fields["key"].disabled = True
        self.dress()

    def changed(self) -> Definition:
        """The entitlement as typed."""
        typed = self.cleaned_data
        grants: dict[str, float | bool] = {}
        for tier in self.scheme.tiers:
            amount = typed[f"grant-{tier.key}"]
            if amount:
                grants[tier.key] = True if typed["kind"] in ("csm", "flag") else amount
        return {
            "key": typed["key"],
            "name": {code: typed[code] for code in ("zh", "en") if typed[code]},
            "kind": typed["kind"],
            "period": typed["period"],
            "grants": grants,
        }
