"""Forms of the draft's parts: a measure, an exception, who is judged, the accounts below, a new card."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, gettext_lazy, override, pgettext_lazy

from evergrow.customers import criteria
from evergrow.customers.criteria import catalogue
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.forms import Tabler
from evergrow.customers.models import Product
from evergrow.customers.tiers.forms import CriteriaField
from evergrow.health import answers, asked
from evergrow.health import card as cards
from evergrow.health.forms import POLICIES
from evergrow.health.lines.forms import ask_of_line, line_choices, shown_line, with_card
from evergrow.health.points import Bands, Linear, Lookup, PerUnit, read_scoring
from evergrow.health.sources import SOURCES
from evergrow.health.surveys.form import SurveyFields, ask_of, shown_of
from evergrow.lib import bilingual
from evergrow.workspaces.models import Workspace

ROWS = 8
LANGUAGES = {"en": "en", "zh": "zh-hans"}
WHAT = {
    "built-in": gettext_lazy("A number that is observed for every account"),
    "trait": gettext_lazy("A trait of the account"),
    "criteria": gettext_lazy("Whether the account meets criteria"),
    "people": gettext_lazy("How many of its people meet criteria"),
    "question": gettext_lazy("A saved question"),
    "product": gettext_lazy("Scores of its product lines"),
    "survey": gettext_lazy("Answers to a survey: NPS, CSAT, CES"),
    "entry": gettext_lazy("A value entered by colleagues or another program"),
}
SCORINGS = [
    ("linear", gettext_lazy("Straight lines between the values")),
    ("bands", gettext_lazy("In steps: from this value on")),
    ("lookup", gettext_lazy("Exactly these values")),
    ("points", gettext_lazy("So many points for each unit")),
]
READS = [
    ("number", gettext_lazy("as a number")),
    ("choice", gettext_lazy("as one of some choices")),
    ("days_since", gettext_lazy("days since the date")),
    ("days_until", gettext_lazy("days until the date")),
]
DIRECTIONS = [("higher", gettext_lazy("more is better")), ("lower", gettext_lazy("less is better"))]
ACTIONS = [
    ("cap", gettext_lazy("is at most")),
    ("floor", gettext_lazy("is at least")),
    ("set", gettext_lazy("is exactly")),
    ("delta", gettext_lazy("moves by")),
]
ROLL_UPS = [
    ("own", gettext_lazy("do not count")),
    ("worst", gettext_lazy("count by the worst of them")),
    ("mean", gettext_lazy("count by their mean, weighted by revenue")),
]


class Named(Tabler, forms.Form):
    """A name in both languages, one of them at least."""

    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=80, required=False)

    def __init__(self, name: Mapping[str, str] | None, *args: Any, **kwargs: Any) -> None:
        given = {f"name_{language}": text for language, text in (name or {}).items()}
        kwargs["initial"] = given | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not typed.get("name_zh") and not typed.get("name_en"):
            self.add_error("name_en", gettext("Give it a name in one language at least."))
        return typed

    def name(self) -> dict[str, str]:
        zh, en = self.cleaned_data["name_zh"], self.cleaned_data["name_en"]
        return {"zh": zh or en, "en": en or zh}


class MeasureForm(SurveyFields, Named):
    """A measure of one ``what``; the fields that another ``what`` needs are left out."""

    group = forms.ChoiceField(label=gettext_lazy("Group"))
    new_group = forms.CharField(label=gettext_lazy("or a new group called"), max_length=80, required=False)
    weight = forms.FloatField(label=pgettext_lazy("column", "Weight"), min_value=0, max_value=1000, initial=10)
    source = forms.ChoiceField(label=gettext_lazy("What is observed"))
    trait = forms.ChoiceField(label=gettext_lazy("Trait"))
    reads = forms.ChoiceField(label=gettext_lazy("It is read"), choices=READS)
    question = forms.TypedChoiceField(label=gettext_lazy("Question"), coerce=int)
    line = forms.ChoiceField(label=gettext_lazy("Product lines"))
    entry = forms.SlugField(
        label=gettext_lazy("Short name for programs"),
        max_length=40,
        help_text=gettext_lazy("Latin letters, such as “sentiment”. Cards that use the same name share the values."),
    )
    criteria = CriteriaField()
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=DIRECTIONS)
    kind = forms.ChoiceField(label=gettext_lazy("How it becomes points"), choices=SCORINGS)
    start = forms.FloatField(label=gettext_lazy("Points at 0"), required=False)
    each = forms.FloatField(label=gettext_lazy("Points for each unit"), required=False)
    null_policy = forms.ChoiceField(label=gettext_lazy("When it is missing"), required=False)
    validity_days = forms.IntegerField(label=gettext_lazy("Stale after, days"), min_value=1, required=False)
    expire_days = forms.IntegerField(label=gettext_lazy("Left out after, days"), min_value=1, required=False)

    NEEDED = {
        "built-in": {"source"},
        "trait": {"trait", "reads"},
        "criteria": {"criteria"},
        "people": {"criteria"},
        "question": {"question"},
        "product": {"line"},
        "survey": set(SurveyFields.base_fields),
        "entry": {"entry"},
    }

    def __init__(
        self,
        workspace: Workspace,
        definition: dict[str, Any],
        what: str,
        measure: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self.workspace, self.definition, self.what, self.measure = workspace, definition, what, measure
        self.kind_of_criteria = "person" if what == "people" else "account"
        initial = _typed(measure) if measure else _suggested(what)
        super().__init__((measure or {}).get("name"), *args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        for name in set().union(*self.NEEDED.values()) - self.NEEDED[what]:
            del self.fields[name]
        self._choices()
        for place in range(ROWS):
            self.fields[f"value_{place}"] = forms.CharField(max_length=120, required=False)
            self.fields[f"points_{place}"] = forms.FloatField(min_value=0, max_value=100, required=False)
        self.dress()

    def _choices(self) -> None:
        language = get_language() or "en"
        groups = [(each["key"], bilingual.pick(each["name"], language)) for each in self.definition["groups"]]
        offered: dict[str, list[Any]] = {"group": groups, "null_policy": [("", gettext("as the card says")), *POLICIES]}
        if self.what == "built-in":
            offered["source"] = [(key, bilingual.pick(each.name, language)) for key, each in SOURCES.items()]
        if self.what == "trait":
            traits = catalogue.traits(self.workspace, "account")
            offered["trait"] = [(each.info.key, str(each.info.label)) for each in traits]
        if self.what == "question":
            offered["question"] = [(each.number, str(each)) for each in answers.questions(self.workspace)]
        if self.what == "product":
            offered["line"] = line_choices(self.workspace)
        if self.what == "survey":
            self.offer_captured(self.workspace)
        self.offered = offered
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows of the scoring table."""
        return [(self[f"value_{place}"], self[f"points_{place}"]) for place in range(ROWS)]

    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that stand one below the other."""
        return [each for each in self if not each.name.startswith(("value_", "points_")) and each.name != "criteria"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if not self.errors:
            self._check_criteria()
        if not self.errors:
            try:
                self._check_direction(read_scoring(self.scoring()))
            except ValueError as error:
                self.add_error("kind", str(error))
        return typed

    def _check_criteria(self) -> None:
        if "criteria" not in self.fields:
            return
        if not self.cleaned_data.get("criteria"):
            self.add_error("criteria", gettext("Add a condition."))
            return
        try:
            criteria.parse(self.cleaned_data["criteria"], self.kind_of_criteria, self.workspace)
        except CriteriaError as error:
            self.add_error("criteria", str(error))

    def _check_direction(self, scoring: Any) -> None:
        """The points must not run against the direction that is said in words."""
        steps: list[float] = []
        match scoring:
            case Linear(rows) | Bands(rows):
                steps = [points for _value, points in rows]
            case PerUnit(_start, each):
                steps = [0.0, each]
            case Lookup():
                return
        sign = 1 if self.cleaned_data["direction"] == "higher" else -1
        if all(sign * (after - before) <= 0 for before, after in pairwise(steps)) and (steps[0] != steps[-1]):
            raise ValueError(gettext("The points run against the direction. Turn one of them round."))

    def scoring(self) -> dict[str, Any]:
        """The scoring as the card's JSON has it. Raises ValueError for a value that is no number."""
        typed, kind = self.cleaned_data, self.cleaned_data["kind"]
        if kind == "points":
            return {"kind": "points", "start": typed["start"] or 0.0, "each": typed["each"] or 0.0}
        pairs = [
            (typed[f"value_{place}"].strip(), typed[f"points_{place}"])
            for place in range(ROWS)
            if typed[f"value_{place}"].strip() and typed[f"points_{place}"] is not None
        ]
        if typed.get("reads") == "choice":
            return {"kind": "lookup", "table": [[place, points] for place, (_, points) in enumerate(pairs, start=1)]}
        try:
            rows = [[float(value), points] for value, points in pairs]
        except ValueError:
            raise ValueError(gettext("Write the values as numbers.")) from None
        if kind != "lookup":
            rows.sort()
        return {"kind": kind, {"linear": "knots", "bands": "steps", "lookup": "table"}[kind]: rows}

    def made(self, key: str) -> dict[str, Any]:
        """The measure as the card's JSON has it."""
        typed = self.cleaned_data
        found = {
            "key": key,
            "source": typed["source"] if self.what == "built-in" else self._source(),
            "name": self.name(),
            "weight": typed["weight"],
            "direction": typed["direction"],
            "scoring": self.scoring(),
            "null_policy": typed["null_policy"] or None,
            "validity_days": typed["validity_days"],
            "expire_days": typed["expire_days"],
        }
        return found if self.what == "built-in" else found | {"ask": self._ask()}

    def _label(self, name: str) -> str:
        """What the chosen one of a field's choices is called."""
        chosen = self.cleaned_data[name]
        return next((str(label) for value, label in self.offered[name] if value == chosen), str(chosen))

    def _source(self) -> str:
        return asked.CRITERIA if self.what == "people" else self.what

    def _ask(self) -> dict[str, Any]:
        typed = self.cleaned_data
        match self.what:
            case "trait":
                label = self._label("trait")
                ask = {"trait": typed["trait"], "reads": typed["reads"], "says": {"en": label, "zh": label}}
                if typed["reads"] == "choice":
                    rows = range(ROWS)
                    ask["choices"] = [
                        typed[f"value_{place}"].strip()
                        for place in rows
                        if typed[f"value_{place}"].strip() and typed[f"points_{place}"] is not None
                    ]
                return ask
            case "question":
                label = self._label("question")
                return {"question": typed["question"], "says": {"en": label, "zh": label}}
            case "survey":
                return ask_of(typed)
            case "product":
                return ask_of_line(typed["line"], self.workspace)
            case "entry":
                return {"entry": typed["entry"], "says": {"en": typed["entry"], "zh": typed["entry"]}}
        counts = "people" if self.what == "people" else "meets"
        says = sentences(typed["criteria"], self.kind_of_criteria, self.workspace)
        return {"criteria": typed["criteria"], "counts": counts, "says": says}


