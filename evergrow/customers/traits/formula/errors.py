"""What can be wrong with a formula, said at the place where it is wrong."""

from django.utils.functional import Promise

from evergrow.workspaces.errors import Refused


class FormulaError(Refused, ValueError):
    """A formula that means nothing; ``start`` and ``end`` are the places of the offending letters in its text."""

    def __init__(self, message: str | Promise, start: int, end: int) -> None:
        super().__init__(str(message))
        self.message, self.start, self.end = str(message), start, max(end, start + 1)
