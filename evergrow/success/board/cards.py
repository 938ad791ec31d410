"""The cards of the board as the page shows them: words made once for each task, from the few columns that they need.

A board shows hundreds of cards. Whole tasks with their accounts, runs and owners cost it three times as much.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.lib import bilingual, clock, moments
from evergrow.success.models import Priority, Task, TaskState
from evergrow.success.models.tasks import OPEN, SETTLED
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

FACTS = ("pk", "name", "state", "priority", "due_on", "ended_at", "account__name", "account__other_name")
FURTHER = ("account__health_state__band", "run__playbook__name", "owner__user__name", "owner__user__email")
ANY_TASK = 1_000_000_007


class Card(NamedTuple):
    """A card in the reader's words. ``glyph`` is the shape of its account's health, empty before the first score."""

    pk: int
    url: str
    move_url: str
    title: str
    is_high: bool
    glyph: str
    account: str
    playbook: str
    when: str
    is_late: bool
    owner: str
    state: str


def cards(member: Member, keys: Sequence[int]) -> Mapping[int, Card]:
    """The cards of these tasks, which the member may see, by key."""
    return {card.pk: card for card in _made(member, _found(member, keys))} if keys else {}


@prepared.rows
def _found(member: Member, keys: Any) -> QuerySet[Task, tuple[Any, ...]]:
    return Task.objects.filter(pk__in=keys, workspace_id=member.workspace_id).values_list(*FACTS, *FURTHER)


def _made(member: Member, rows: Sequence[tuple[Any, ...]]) -> Iterator[Card]:
    slug, today, language = member.workspace.slug, member.workspace.today(), get_language() or "en"
    url, move_url = _addresses("success:task", slug), _addresses("success:board_move", slug)
    due, ago, glyph = _due(today, language), _ago(language), cache(_glyph)
    states = {state.value: "" if state == TaskState.READY else str(state.label) for state in TaskState}
    for pk, name, state, priority, due_on, ended_at, one, other, band, playbook, owner, email in rows:
        yield Card(
            pk,
            url(pk),
            move_url(pk),
            bilingual.pick(name, language),
            priority == Priority.HIGH,
            glyph(band) if band else "",
            bilingual.pick(bilingual.both(one, other), language),
            bilingual.pick(playbook, language),
            ago(ended_at) if state in SETTLED else due(due_on),
            due_on is not None and due_on < today and state in OPEN,
            owner or email or "",
            states[state],
        )


def _addresses(name: str, slug: str) -> Callable[[int], str]:
    """What gives the address of a page of a task, found once for all of them."""
    before, after = reverse(name, args=[slug, ANY_TASK]).rsplit(str(ANY_TASK), 1)
    return lambda pk: f"{before}{pk}{after}"


def _due(today: date, language: str) -> Callable[[date | None], str]:
    """What says when a task is due; a board has many cards of each day."""

    @cache
    def due(day: date | None) -> str:
        return moments.due(day, today, language) if day else _("no date")

    return due


def _ago(language: str) -> Callable[[datetime | None], str]:
    """What says how long ago a task ended."""
    now = timezone.localtime(clock.now())
    return lambda moment: moments.ago(moment and timezone.localtime(moment), now, language)


def _glyph(band: str) -> str:
    return render_to_string("web/parts/glyph.html", {"band": band})
