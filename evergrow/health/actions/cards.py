"""Scorecards: the default one, drafts, publishing."""

from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext

from evergrow.customers.models import Product
from evergrow.health import card as cards
from evergrow.health import default_card
from evergrow.health.actions.soon import compute_soon
from evergrow.health.asked import PRODUCT, check_form
from evergrow.health.assigning import conflict, published
from evergrow.health.card import BadDefinition
from evergrow.health.editing import free_key
from evergrow.health.models import Scorecard, ScorecardVersion, VersionState
from evergrow.health.usage import OBSERVED
from evergrow.lib import bilingual, clock
from evergrow.workspaces import access, audit, jobs
from evergrow.workspaces.models import Member, Workspace

__all__ = [
    "BadDefinition",
    "EqualPriority",
    "NoCriteria",
    "NoDraft",
    "add_card",
    "card_of",
    "discard_draft",
    "ensure_scorecard",
    "publish_draft",
    "put_away",
    "rename_card",
    "save_draft",
    "start_draft",
]


class NoCriteria(BadDefinition):
    """A card besides the default one has to say whom it judges."""


class EqualPriority(BadDefinition):
    """Two cards of equal priority may claim the same account."""


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
def add_card(
    *, workspace: Workspace, name: dict[str, str], by: Member | None, key: str = "", product: Product | None = None
) -> ScorecardVersion:
    """Another card beside the default one, as a draft that begins as a copy of it. It judges nobody until published.

    ``key`` is made of the name where none is given. With a ``product`` it is the card of that product line. Raises
    BadDefinition for a key that is taken, or a product that has a card.
    """
    access.require(by, "manage")
    base = ensure_scorecard(workspace=workspace)
    keys = Scorecard.objects.filter(workspace=workspace).values_list("key", flat=True)
    taken = {each.replace("-", "_") for each in keys}
    if key and key.replace("-", "_") in taken:
        raise BadDefinition(f"There is a scorecard {key!r} that was put away. Use another key.")
    key = key or free_key(name.get("en") or name.get("zh") or "card", taken).replace("_", "-")
    if product is not None:
        _check_product(workspace, product)
    card = Scorecard.objects.create(workspace=workspace, key=key, name=name, product=product)
    used = [each.card.priority for each in published(workspace) if not each.is_default]
    definition = base.definition | {"criteria": None, "priority": max(used, default=0) + 1}
    if product is not None:
        definition = _of_line(default_card.definition())
    draft = ScorecardVersion.objects.create(scorecard=card, number=1, definition=definition, created_by=by)
    audit.record(workspace, "scorecard.added", card, by=by)
    return draft


def _check_product(workspace: Workspace, product: Product) -> None:
    if product.workspace_id != workspace.pk or product.retired_at is not None:
        raise BadDefinition(gettext("There is no such product."))
    if Scorecard.objects.filter(product=product, archived_at=None).exists():
        raise BadDefinition(gettext("This product has a scorecard already."))


def _of_line(definition: dict[str, Any]) -> dict[str, Any]:
    """What a card of a product line begins with: how the product is used, which is known line by line."""
    groups = [group for group in definition["groups"] if all(m["source"] in OBSERVED for m in group["measures"])]
    return definition | {"groups": groups, "events": []}


@transaction.atomic
def rename_card(*, card: Scorecard, name: dict[str, str], by: Member | None) -> None:
    """Call a card something else; what it says stays."""
    access.require(by, "manage")
    before, card.name = card.name, name
    card.save(update_fields=["name"])
    audit.record(card.workspace, "scorecard.renamed", card, by=by, data={"before": before})


@transaction.atomic
def put_away(*, card: Scorecard, by: Member | None) -> None:
    """It judges nobody any more; its accounts go to the next card that claims them. The default card stays."""
    access.require(by, "manage")
    if card.is_default:
        raise BadDefinition("The default card judges every account that no other card claims. It cannot be put away.")
    card.archived_at, card.archived_by = clock.now(), by
    card.save(update_fields=["archived_at", "archived_by"])
    audit.record(card.workspace, "scorecard.put_away", card, by=by)
    compute_soon(workspace=card.workspace, by=by)


