"""The kinds of notice of this room."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.workspaces.notices.kinds import JOINED, STOPPED, register
from evergrow.workspaces.notices.models import Notice


def register_all() -> None:
    register(STOPPED, "robot-off", _robot_stopped, label=gettext_lazy("A group robot stopped"))
    register(JOINED, "user-check", _joined, label=gettext_lazy("My invitation was accepted"))


def _robot_stopped(notice: Notice) -> str:
    said: str = _("The group robot “%(name)s” was stopped: its messages were refused (%(reason)s)") % notice.data
    return said


def _joined(notice: Notice) -> str:
    said: str = _("%(name)s accepted your invitation") % notice.data
    return said
