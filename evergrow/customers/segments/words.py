"""A segment's criteria in the reader's language."""

from typing import Any

from evergrow.customers import criteria
from evergrow.customers.models import Segment, SegmentVersion


def sentence(segment: Segment, version: SegmentVersion) -> str:
    """What a version's criteria say; what is wrong with them where they mean nothing any more."""
    kind: Any = segment.kind
    try:
        return criteria.sentence(criteria.parse(version.criteria, kind, segment.workspace), segment.workspace)
    except criteria.CriteriaError as error:
        return error.message
