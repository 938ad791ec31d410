"""Notes on days, and how any chart with a time axis shows them."""

from collections.abc import Sequence
from typing import Any

from evergrow.insight.models import Annotation
from evergrow.insight.period import Bucket
from evergrow.lib import bilingual
from evergrow.workspaces import access
from evergrow.workspaces.models import Member, Workspace

SHORT = 14
MOST = 100


def within(workspace: Workspace, buckets: Sequence[Bucket]) -> list[Annotation]:
    """The annotations on the days of a chart, in the order of the days."""
    if not buckets:
        return []
    days = (buckets[0].first, buckets[-1].last)
    return list(Annotation.objects.filter(workspace=workspace, day__range=days).order_by("day", "pk")[:MOST])


def drawn(
    options: dict[str, Any], notes: Sequence[Annotation], buckets: Sequence[Bucket], language: str
) -> dict[str, Any]:
    """The options of a chart whose category axis has a place for each bucket, with a line for each annotation."""
    marks = _marks(notes, buckets, language)
    if not marks:
        return options
    line = {
        "type": "line",
        "silent": True,
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"type": [2, 3], "width": 1, "color": "--text-3"},
            "label": {"formatter": "{b}", "position": "end", "fontSize": 11, "color": "--text-2"},
            "data": marks,
        },
    }
    grid = {"top": 30} | options.get("grid", {})
    return options | {"grid": grid, "series": [*options["series"], line]}


def editor(member: Member, buckets: Sequence[Bucket]) -> dict[str, Any]:
    """What the list under a chart shows: the notes on its days, and whether this member may write any."""
    return {"annotations": within(member.workspace, buckets), "may_annotate": access.may(member, "work")}


def shown(workspace: Workspace, options: dict[str, Any], buckets: Sequence[Bucket], language: str) -> dict[str, Any]:
    """``drawn`` with the annotations ``within`` the chart's days."""
    return drawn(options, within(workspace, buckets), buckets, language)


def _marks(notes: Sequence[Annotation], buckets: Sequence[Bucket], language: str) -> list[dict[str, Any]]:
    """One mark a bucket; several notes in one are told by the first and how many more there are."""
    found: dict[int, list[str]] = {}
    for note in notes:
        place = next((at for at, bucket in enumerate(buckets) if bucket.first <= note.day <= bucket.last), None)
        if place is not None:
            found.setdefault(place, []).append(bilingual.pick(note.text, language))
    return [{"xAxis": place, "name": _short(texts)} for place, texts in found.items()]


def _short(texts: Sequence[str]) -> str:
    text = texts[0] if len(texts[0]) <= SHORT else texts[0][: SHORT - 1] + "…"
    return text if len(texts) == 1 else f"{text} +{len(texts) - 1}"
