"""Forms of stages. They only read what was typed; the actions decide whether it can be done."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Product, StagedKind, StageGate, TeamRole
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import gates
from evergrow.customers.stages.definition import ACTIVE, KINDS, Stage
from evergrow.customers.tiers.forms import CriteriaField

Json = dict[str, Any]
KIND_WORDS = {
    "start": pgettext_lazy("kind of stage", "Start: the way begins here"),
    "active": pgettext_lazy("kind of stage", "Active: on the way"),
    "paused": pgettext_lazy("kind of stage", "Paused: the clock stands"),
    "terminal": pgettext_lazy("kind of stage", "End: the clock stops"),
}


class Dressed(Tabler, forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """Give a field its choices."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class MoveForm(Dressed):
    """Where to, why, and until when criteria leave it there."""

    to = forms.ChoiceField(label=gettext_lazy("Move to"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("It stays in the history."),
    )
    locked_until = forms.DateField(
        label=gettext_lazy("Criteria leave it there until"),
        widget=DateInput(),
        required=False,
        help_text=gettext_lazy("Empty: criteria may move it on again with the next evaluation."),
    )

    def __init__(self, stages: list[Stage], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("to", [(stage.key, stage.name) for stage in stages])


class LifecycleForm(Dressed):
    """A new lifecycle."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=39,
        help_text=gettext_lazy("Small letters, digits and _; it stays as it is in files and in the API."),
    )
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60, required=False)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Whose lifecycle"), choices=StagedKind.choices)


class SettingsForm(Dressed):
    """Who takes part, and when criteria may send somebody back."""

    criteria = CriteriaField()
    back_days = forms.IntegerField(
        label=gettext_lazy("Fall back after days of failing the stage's own criteria"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=gettext_lazy("Empty: criteria send nobody back; only people do."),
    )
    note = forms.CharField(label=pgettext_lazy("version note", "What changed, and why"), max_length=300, required=False)

    def changed(self, given: Json, kind: str) -> Json:
        """The definition with what was typed."""
        who = {} if kind == StagedKind.PRODUCT else {"who": self.cleaned_data["criteria"]}
        return {**given, **who, "back_days": self.cleaned_data["back_days"]}


class StageForm(Dressed):
    """One stage of the draft."""

    key = forms.CharField(label=gettext_lazy("Key"), max_length=39)
    zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60, required=False)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(kind, KIND_WORDS[kind]) for kind in KINDS])
    expected_days = forms.IntegerField(label=gettext_lazy("Expected days"), min_value=0, max_value=3650, required=False)
    stuck_days = forms.IntegerField(label=gettext_lazy("Stuck after days"), min_value=0, max_value=3650, required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Who is responsible"), required=False)
    least = forms.IntegerField(
        label=gettext_lazy("How many of its accounts must meet the criteria"),
        min_value=1,
        max_value=3650,
        required=False,
    )
    next = forms.MultipleChoiceField(
        label=gettext_lazy("Only these may follow (none chosen: any)"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    checklist = forms.CharField(
        label=gettext_lazy("Gate: checklist"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=gettext_lazy("One a line: key | Chinese | English. A ? before the key: not required."),
    )
    artefacts = forms.CharField(
        label=gettext_lazy("Gate: artefacts"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=gettext_lazy("Documents that must be named by their address, written as above."),
    )
    approvals = forms.IntegerField(
        label=gettext_lazy("Gate: how many must agree"), min_value=0, max_value=20, required=False
    )
    decision = forms.BooleanField(label=gettext_lazy("A decision is needed: go, hold, recycle or kill"), required=False)
    criteria = CriteriaField()
    exit = CriteriaField()

    def __init__(self, stage: Json, others: list[tuple[str, str]], kind: str, data: Any = None) -> None:
        names, gate = stage.get("name") or {}, stage.get("gate") or {}
        initial = {
            **stage,
            "zh": names.get("zh"),
            "en": names.get("en"),
            "checklist": written(gate.get("checklist")),
            "artefacts": written(gate.get("artefacts")),
            "approvals": gate.get("approvals"),
            "decision": bool(gate),
            "criteria": "",
            "exit": "",
        }
        super().__init__(data, initial=initial)
        self.stage = stage
        self.offer("owner", [("", gettext("nobody in particular")), *TeamRole.choices])
        self.offer("next", list(others))
        if stage.get("key"):
            self.fields["key"].disabled = True
        if kind != StagedKind.PRODUCT:
            del self.fields["least"]

    def changed(self) -> Json:
        """The stage as typed."""
        typed = self.cleaned_data
        gate = {
            "checklist": lines(typed["checklist"]),
            "artefacts": lines(typed["artefacts"]),
            "approvals": typed["approvals"] or 0,
            "decision": typed["decision"],
        }
        found: Json = {
            "key": typed["key"],
            "name": {code: typed[code] for code in ("zh", "en") if typed[code]},
            "kind": typed["kind"] or ACTIVE,
            "expected_days": typed["expected_days"],
            "stuck_days": typed["stuck_days"],
            "owner": typed["owner"],
            "next": typed["next"],
            "entry": typed["criteria"],
            "exit": typed["exit"],
            "gate": gate if any(gate.values()) else None,
        }
        if "least" in typed:
            found["least"] = typed["least"] or 1
        return found


def lines(text: str) -> list[Json]:
    """The items of a gate as typed, one a line; the definition says what is wrong with them."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        key, zh, en = (*(part.strip() for part in line.split("|")), "", "")[:3]
        names = {code: words for code, words in (("zh", zh), ("en", en)) if words}
        found.append({"key": key.lstrip("? "), "name": names, "required": not key.startswith("?")})
    return found


def written(items: Any) -> str:
    """Items of a gate as they are typed."""
    return "\n".join(
        f"{'' if item.get('required', True) else '? '}{item['key']} | {item.get('name', {}).get('zh', '')} | "
        f"{item.get('name', {}).get('en', '')}"
        for item in items or []
    )


class GateForm(Dressed):
    """What is done at a gate."""

    def __init__(self, standing: gates.Standing, data: Any = None) -> None:
        super().__init__(data)
        row = standing.row
        for item in standing.gate.checklist:
            self.fields[f"tick-{item.key}"] = forms.BooleanField(
                label=self._label(item), required=False, initial=item.key in row.ticked
            )
        for item in standing.gate.artefacts:
            self.fields[f"artefact-{item.key}"] = forms.CharField(
                label=self._label(item), required=False, max_length=500, initial=row.artefacts.get(item.key, "")
            )
        self.dress()

    def _label(self, item: definitions.Item) -> str:
        return item.name if item.is_required else gettext("%(name)s (not required)") % {"name": item.name}

    @property
    def ticked(self) -> list[str]:
        return [name[5:] for name, on in self.cleaned_data.items() if name.startswith("tick-") and on]

    @property
    def artefacts(self) -> dict[str, str]:
        return {name[9:]: text for name, text in self.cleaned_data.items() if name.startswith("artefact-")}


class DecisionForm(Dressed):
    """What a gate says."""

    decision = forms.ChoiceField(label=gettext_lazy("Decision"), choices=StageGate.Decision.choices)
    to = forms.ChoiceField(
        label=gettext_lazy("Where to"),
        required=False,
        help_text=gettext_lazy("Recycle: an earlier stage. Kill: an end."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )

    def __init__(self, stages: list[Stage], data: Any = None) -> None:
        super().__init__(data)
        self.offer("to", [("", "—"), *((stage.key, stage.name) for stage in stages)])


class ProductForm(Tabler, forms.ModelForm):  # type: ignore[type-arg]
    """A product and who uses it."""

    criteria = CriteriaField()

    class Meta:
        model = Product
        fields = ("code", "name", "name_zh")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
        self.dress()


class UserForm(Dressed):
    """An account that uses a product, by its id."""

    account = forms.CharField(
        label=gettext_lazy("Account"),
        max_length=200,
        help_text=gettext_lazy("The id of the account as it is called in your systems, or its number here."),
    )
