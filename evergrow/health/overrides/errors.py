"""Why an override is refused; each is said beside the field it is about."""

from django.core.exceptions import ValidationError


class NeedsReason(ValidationError):
    """A score that a person sets without saying why convinces nobody."""


class BadLastDay(ValidationError):
    """An override ends, on a day ahead and within a year."""


class BadScore(ValidationError):
    """Scores lie between 0 and 100."""


class AlreadyAsked(ValidationError):
    """An override of the same score waits for approval."""


class NotYourOwn(ValidationError):
    """Nobody approves what they asked for; nobody withdraws what somebody else asked for."""


class AlreadyDecided(ValidationError):
    """It was decided, withdrawn or ended meanwhile."""
