"""Why an action of this room cannot be done. Each error's text is a sentence for the person who asked."""


class Refused(Exception):
    """The action cannot be done. ``field`` names the input to mend, where one is to blame."""

    field = ""


class BadSlug(Refused):
    field = "slug"


class BadZone(Refused):
    field = "zone"


class BadCurrency(Refused):
    field = "currency"


class BadChoice(Refused):
    """A value that is none of the choices."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class LastOwner(Refused):
    """A workspace always keeps an owner."""

    field = "role"


class AboveYourRole(Refused):
    """Nobody gives, takes or changes more than they have themselves."""

    field = "role"


class AlreadyMember(Refused):
    field = "email"


class HasLeft(Refused):
    """The member is no longer in the workspace."""


class InvitationGone(Refused):
    """The invitation was used, taken back, or is too old."""


class NotInvited(Refused):
    """The invitation is for another email address."""


class PasswordTooWeak(Refused):
    field = "password"


class LinkGone(Refused):
    """The sign-in link was used before or is too old."""


class KeyGone(Refused):
    """The key was revoked before."""


class WrongPassword(Refused):
    field = "current"
