"""Why a hand-over cannot be done. Each error's text is a sentence for whoever asked."""

from django.utils.translation import gettext_lazy as _

from evergrow.success.errors import Refused


class SuccessorUnfit(Refused):
    sentence = _("Choose another colleague who may work here.")


class DayOver(Refused):
    sentence = _("The day is over. Choose today or a later one.")


class NothingHeld(Refused):
    sentence = _("%(who)s holds none of these accounts as %(role)s.")


class NotNow(Refused):
    sentence = _("That cannot be done now: the hand-over is “%(state)s”.")


class HandOverReasonMissing(Refused):
    sentence = _("Say why.")


class TooLateToUndo(Refused):
    sentence = _("A hand-over can be undone within seven days. Prepare one in the other direction.")


class FormerOwnerGone(Refused):
    sentence = _("%(who)s has left: it cannot go back to them.")
