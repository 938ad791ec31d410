"""What can be wrong with a question, said at the part where it is wrong."""

from django.utils.functional import Promise

from evergrow.workspaces.errors import Refused


class BadQuestion(Refused, ValueError):
    """A question that cannot be asked. ``part`` leads to the offending piece, for example ``filters.0.values``."""

    def __init__(self, part: str, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.part = self.field = part
        self.sentence = str(sentence)
