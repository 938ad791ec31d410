"""What members are told about their mailboxes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.mail.polling import STOPPED
from evergrow.workspaces import notices
from evergrow.workspaces.notices.models import Notice


def _stopped(notice: Notice) -> str:
    said: str = _("Your mailbox %(mailbox)s cannot be read any more. Look at its settings.") % notice.data
    return said


notices.register(STOPPED, "mail-off", _stopped, label=gettext_lazy("My mailbox cannot be read"))
