"""The rules that are published now, ready for the drain: read again only when their stamp changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings

from evergrow.intake.models.plan import Mode, PlanState, PlanVersion, TrackingPlan
from evergrow.intake.plan import definition
from evergrow.intake.plan.definition import EventPlan, Privacy, WorkspaceRules
from evergrow.intake.plan.masking import Masker
from evergrow.intake.plan.screen import Screen
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True)
class Rules:
    """The published rules of a workspace. ``screens`` are those of events with lists of their own."""

    everywhere: WorkspaceRules = field(default_factory=WorkspaceRules)
    events: Mapping[str, EventPlan] = field(default_factory=dict)
    screen: Screen = field(default_factory=lambda: Screen(Masker()))
    screens: Mapping[str, Screen] = field(default_factory=dict)

    @property
    def checks_nothing(self) -> bool:
        """Whether no message can go against them."""
        return not self.events and self.everywhere.unplanned_events == Mode.KEEP

    @property
    def hides_nothing(self) -> bool:
        """Whether every message may be stored as it came."""
        return self.screen.is_idle and not self.screens

    @property
    def is_idle(self) -> bool:
        """Whether every message may be stored as it came, and none is counted as against them."""
        return self.checks_nothing and self.hides_nothing

    def screen_of(self, event: str) -> Screen:
        return self.screens.get(event, self.screen)

    def strictest(self) -> Screen:
        """For messages whose event is not known: every list of every event but those of what alone is allowed."""
        found = self.screen
        for each in self.screens.values():
            lists = Privacy(deny=tuple(each.deny), mask=tuple(each.mask), hash=tuple(each.hash))
            found = found.joined(lists)
        return found


class _Kept(NamedTuple):
    stamp: str
    rules: Rules


NONE = Rules()
_kept: dict[int, _Kept] = {}


def of(workspace: Workspace) -> Rules:
    """The rules that hold now. A workspace without a plan costs one look at one row, a known plan the same."""
    stamp = TrackingPlan.objects.filter(workspace_id=workspace.pk).values_list("stamp", flat=True).first()
    if not stamp:
        return NONE
    known = _kept.get(workspace.pk)
    if known is None or known.stamp != stamp:
        known = _kept[workspace.pk] = _Kept(stamp, _read(workspace))
    return known.rules


def set_apart() -> set[int]:
    """The workspaces with rules that any message may go against; each of their messages is held against them."""
    plans = TrackingPlan.objects.exclude(stamp="").select_related("workspace")
    return {plan.workspace_id for plan in plans if not of(plan.workspace).is_idle}


def _read(workspace: Workspace) -> Rules:
    rows = PlanVersion.objects.filter(plan__workspace=workspace, state=PlanState.PUBLISHED)
    found = {row.event: row.definition for row in rows if row.definition}
    everywhere = definition.read_rules(found.pop("", {}))
    events = {name: definition.read_event(raw) for name, raw in found.items()}
    masker = Masker(everywhere.ip, everywhere.email, everywhere.phone, key_of(workspace))
    screen = Screen(masker).joined(everywhere.privacy)
    own = {name: screen.joined(plan.privacy) for name, plan in events.items() if plan.privacy != Privacy()}
    return Rules(everywhere, events, screen, own)


def key_of(workspace: Workspace) -> bytes:
    """The key of this workspace's hashes: nobody finds a value again by trying, and workspaces do not match."""
    return hashlib.blake2b(f"tracking plan {workspace.pk} {settings.SECRET_KEY}".encode(), digest_size=32).digest()