def sentences(data: Any, kind: str, workspace: Workspace) -> dict[str, str]:
    """Criteria in words, in both languages."""
    parsed = criteria.parse(data, kind, workspace)
    found = {}
    for language, code in LANGUAGES.items():
        with override(code):
            found[language] = criteria.sentence(parsed, workspace)
    return found


def what_of(measure: Mapping[str, Any]) -> str:
    """Which of ``WHAT`` a measure is."""
    if measure.get("ask") is None:
        return "built-in"
    return "people" if measure["ask"].get("counts") == "people" else str(measure["source"])


def _suggested(what: str) -> dict[str, Any]:
    if what == "product":
        return {"kind": "linear", "value_0": "0", "points_0": 0, "value_1": "100", "points_1": 100}
    if what == "survey":
        return {"kind": "linear", "value_0": "-100", "points_0": 0, "value_1": "100", "points_1": 100}
    if what == "criteria":
        return {"kind": "lookup", "value_0": "0", "points_0": 0, "value_1": "1", "points_1": 100}
    return {"kind": "linear"}


def _typed(measure: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a measure."""
    scoring, ask = measure["scoring"], measure.get("ask") or {}
    shown = {name: measure.get(name) for name in ("weight", "direction", "validity_days", "expire_days", "source")}
    shown |= {name: ask[name] for name in ("trait", "reads", "question", "entry") if name in ask} | shown_of(ask)
    shown["line"] = shown_line(ask)
    shown |= {"null_policy": measure.get("null_policy") or "", "kind": scoring["kind"], "criteria": ""}
    if scoring["kind"] == "points":
        return shown | {"start": scoring["start"], "each": scoring["each"]}
    pairs = scoring.get("knots") or scoring.get("steps") or scoring.get("table")
    for place, (value, points) in enumerate(pairs[:ROWS]):
        text = ask["choices"][int(value) - 1] if ask.get("choices") else f"{value:g}"
        shown |= {f"value_{place}": text, f"points_{place}": points}
    return shown


class ExceptionForm(Named):
    """Where criteria are met, which score is what, and whether the next exceptions are tried too."""

    criteria = CriteriaField()
    target = forms.ChoiceField(label=gettext_lazy("Which score"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("What happens to it"), choices=ACTIONS)
    value = forms.FloatField(label=gettext_lazy("Points"), min_value=-100, max_value=100)
    goes_on = forms.BooleanField(label=gettext_lazy("Then try the next exceptions too"), required=False)

    def __init__(self, workspace: Workspace, definition: dict[str, Any], rule: Any, *args: Any, **kwargs: Any) -> None:
        self.workspace, self.rule = workspace, rule or {}
        shown = {name: self.rule.get(name) for name in ("target", "action", "value")}
        initial = shown | {"goes_on": self.rule.get("continue", False), "criteria": ""}
        super().__init__(self.rule.get("name"), *args, initial=initial, **kwargs)
        language = get_language() or "en"
        groups = [(each["key"], bilingual.pick(each["name"], language)) for each in definition["groups"]]
        self.fields["target"].choices = [("", gettext("The whole score")), *groups]  # type: ignore[attr-defined]
        self.dress()

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if not self.errors:
            try:
                made = self.made("check")
                cards._exception(made, {made["target"]})
            except (cards.BadDefinition, CriteriaError) as error:
                self.add_error(None, str(error))
        return typed

    def made(self, key: str) -> dict[str, Any]:
        """The exception as the card's JSON has it."""
        typed = self.cleaned_data
        data = typed["criteria"] or {}
        return {
            "key": key,
            "name": self.name(),
            "criteria": data,
            "says": sentences(data, "account", self.workspace),
            "target": typed["target"],
            "action": typed["action"],
            "value": typed["value"],
            "continue": typed["goes_on"],
        }


class ClaimForm(Tabler, forms.Form):
    """Whom the card judges, before which other cards; and how the accounts below count."""

    criteria = CriteriaField()
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("1 is asked first. The first card whose criteria an account meets judges it."),
    )
    children = forms.ChoiceField(label=gettext_lazy("Accounts below this one"), choices=ROLL_UPS)
    own_share = forms.FloatField(
        label=gettext_lazy("What its own score keeps of the whole, %"), min_value=0, max_value=100
    )

    def __init__(self, workspace: Workspace, definition: dict[str, Any], is_default: bool, data: Any = None) -> None:
        self.workspace = workspace
        rule = definition.get("roll_up") or {}
        initial = {
            "priority": definition.get("priority") or 1,
            "children": rule.get("children", "own"),
            "own_share": f"{rule.get('own_share', 0) * 100:g}",
            "criteria": "",
        }
        super().__init__(data, initial=initial)
        if is_default:
            del self.fields["criteria"], self.fields["priority"]
        self.dress()

    def clean_criteria(self) -> Any:
        data = self.cleaned_data["criteria"]
        try:
            criteria.parse(data, "account", self.workspace)
        except CriteriaError as error:
            raise forms.ValidationError(str(error)) from error
        return data

    def made(self, definition: dict[str, Any]) -> dict[str, Any]:
        """The definition with what was typed."""
        typed = self.cleaned_data
        rule = {"children": typed["children"], "own_share": typed["own_share"] / 100}
        claim: dict[str, Any] = {name: typed[name] for name in ("criteria", "priority") if name in typed}
        if claim.get("criteria"):
            claim["says"] = sentences(claim["criteria"], "account", self.workspace)
        return definition | {"roll_up": rule} | claim


class NewCardForm(Named):
    """A name for another card, and the product whose line it judges, if it does."""

    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=gettext_lazy("Product line"),
        required=False,
        empty_label=gettext_lazy("none: it judges accounts"),
        help_text=gettext_lazy("A card of a product judges how the accounts that use it do with it."),
    )

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)
        free = Product.objects.filter(workspace=workspace, retired_at=None).exclude(pk__in=with_card(workspace))
        field = self.fields["product"]
        field.queryset = free.order_by("number")  # type: ignore[attr-defined]
        field.label_from_instance = lambda each: each.called(get_language() or "en")  # type: ignore[attr-defined]
        self.dress()
