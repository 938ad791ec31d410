"""The form of a campaign. It only reads what was typed; ``wishes.checked`` decides whether it can be."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers.forms import DateInput, Tabler
from evergrow.customers.models import Segment, SegmentKind
from evergrow.lib.numerals import number
from evergrow.success import access
from evergrow.success.campaigns import errors
from evergrow.success.campaigns.models import Campaign, CampaignKind
from evergrow.success.campaigns.wishes import NAME, PURPOSE, Wish
from evergrow.workspaces.models import Member


class CampaignForm(Tabler, forms.Form):
    """Everything about a campaign. Fields that a running campaign keeps are shown, and not changed."""

    name_en = forms.CharField(label=gettext_lazy("Name, English"), max_length=NAME, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name, Chinese"), max_length=NAME, required=False)
    purpose_en = forms.CharField(
        label=gettext_lazy("What it is for, English"),
        max_length=PURPOSE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    purpose_zh = forms.CharField(
        label=gettext_lazy("What it is for, Chinese"),
        max_length=PURPOSE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CampaignKind.choices)
    starts_on = forms.DateField(label=pgettext_lazy("campaign", "First day"), widget=DateInput())
    ends_on = forms.DateField(label=pgettext_lazy("campaign", "Last day"), widget=DateInput())
    starts_by_itself = forms.BooleanField(label=gettext_lazy("Start by itself on the first day"), required=False)
    segment = forms.ChoiceField(
        label=gettext_lazy("Segment"),
        required=False,
        help_text=gettext_lazy("Who is in it when the campaign starts is the audience, and stays in it."),
    )
    takes_newcomers = forms.BooleanField(
        label=gettext_lazy("Take in newcomers: who comes into the segment while the campaign runs"), required=False
    )
    budget = forms.DecimalField(
        label=gettext_lazy("Budget"), required=False, max_digits=14, decimal_places=2, min_value=0
    )
    owner = forms.ChoiceField(label=gettext_lazy("Owner"))
    concerned = forms.MultipleChoiceField(
        label=gettext_lazy("Colleagues concerned"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They may keep the audience, who took part, and the costs."),
    )

    def __init__(self, member: Member, sent: Any = None, campaign: Campaign | None = None) -> None:
        super().__init__(sent, initial=as_typed(campaign) if campaign else _defaults(member))
        self.colleagues = {str(each.pk): each for each in access.colleagues(member)}
        self.segments = {str(each.pk): each for each in _segments(member, campaign)}
        people = [(key, str(each)) for key, each in self.colleagues.items()]
        known = {"owner": people, "concerned": people, "segment": _offered(self.segments)}
        for name, choices in known.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["budget"].help_text = _budget_help(member)
        has_started = campaign is not None and campaign.is_running
        for name in ("segment", "starts_on", "starts_by_itself"):
            self.fields[name].disabled = has_started
        self.dress()

    def wish(self) -> Wish:
        """What was typed, once the form is valid."""
        typed = self.cleaned_data
        return Wish(
            name={"en": typed["name_en"], "zh": typed["name_zh"]},
            purpose={"en": typed["purpose_en"], "zh": typed["purpose_zh"]},
            segment=self.segments.get(typed["segment"]),
            owner=self.colleagues[typed["owner"]],
            concerned=[self.colleagues[each] for each in typed["concerned"]],
            **{name: typed[name] for name in PLAIN},
        )


PLAIN = ("kind", "starts_on", "ends_on", "starts_by_itself", "takes_newcomers", "budget")
GROUPS: Sequence[tuple[Any, Sequence[str]]] = (
    (gettext_lazy("What it is"), ("name_en", "name_zh", "purpose_en", "purpose_zh", "kind")),
    (pgettext_lazy("part of a form", "Days"), ("starts_on", "ends_on", "starts_by_itself")),
    (gettext_lazy("Audience"), ("segment", "takes_newcomers")),
    (gettext_lazy("Money and colleagues"), ("budget", "owner", "concerned")),
)

# Next to which field it is said why a wish was refused
FIELD_OF: dict[type[Exception], str] = {
    errors.CampaignNeedsName: "name_en",
    errors.CampaignDaysReversed: "ends_on",
    errors.BadSegment: "segment",
    errors.RuleOfOthers: "segment",
}


def as_typed(campaign: Campaign) -> dict[str, Any]:
    """A campaign as its form shows it."""
    return {
        **{
            f"{field}_{language}": getattr(campaign, field).get(language, "")
            for field in ("name", "purpose")
            for language in ("en", "zh")
        },
        **{name: getattr(campaign, name) for name in PLAIN},
        "segment": str(campaign.segment_id or ""),
        "owner": str(campaign.owner_id or ""),
        "concerned": [str(pk) for pk in campaign.concerned.values_list("pk", flat=True)],
    }


def _defaults(member: Member) -> dict[str, Any]:
    return {"owner": str(member.pk), "starts_by_itself": True, "kind": CampaignKind.CONTENT}


def _segments(member: Member, campaign: Campaign | None) -> Any:
    """Those in use, and the one that it has already."""
    chosen = Q(pk=campaign.segment_id if campaign else None)
    rows = Segment.objects.filter(Q(retired_at=None) | chosen, workspace=member.workspace)
    return rows.filter(~Q(as_of=None) | chosen).order_by("name")


def _offered(segments: dict[str, Segment]) -> list[Any]:
    """By whom they are about, each with its size."""
    groups: list[Any] = [("", gettext_lazy("None yet; it is needed to start"))]
    for kind in (SegmentKind.ACCOUNT, SegmentKind.PERSON):
        found = [(key, _called(each)) for key, each in segments.items() if each.kind == kind]
        if found:
            groups.append((kind.label, found))
    return groups


def _called(segment: Segment) -> str:
    language = get_language() or "en"
    return f"{segment.called(language)} ({number(segment.size, language)})"


def _budget_help(member: Member) -> str:
    return _("In %(currency)s. Empty: none is set.") % {"currency": member.workspace.currency}
