"""The forms of traits: what one is, the value of one subject, and the editor of a computed one."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers.criteria import posted
from evergrow.customers.models import Precedence, Schedule, TraitType
from evergrow.customers.traits.computed.measures import MEASURES

CHECKS = {
    "is": pgettext_lazy("comparison", "is"),
    "is_not": pgettext_lazy("comparison", "is not"),
    "contains": pgettext_lazy("comparison", "contains"),
    "not_contains": pgettext_lazy("comparison", "does not contain"),
    "over": pgettext_lazy("comparison", "is over"),
    "under": pgettext_lazy("comparison", "is under"),
    "is_set": pgettext_lazy("comparison", "has a value"),
    "is_unset": pgettext_lazy("comparison", "has no value"),
}
UNITS = {
    "days": gettext_lazy("days"),
    "weeks": gettext_lazy("weeks"),
    "months": gettext_lazy("months"),
    "working_days": gettext_lazy("working days"),
    "hours": gettext_lazy("hours"),
}
ROWS = 3
ROW = ("property", "check", "value")
NUMERIC = ("over", "under")


class DescribeForm(forms.Form):
    """What a trait is."""

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120, required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=TraitType.choices)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=40, required=False)
    description_en = forms.CharField(
        label=gettext_lazy("Description in English"),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
    )
    description_zh = forms.CharField(
        label=gettext_lazy("Description in Chinese"),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
    )
    is_personal = forms.BooleanField(
        label=gettext_lazy("Personal data"),
        help_text=gettext_lazy("Masked for those who may not see it."),
        required=False,
    )
    precedence = forms.ChoiceField(label=gettext_lazy("When sources differ"), choices=Precedence.choices)
    order = forms.CharField(
        label=gettext_lazy("Sources, the most trusted first"),
        help_text=gettext_lazy("With commas: edit, crm, import, sdk. Left empty: edit, api, crm, import, sdk."),
        required=False,
    )

    def facts(self) -> dict[str, Any]:
        """What was typed, as ``describing.describe`` takes it."""
        typed = self.cleaned_data
        return {
            "type": typed["type"],
            "name": {"en": typed["name_en"], "zh": typed["name_zh"]},
            "description": {"en": typed["description_en"], "zh": typed["description_zh"]},
            "unit": typed["unit"],
            "is_personal": typed["is_personal"],
            "precedence": typed["precedence"],
            "order": typed["order"].replace("，", ",").replace(">", ",").split(","),
        }


class ValueForm(forms.Form):
    """The value of a trait of one person or account; empty forgets it."""

    value = forms.CharField(label=gettext_lazy("Value"), max_length=4000, required=False)


def measure_choices() -> list[dict[str, Any]]:
    return [{"key": m.key, "label": m.label, "hint": m.hint} for m in MEASURES.values()]


def to_definition(sent: QueryDict) -> dict[str, Any]:
    """What the editor sent, as the JSON of a definition. Raises ValueError for criteria that are no JSON."""
    found: dict[str, Any] = {"schedule": sent.get("schedule", Schedule.DAILY.value)}
    only = posted.raw(sent, "only")
    if only is None:
        raise ValueError(_("The criteria cannot be read. Leave them empty for everybody."))
    if only not in ({}, {"all": []}):
        found["only"] = only
    if sent.get("mode") == "formula":
        return found | {"formula": sent.get("formula", "")}
    measure = MEASURES.get(sent.get("measure", ""))
    found |= {"measure": sent.get("measure", ""), "event": sent.get("event", "").strip() or "*"}
    if where := _where(sent):
        found["where"] = where
    if within := _within(sent):
        found["within"] = within
    if measure is None:
        return found
    if measure.property != "no" and _text(sent, "property"):
        found["property"] = _text(sent, "property")
    if measure.may_be_zero and sent.get("empty") == "none":
        found["empty"] = "none"
    if measure.gives == "value" and sent.get("as") == "number":
        found["as"] = "number"
    if measure.key == "share" and _text(sent, "among") not in ("", "*"):
        found["among"] = {"event": _text(sent, "among")}
    return found


def _text(sent: QueryDict, name: str) -> str:
    return str(sent.get(name, "")).strip()


def _where(sent: QueryDict) -> list[dict[str, Any]]:
    rows = []
    for place in range(ROWS):
        key, check, value = (_text(sent, f"where-{place}-{part}") for part in ROW)
        if not key:
            continue
        if check in ("is_set", "is_unset"):
            rows.append({"property": key, "is_set": check == "is_set"})
        elif check in NUMERIC:
            rows.append({"property": key, check: _number(value)})
        elif check in CHECKS:
            values = [part.strip() for part in value.replace("，", ",").split(",")] if "is" in check else [value]
            rows.append({"property": key, check: values})
    return rows


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _within(sent: QueryDict) -> dict[str, Any] | None:
    unit, n = sent.get("unit", ""), sent.get("n", "").strip()
    if unit not in UNITS or not n:
        return None
    return {unit: int(n) if n.isdigit() else n}


def from_definition(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A definition as the editor's fields."""
    within = definition.get("within") or {}
    unit = next((name for name in UNITS if name in within), "")
    rows = [_row(each) for each in definition.get("where", [])[:ROWS]]
    rows += [{"property": "", "check": "is", "value": ""}] * (ROWS - len(rows))
    only = definition.get("only")
    return {
        "mode": "formula" if "formula" in definition else "measure",
        "formula": definition.get("formula", ""),
        "measure": definition.get("measure", "count"),
        "event": definition.get("event", ""),
        "property": definition.get("property", ""),
        "rows": rows,
        "n": within.get(unit, "") if unit else "",
        "unit": unit or "days",
        "among": (definition.get("among") or {}).get("event", ""),
        "empty": definition.get("empty", "zero"),
        "as": definition.get("as", "text"),
        "only": json.dumps(only, ensure_ascii=False) if only else "",
        "only_data": only or {},
        "schedule": definition.get("schedule", Schedule.DAILY.value),
    }


def fits(definition: Mapping[str, Any]) -> bool:
    """Whether the editor can show all of a definition; one from YAML or the API may say more."""
    again = QueryDict(mutable=True)
    shown = from_definition(definition)
    again.update({name: str(value) for name, value in shown.items() if name not in ("rows", "only_data")})
    for place, row in enumerate(shown["rows"]):
        again.update({f"where-{place}-{part}": str(value) for part, value in row.items()})
    return _plain(to_definition(again)) == _plain(definition)


def _plain(definition: Mapping[str, Any]) -> dict[str, Any]:
    usual = {"schedule": "daily", "empty": "zero", "as": "text", "event": "*"}
    kept = {name: value for name, value in definition.items() if name != "type" and value not in (None, [], {})}
    return {name: value for name, value in kept.items() if usual.get(name) != value}


def _row(where: Mapping[str, Any]) -> dict[str, str]:
    check, value = next(((name, each) for name, each in where.items() if name != "property"), ("is", ""))
    if check == "is_set":
        return {"property": str(where["property"]), "check": "is_set" if value else "is_unset", "value": ""}
    said = (
        ", ".join(map(str, value)) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else value
    )
    return {"property": str(where["property"]), "check": check, "value": str(said)}
