"""How the triggers of a playbook stand, and the firings behind each number."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.http import Http404

from evergrow.customers import access as customers
from evergrow.success.models import Playbook, VersionState
from evergrow.success.models.triggers import (
    Firing,
    FiringReason,
    FiringState,
    Trigger,
    TriggerKind,
    TriggerState,
    TriggerVersion,
)
from evergrow.success.triggers import definition, words
from evergrow.workspaces.models import AccountScope, Member

KEPT_BY_ACCOUNT = (TriggerKind.ENTER, TriggerKind.EXIT, TriggerKind.WHILE)


@dataclass(slots=True)
class TriggerStanding:
    """A trigger with its versions and its firings by state and, of suppressed ones, by reason."""

    trigger: Trigger
    draft: TriggerVersion | None = None
    published: TriggerVersion | None = None
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def fired(self) -> int:
        """Firings in all, whatever became of them."""
        return self.states.total()

    @property
    def why_not(self) -> list[tuple[str, str, int]]:
        """Reasons of suppression with their words and counts, the most frequent first."""
        return [(key, str(FiringReason(key).label), n) for key, n in self.reasons.most_common()]

    @property
    def shown(self) -> TriggerVersion | None:
        """The version that counts, or else the draft."""
        return self.published or self.draft

    @property
    def sentence(self) -> str:
        """What the shown version says, in the active language."""
        return sentence(self.shown) if self.shown else ""

    @property
    def is_paused(self) -> bool:
        return self.trigger.retired_at is not None

    @property
    def problem(self) -> str:
        """Why the last look could not be taken."""
        return self.published.problem if self.published and not self.is_paused else ""


def sentence(version: TriggerVersion) -> str:
    """What a version says, in the active language; the problem where it cannot be read."""
    try:
        return words.sentence(definition.read(version.definition), version.trigger.workspace)
    except definition.NotReadable as problem:
        return str(problem)


def sentences(version: TriggerVersion) -> dict[str, str]:
    """The same in both languages, by ``zh`` and ``en``."""
    try:
        return words.sentences(definition.read(version.definition), version.trigger.workspace)
    except definition.NotReadable as problem:
        return {"zh": str(problem), "en": str(problem)}


def trigger_or_404(member: Member, pk: int) -> Trigger:
    """The trigger of the member's workspace."""
    rows = Trigger.objects.filter(workspace_id=member.workspace_id, pk=pk)
    found = rows.select_related("workspace", "playbook__workspace").first()
    if found is None:
        raise Http404
    return found


def firings(member: Member) -> QuerySet[Firing]:
    """Firings of the accounts the member sees."""
    return Firing.objects.filter(customers.visible(member, "account__"), workspace_id=member.workspace_id)


def of_playbook(member: Member, playbook: Playbook) -> list[TriggerStanding]:
    """The triggers of a playbook of the member's workspace, paused ones last, counted as the member may see."""
    rows = Trigger.objects.filter(workspace_id=member.workspace_id, playbook=playbook).select_related("workspace")
    return standings(member, list(rows))


def standing(member: Member, trigger: Trigger) -> TriggerStanding:
    """How one trigger stands."""
    return standings(member, [trigger])[0]


def standings(member: Member, triggers: list[Trigger]) -> list[TriggerStanding]:
    """How each of these triggers stands, paused ones last."""
    found = {trigger.pk: TriggerStanding(trigger) for trigger in triggers}
    live = [VersionState.DRAFT, VersionState.PUBLISHED]
    for version in TriggerVersion.objects.filter(trigger__in=found, state__in=live).select_related(
        "published_by__user"
    ):
        each = found[version.trigger_id]
        version.trigger = each.trigger
        if version.state == VersionState.DRAFT:
            each.draft = version
        else:
            each.published = version
    counted = firings(member).filter(trigger__in=found).values_list("trigger_id", "state", "reason")
    for trigger, state, reason, n in counted.annotate(n=Count("pk")).order_by():
        found[trigger].states[state] += n
        if state == FiringState.SUPPRESSED and reason:
            found[trigger].reasons[reason] += n
    return sorted(found.values(), key=lambda each: (each.is_paused, each.trigger.pk))


def looked(member: Member, version: TriggerVersion) -> tuple[int | None, int | None]:
    """How many accounts met a version's criteria at the last look, and of how many nothing could be said.

    Who sees only some accounts is told the first of these alone, where it is kept by account; otherwise nothing.
    """
    if member.scope == AccountScope.ALL:
        return version.members, version.unknown
    if version.state != VersionState.PUBLISHED or version.definition.get("kind") not in KEPT_BY_ACCOUNT:
        return None, None
    rows = TriggerState.objects.filter(customers.visible(member, "account__"), trigger=version.trigger_id)
    return rows.filter(is_member=True).count(), None


def behind(member: Member, trigger: Trigger, state: str = "", reason: str = "") -> QuerySet[Firing]:
    """The firings behind a number of a trigger, newest first, with their accounts and runs."""
    rows = firings(member).filter(trigger=trigger)
    if state in FiringState.values:
        rows = rows.filter(state=state)
    if reason in FiringReason.values:
        rows = rows.filter(reason=reason)
    return rows.select_related("account__health_state", "run", "version").order_by("-at", "-pk")
