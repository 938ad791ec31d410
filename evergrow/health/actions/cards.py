"""Scorecards: the default one, drafts, publishing."""

from typing import Any

from django.db import transaction

from evergrow.health import card as cards
from evergrow.health import default_card
from evergrow.health.asked import check_form
from evergrow.health.card import BadDefinition
from evergrow.health.models import Scorecard, ScorecardVersion, VersionState
from evergrow.lib import clock
from evergrow.workspaces import access, audit, jobs
from evergrow.workspaces.models import Member, Workspace

__all__ = ["BadDefinition", "NoDraft", "discard_draft", "ensure_scorecard", "publish_draft", "save_draft"]


class NoDraft(LookupError):
    """There is no draft; somebody else published or discarded it. Start a new one."""


@transaction.atomic
def ensure_scorecard(*, workspace: Workspace) -> ScorecardVersion:
    """The published version of the workspace's default scorecard, made on the first call."""
    scorecard, is_new = Scorecard.objects.get_or_create(
        workspace=workspace, is_default=True, defaults={"key": "standard", "name": dict(default_card.NAME)}
    )
    if is_new:
        ScorecardVersion.objects.create(
            scorecard=scorecard,
            number=1,
            state=VersionState.PUBLISHED,
            definition=default_card.definition(),
            published_at=clock.now(),
        )
        audit.record(workspace, "scorecard.created", scorecard, by=None)
    return scorecard.versions.get(state=VersionState.PUBLISHED)


@transaction.atomic
def start_draft(*, workspace: Workspace, by: Member | None) -> ScorecardVersion:
    """The open draft of the default scorecard; where there is none, a copy of the published version."""
    access.require(by, "manage")
    published = ensure_scorecard(workspace=workspace)
    card = published.scorecard
    draft = card.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        number = card.versions.order_by("-number").values_list("number", flat=True)[0] + 1
        draft = ScorecardVersion.objects.create(
            scorecard=card, number=number, definition=published.definition, created_by=by
        )
        audit.record(workspace, "scorecard.draft_started", draft, by=by)
    return draft


@transaction.atomic
def save_draft(
    *, workspace: Workspace, definition: dict[str, Any], note: str = "", by: Member | None
) -> ScorecardVersion:
    """Write a definition into the draft. Raises BadDefinition (with a sentence) and NoDraft; nothing is lost then."""
    access.require(by, "manage")
    check(definition)
    draft = _draft(workspace)
    draft.definition, draft.note, draft.changed_at = definition, note[:300], clock.now()
    draft.save(update_fields=["definition", "note", "changed_at"])
    audit.record(workspace, "scorecard.draft_saved", draft, by=by)
    return draft


@transaction.atomic
def discard_draft(*, workspace: Workspace, by: Member | None) -> None:
    """Throw the draft away. Raises NoDraft."""
    access.require(by, "manage")
    draft = _draft(workspace)
    audit.record(workspace, "scorecard.draft_discarded", draft, by=by, data={"definition": draft.definition})
    draft.delete()


def publish_draft(*, workspace: Workspace, by: Member | None) -> ScorecardVersion:
    """Make the draft the card that counts, retire the one before, and queue a computation. Raises NoDraft."""
    access.require(by, "manage")
    with transaction.atomic():
        draft = _draft(workspace)
        check(draft.definition)
        now = clock.now()
        draft.scorecard.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED, retired_at=now)
        took = ScorecardVersion.objects.filter(pk=draft.pk, state=VersionState.DRAFT).update(
            state=VersionState.PUBLISHED, published_at=now, published_by=by
        )
        if not took:
            raise NoDraft("The draft was published or discarded meanwhile. Start a new one.")
        draft.refresh_from_db()
        audit.record(workspace, "scorecard.published", draft, by=by, data={"number": draft.number})
        jobs.enqueue("health.compute", workspace, by=by, dedupe_key=f"version {draft.pk}")
    return draft


def check(definition: dict[str, Any]) -> cards.Card:
    """The card of a definition that only asks what can be asked. Raises BadDefinition."""
    card = cards.read(definition)
    for measure in card.measures:
        check_form(measure)
    return card


def _draft(workspace: Workspace) -> ScorecardVersion:
    draft = (
        ScorecardVersion.objects.select_related("scorecard")
        .filter(scorecard__workspace=workspace, scorecard__is_default=True, state=VersionState.DRAFT)
        .first()
    )
    if draft is None:
        raise NoDraft("There is no draft. Start one from the published card.")
    return draft
