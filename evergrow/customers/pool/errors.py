"""Why an account cannot be claimed or released. Each error's text is a sentence for whoever asked."""

from django.core.exceptions import ValidationError


class Refusal(ValidationError):
    """It cannot be done now."""

    def __str__(self) -> str:
        return " ".join(self.messages)


class AlreadyClaimed(Refusal):
    """Somebody was quicker."""


class CapReached(Refusal):
    """The member may claim no more today, or hold no more."""


class NotYours(Refusal):
    """Only its owner and managers release an account."""


class ReleaseReasonMissing(ValidationError):
    """A release needs a reason."""
