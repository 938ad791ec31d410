"""What can be wrong with criteria, said at the part where it is wrong."""

from django.utils.functional import Promise

from evergrow.workspaces.errors import Refused


class CriteriaError(Refused, ValueError):
    """Criteria that mean nothing. ``part`` leads to the offending piece, for example ``all.1.within.days``."""

    def __init__(self, part: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.part = self.field = part
        self.message = str(message)


class CostError(Refused):
    """Criteria that would keep the store busy for too long; the text tells how to make them cheaper."""
