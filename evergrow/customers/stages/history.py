"""The whole history of a lifecycle as rows of a table, for files and other systems."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.customers.models import Lifecycle, StageStay
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import seen
from evergrow.workspaces.models import Member


def stays(member: Member, lifecycle: Lifecycle) -> Any:
    """Every stay that a member may see, in the order of subjects and time."""
    key = lifecycle.kind
    rows = StageStay.objects.filter(seen.visible(member, lifecycle), lifecycle=lifecycle)
    return rows.select_related(key, "by__user", "version").order_by(key, "entered_at", "pk")


def heads() -> list[str]:
    """What stands above the columns."""
    return [
        _("Number"),
        _("Name"),
        _("Stage"),
        _("Key"),
        _("Time through"),
        _("Entered"),
        _("Left"),
        _("Passed over"),
        _("Backwards"),
        pgettext("column", "Source"),
        _("Reason"),
        _("By"),
        _("Version"),
    ]


def rows(member: Member, lifecycle: Lifecycle) -> Iterator[list[Any]]:
    """A line a stay, under ``heads``."""
    counts, mask = definitions.of(lifecycle), Mask(member)
    for stay in stays(member, lifecycle).iterator(chunk_size=2000):
        subject = stay.subject
        yield [
            subject.number,
            seen.name(subject, mask),
            counts.name(stay.stage) if counts else stay.stage,
            stay.stage,
            stay.spell,
            stay.entered_at,
            stay.left_at,
            stay.is_skipped,
            stay.is_backward,
            str(stay.get_source_display()),
            stay.reason,
            str(stay.by or ""),
            stay.version.number if stay.version else None,
        ]