@transaction.atomic
def start_draft(*, workspace: Workspace, by: Member | None, key: str = "") -> ScorecardVersion:
    """The open draft of a card (by its key; the default one without); else a copy of the published version."""
    access.require(by, "manage")
    ensure_scorecard(workspace=workspace)
    card = card_of(workspace, key)
    draft = card.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        latest = card.versions.order_by("-number")[0]
        base = card.versions.filter(state=VersionState.PUBLISHED).first() or latest
        draft = ScorecardVersion.objects.create(
            scorecard=card, number=latest.number + 1, definition=base.definition, created_by=by
        )
        audit.record(workspace, "scorecard.draft_started", draft, by=by)
    return draft


@transaction.atomic
def save_draft(
    *, workspace: Workspace, definition: dict[str, Any], note: str = "", by: Member | None, key: str = ""
) -> ScorecardVersion:
    """Write a definition into the draft. Raises BadDefinition (with a sentence) and NoDraft; nothing is lost then."""
    access.require(by, "manage")
    card, draft = check(definition), _draft(workspace, key)
    _check_of_line(draft, card)
    draft.definition, draft.note, draft.changed_at = definition, note[:300], clock.now()
    draft.save(update_fields=["definition", "note", "changed_at"])
    audit.record(workspace, "scorecard.draft_saved", draft, by=by)
    return draft


@transaction.atomic
def discard_draft(*, workspace: Workspace, by: Member | None, key: str = "") -> None:
    """Throw the draft away; a card that was never published goes with it. Raises NoDraft."""
    access.require(by, "manage")
    draft = _draft(workspace, key)
    audit.record(workspace, "scorecard.draft_discarded", draft, by=by, data={"definition": draft.definition})
    card = draft.scorecard
    draft.delete()
    if not card.versions.exists():
        card.delete()


def publish_draft(*, workspace: Workspace, by: Member | None, key: str = "") -> ScorecardVersion:
    """Make the draft the version that counts, retire the one before, and queue a computation.

    Raises NoDraft; NoCriteria for another card than the default one that does not say whom it judges; EqualPriority
    where another card of the same priority may claim an account that this one claims.
    """
    access.require(by, "manage")
    with transaction.atomic():
        draft = _draft(workspace, key)
        card = check(draft.definition)
        _check_claim(workspace, draft, card)
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


def _check_claim(workspace: Workspace, draft: ScorecardVersion, card: cards.Card) -> None:
    _check_of_line(draft, card)
    if draft.scorecard.is_default or draft.scorecard.product_id:
        return
    if not card.criteria:
        raise NoCriteria(gettext("Say which accounts this card judges. Without criteria it would judge all of them."))
    others = [each for each in published(workspace) if each.version.scorecard_id != draft.scorecard_id]
    other = conflict(card, others)
    if other:
        sentence = gettext(
            "“%(name)s” has the same priority %(priority)s, and both may claim the same account. Give one of them"
            " another priority, or criteria that cannot be met together."
        )
        name = bilingual.pick(other.version.scorecard.name, get_language() or "en")
        raise EqualPriority(sentence % {"name": name, "priority": card.priority})


def _check_of_line(draft: ScorecardVersion, card: cards.Card) -> None:
    """A line rolls up into accounts, and nothing rolls up into a line."""
    if draft.scorecard.product_id and any(measure.source == PRODUCT for measure in card.measures):
        raise BadDefinition(gettext("The card of a product cannot ask about product lines. Take that measure out."))


def card_of(workspace: Workspace, key: str = "") -> Scorecard:
    """The card with this key, the default one without a key. Raises Scorecard.DoesNotExist."""
    rows = Scorecard.objects.filter(workspace=workspace, archived_at=None)
    return rows.get(key=key) if key else rows.get(is_default=True)


def check(definition: dict[str, Any]) -> cards.Card:
    """The card of a definition that only asks what can be asked. Raises BadDefinition."""
    card = cards.read(definition)
    for measure in card.measures:
        check_form(measure)
    return card


def _draft(workspace: Workspace, key: str) -> ScorecardVersion:
    rows = ScorecardVersion.objects.select_related("scorecard").filter(
        scorecard__workspace=workspace, scorecard__archived_at=None, state=VersionState.DRAFT
    )
    draft = (rows.filter(scorecard__key=key) if key else rows.filter(scorecard__is_default=True)).first()
    if draft is None:
        raise NoDraft("There is no draft. Start one from the published card.")
    return draft
