"""The filter “segment” of the lists of accounts and of people."""

from collections.abc import Callable
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.models import Segment
from evergrow.customers.number_set import among
from evergrow.customers.segments import membership
from evergrow.workspaces.models import Member, Workspace


def condition(kind: str) -> Callable[[Member, list[str]], Q]:
    """Rows that are in any of the segments with these keys. Raises ValueError with a sentence for an unknown one."""

    def found(member: Member, values: list[str]) -> Q:
        segments = {
            each.key: each for each in Segment.objects.filter(workspace=member.workspace, kind=kind, key__in=values)
        }
        for value in values:
            if value not in segments:
                raise ValueError(_("There is no segment “%(key)s” here. Choose one from the list.") % {"key": value})
        try:
            parts = [membership.current(member.workspace, segment) for segment in segments.values()]
        except warehouse.StoreUnavailable:
            raise ValueError(_("The event store, where segments are kept, cannot be reached right now.")) from None
        return among(np.unique(np.concatenate(parts)))

    return found


def choices(kind: str) -> Callable[[Workspace], list[tuple[str, Any]]]:
    """The segments in use, by name."""

    def found(workspace: Workspace) -> list[tuple[str, Any]]:
        language = get_language() or "en"
        rows = Segment.objects.filter(workspace=workspace, kind=kind, retired_at=None).exclude(as_of=None)
        return sorted(((row.key, row.called(language)) for row in rows), key=lambda pair: str(pair[1]).lower())

    return found


def criteria(member: Member, values: list[str]) -> dict[str, Any] | None:
    """The same as criteria."""
    parts: list[dict[str, Any]] = [{"segment": value} for value in values]
    return parts[0] if len(parts) == 1 else {"any": parts}
