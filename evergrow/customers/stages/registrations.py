"""What stages tell other rooms: traits, the story of accounts, what becomes of rows in merges and erasures."""

import json

from django.core import serializers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers import timeline
from evergrow.customers.account_merges import registry as account_merges
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account, Lifecycle, ProductUse, StageGate, StageStay, TimelineEntry
from evergrow.customers.privacy import registry as privacy
from evergrow.customers.stages import columns, panels, tasks, traits  # noqa: F401
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.moves import on_moves


def _told(entry: TimelineEntry) -> str:
    lifecycle = Lifecycle.objects.filter(pk=entry.data["lifecycle"]).first()
    counts = definitions.of(lifecycle) if lifecycle else None
    before, after = (counts.name(key) if counts else key for key in (entry.data["from"], entry.data["to"]))
    if not entry.data["to"]:
        return _("Left the lifecycle; stood in “%(before)s”") % {"before": before}
    if not entry.data["from"]:
        return _("Stage: %(after)s") % {"after": after}
    return _("Stage: %(before)s → %(after)s") % {"before": before, "after": after}


def _settle_stays(kept: Account, merged: Account, record: Record) -> None:
    """One history a lifecycle: that of the account that is kept, or, where it has none, the other one's."""
    ours = set(StageStay.objects.filter(account=kept).values_list("lifecycle", flat=True))
    theirs = StageStay.objects.filter(account=merged, lifecycle__in=ours).order_by("pk")
    gates = serializers.serialize("json", StageGate.objects.filter(stay__in=theirs))
    for stay in theirs:
        record.drop(stay)
    record.dropped += json.loads(gates)  # deleted with their stays, and made again behind them


def _settle_uses(kept: Account, merged: Account, record: Record) -> None:
    ours = ProductUse.objects.filter(account=kept).values("product")
    for use in ProductUse.objects.filter(account=merged, product__in=ours):
        record.drop(use)


timeline.register("stage.moved", "route", _told)
timeline.name_topic("stage", pgettext_lazy("timeline", "Stages"))
account_merges.add("customers.StageStay", gettext_lazy("Stays in stages"), _settle_stays)
account_merges.add("customers.ProductUse", gettext_lazy("Products used"), _settle_uses)
privacy.rows("customers.StageStay", gettext_lazy("Stays in stages"))
on_moves(traits.follow)
traits.register()
