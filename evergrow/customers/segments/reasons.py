"""Why somebody is in a segment or is not: every condition of its criteria with whether it holds, as lines of a tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.criteria.explain import Explained
from evergrow.customers.models import Segment, SegmentVersion


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition in words with what was found, or a group of them, at a depth of the tree."""

    sentence: str
    holds: bool
    depth: int
    is_group: bool
    found: str


def about(segment: Segment, number: int) -> list[Reason]:
    """The conditions of the published criteria, and which hold for a subject now; none for a list.

    Raises CriteriaError where the criteria mean nothing any more.
    """
    kind: Any = segment.kind
    version = segment.versions.filter(state=SegmentVersion.State.PUBLISHED).first()
    if version is None:
        return []
    asked = criteria.parse(version.criteria, kind, segment.workspace)
    subject = criteria.subject(segment.workspace, kind, number, criteria.needs(asked))
    return list(_lines(criteria.explain(asked, subject), 0))


def _lines(part: Explained, depth: int) -> Iterator[Reason]:
    if not part.parts:
        yield Reason(part.sentence, part.holds, depth, False, part.found)
        return
    groups = {"all": _("all of these hold"), "any": _("any of these holds"), "not": _("this does not hold")}
    word = part.parts[0].part.removeprefix(f"{part.part}." if part.part else "").partition(".")[0]
    yield Reason(groups[word], part.holds, depth, True, "")
    for inner in part.parts:
        yield from _lines(inner, depth + 1)
