"""The form of a plan. It only reads what was typed; ``wishes.checked`` decides whether it can be."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Segment
from evergrow.success import access
from evergrow.success.plans import metrics, subjects
from evergrow.success.plans.models import Direction, Plan, PlanUnit, Tolerance
from evergrow.success.plans.wishes import GOAL, MOST_DAYS, MOST_WEEKS, NAME, Wish
from evergrow.workspaces.models import Member

FREE = pgettext_lazy("plan", "Nothing in particular")


class PlanForm(Tabler, forms.Form):
    """Everything about a plan. Fields that a running plan keeps are shown, and not changed."""

    name_en = forms.CharField(label=gettext_lazy("Name, English"), max_length=NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name, Chinese"), max_length=NAME, required=False)
    goal_en = forms.CharField(
        label=gettext_lazy("Goal in words, English"),
        max_length=GOAL,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    goal_zh = forms.CharField(
        label=gettext_lazy("Goal in words, Chinese"),
        max_length=GOAL,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    subject = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    metric = forms.ChoiceField(label=gettext_lazy("Measured by"))
    how = forms.ChoiceField(
        label=gettext_lazy("Put together as"),
        required=False,
        choices=list(metrics.HOW.items()),
        help_text=gettext_lazy("For what scorecards observe, and traits."),
    )
    segment = forms.ChoiceField(
        label=gettext_lazy("Only for the segment"),
        required=False,
        help_text=gettext_lazy("For revenue, health, what scorecards observe, and traits."),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=PlanUnit.choices,
        help_text=gettext_lazy("For entered values and traits; the others bring theirs along."),
    )
    unit_word = forms.CharField(
        label=pgettext_lazy("plan", "What is counted"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("customers, visits …")}),
    )
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=Direction.choices)
    start_value = forms.FloatField(
        label=gettext_lazy("Start value"),
        required=False,
        help_text=gettext_lazy("Empty: measured when the plan begins."),
    )
    target = forms.FloatField(label=gettext_lazy("Target"))
    starts_on = forms.DateField(label=pgettext_lazy("plan", "From"), widget=DateInput())
    ends_on = forms.DateField(label=pgettext_lazy("plan", "To"), widget=DateInput())
    milestones = forms.CharField(
        label=gettext_lazy("Milestones"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "2026-04-05 12"}),
        help_text=gettext_lazy("A day and the value expected by then, one a line. Without any the way is straight."),
    )
    tolerance = forms.FloatField(label=gettext_lazy("May be behind by"), initial=10)
    tolerance_kind = forms.ChoiceField(label=gettext_lazy("Counted as"), choices=Tolerance.choices)
    in_a_row = forms.IntegerField(label=gettext_lazy("Weeks in a row"), initial=2, min_value=1, max_value=MOST_WEEKS)
    retro_days = forms.IntegerField(
        label=gettext_lazy("Working days for the retrospective"), initial=5, min_value=0, max_value=MOST_DAYS
    )
    owner = forms.ChoiceField(label=gettext_lazy("Owner"))
    concerned = forms.MultipleChoiceField(
        label=gettext_lazy("Others concerned"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, member: Member, sent: Any = None, plan: Plan | None = None, subject: str = "") -> None:
        initial = as_typed(plan) if plan else {**_defaults(member), "subject": subject}
        super().__init__(sent, initial=initial)
        self.colleagues = {str(each.pk): each for each in access.colleagues(member)}
        self._offer(member, plan)
        for name in ("metric", "how", "segment", "unit", "starts_on"):
            self.fields[name].disabled = plan is not None and plan.is_running
        self.dress()

    def _offer(self, member: Member, plan: Plan | None) -> None:
        people = [(key, str(each)) for key, each in self.colleagues.items()]
        chosen = plan.metric.get("segment", "") if plan else ""
        rows = Segment.objects.filter(workspace=member.workspace, kind="account")
        segments = rows.filter(Q(retired_at=None) | Q(key=chosen)).order_by("name")
        offered = {
            "metric": _with(metrics.offered(member), plan),
            "segment": [("", gettext_lazy("all accounts")), *((each.key, str(each)) for each in segments)],
            "subject": _subjects(member, plan),
            "owner": people,
            "concerned": people,
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_milestones(self) -> list[tuple[date, float]]:
        """Lines of a day and a value."""
        return [_milestone(line) for line in self.cleaned_data["milestones"].splitlines() if line.strip()]

    def wish(self) -> Wish:
        """What was typed, once the form is valid."""
        typed = self.cleaned_data
        kind, _colon, key = typed["subject"].partition(":")
        return Wish(
            name={"en": typed["name_en"], "zh": typed["name_zh"]},
            goal={"en": typed["goal_en"], "zh": typed["goal_zh"]},
            metric=metrics.from_choice(typed["metric"], typed["how"], typed["segment"]),
            subject_kind=kind,
            subject_key=key,
            milestones=typed["milestones"],
            owner=self.colleagues[typed["owner"]],
            concerned=[self.colleagues[each] for each in typed["concerned"]],
            **{name: typed[name] for name in PLAIN},
        )


PLAIN = (
    *("unit", "unit_word", "direction", "start_value", "target", "starts_on", "ends_on"),
    *("tolerance", "tolerance_kind", "in_a_row", "retro_days"),
)
GROUPS: Sequence[tuple[Any, Sequence[str]]] = (
    (pgettext_lazy("part of a form", "Goal"), ("name_en", "name_zh", "goal_en", "goal_zh", "subject")),
    (
        pgettext_lazy("part of a form", "Number"),
        ("metric", "segment", "how", "unit", "unit_word", "direction", "start_value", "target"),
    ),
    (pgettext_lazy("part of a form", "Time"), ("starts_on", "ends_on", "milestones")),
    (
        gettext_lazy("When a retrospective is called for"),
        ("tolerance", "tolerance_kind", "in_a_row", "retro_days"),
    ),
    (pgettext_lazy("part of a form", "People"), ("owner", "concerned")),
)


def as_typed(plan: Plan) -> dict[str, Any]:
    """A plan as its form shows it."""
    return {
        **{
            f"{field}_{language}": getattr(plan, field).get(language, "")
            for field in ("name", "goal")
            for language in ("en", "zh")
        },
        **{name: _short(getattr(plan, name)) for name in PLAIN},
        "subject": f"{plan.subject_kind}:{plan.subject_key}" if plan.subject_kind else "",
        "metric": metrics.as_choice(plan.metric),
        "how": plan.metric.get("how", "mean"),
        "segment": plan.metric.get("segment", ""),
        "milestones": "\n".join(f"{on} {value:g}" for on, value in plan.milestones),
        "owner": str(plan.owner_id or ""),
        "concerned": [str(pk) for pk in plan.concerned.values_list("pk", flat=True)],
    }


def _short(value: Any) -> Any:
    """A whole number without its point."""
    return int(value) if isinstance(value, float) and value == int(value) else value


def _defaults(member: Member) -> dict[str, Any]:
    return {"owner": str(member.pk), "starts_on": member.workspace.today()}


def _milestone(line: str) -> tuple[date, float]:
    day, _space, value = line.strip().replace("，", " ").replace(",", " ", 1).partition(" ")
    try:
        return date.fromisoformat(day), float(value)
    except ValueError:
        raise forms.ValidationError(
            _("“%(line)s” is no day with a value. Write it like “2026-04-05 12”.") % {"line": line[:60]}
        ) from None


def _with(offered: list[Any], plan: Plan | None) -> list[Any]:
    """What is offered, and what the plan has already though it is not offered (any more)."""
    known = {key for _group, choices in offered for key, _label in choices}
    if plan is None or metrics.as_choice(plan.metric) in known:
        return offered
    own = (metrics.as_choice(plan.metric), metrics.name_of(plan.workspace, plan.metric))
    return [*offered, (gettext_lazy("As it is"), [own])]


def _subjects(member: Member, plan: Plan | None) -> list[Any]:
    groups = [
        (each.label, [(f"{each.kind}:{key}", name) for key, name in each.choices(member)]) for each in subjects.every()
    ]
    found: list[Any] = [("", FREE), *(group for group in groups if group[1])]
    known = {key for _group, choices in groups for key, _name in choices}
    if plan is not None and plan.subject_kind and f"{plan.subject_kind}:{plan.subject_key}" not in known:
        found.append((f"{plan.subject_kind}:{plan.subject_key}", plan.subject_key))
    return found
