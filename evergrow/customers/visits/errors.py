"""What is refused about activities and points, each with the sentence that names the way out."""

from django.core.exceptions import ValidationError


class ContactElsewhere(ValidationError):
    """The contact is not a person of this account."""


class VisitNotYet(ValidationError):
    """What is said to have taken place lies in the future."""


class NotAPlan(ValidationError):
    """A plan has no moment, or one that is over."""


class NothingSaid(ValidationError):
    """The record has no words at all."""


class WrongState(ValidationError):
    """Somebody moved it meanwhile, or it cannot go that way."""


class StillUnprepared(ValidationError):
    """Something the meeting waits for is not ready by then."""


class EmptyWords(ValidationError):
    """There are no words in a point, a preparation or a name."""


class NotAColleague(ValidationError):
    """The member cannot work here, or may not see the account."""
