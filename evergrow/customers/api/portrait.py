"""The fit with the ideal profile, and portraits of groups."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from evergrow.customers import access, criteria
from evergrow.customers.criteria import CostError
from evergrow.customers.models import AccountFit
from evergrow.customers.portrait.comparing import Finding, compare
from evergrow.workspaces.api import ApiRequest, Input, Number, refusal, token
from evergrow.workspaces.models import AccountScope

router = Router(tags=["portrait"])
refusal(CostError, 422)


class FitOut(Schema):
    """``fit`` is null where too little is known; ``met`` says per criterion true, false, or null for not known."""

    profile: int
    fit: float | None
    coverage: float
    met: dict[str, bool | None]


class PortraitIn(Input):
    """Two groups as criteria; without the second everyone else of the kind."""

    kind: str = Field("account", pattern="^(account|person)$")
    criteria: dict[str, Any]
    other_criteria: dict[str, Any] | None = None
    days: int = Field(30, ge=1, le=365, description="The window of behaviour, in full days before today.")


class FindingOut(Schema):
    """A difference with its 95% interval. ``q`` is the p-value adjusted for many comparisons."""

    family: str
    of: str
    value: str
    is_share: bool
    n: int
    other_n: int
    mine: float
    theirs: float
    difference: float
    low: float
    high: float
    lift: list[float] | None
    medians: list[float] | None
    effect: float
    p: float
    q: float
    stands_out: bool


class PortraitOut(Schema):
    """Findings, the largest effect first; ``hidden`` have too few cases."""

    n: int
    other_n: int
    hidden: int
    findings: list[FindingOut]


@router.get("/accounts/{number}/fit", auth=token("view"), response=FitOut, summary="Fit with the ideal profile")
def fit(request: ApiRequest, number: Number) -> dict[str, Any]:
    """The fit of the last computation with its reasons."""
    account = access.account_or_404(request.member, number)
    state = AccountFit.objects.filter(account=account).select_related("profile").first()
    if state is None:
        raise Http404
    return {"profile": state.profile.number, "fit": state.fit, "coverage": state.coverage, "met": state.met}


@router.post("/portrait", auth=token("view"), response=PortraitOut, summary="What sets a group apart")
def portrait(request: ApiRequest, asked: PortraitIn) -> dict[str, Any]:
    """Differences between two groups in traits, behaviour, channels and money. Only for those who see all accounts."""
    if request.member.scope != AccountScope.ALL:
        raise PermissionDenied
    kind: Any = asked.kind
    one = criteria.parse(asked.criteria, kind, request.workspace)
    other = criteria.parse(asked.other_criteria, kind, request.workspace) if asked.other_criteria else None
    found = compare(request.workspace, one, other, asked.days)
    return {
        "n": found.n,
        "other_n": found.other_n,
        "hidden": found.hidden,
        "findings": [_told(finding) for finding in found.findings],
    }


def _told(finding: Finding) -> dict[str, Any]:
    names = ("family", "of", "value", "is_share", "n", "other_n", "mine", "theirs", "effect", "q", "stands_out")
    return {
        **{name: getattr(finding, name) for name in names},
        "difference": finding.gap.value,
        "low": finding.gap.low,
        "high": finding.gap.high,
        "p": finding.gap.p,
        "lift": list(finding.lift) if finding.lift else None,
        "medians": list(finding.medians) if finding.medians else None,
    }
