"""The letters of this room, each in the language of its reader."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from evergrow.workspaces.models import Invitation, User

log = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, url: str) -> bool:
    """Send an invitation in the workspace's language; whether the mail server took it.

    Whoever invites sees the link anyway, so a mail server that is down is told to them and stops nothing.
    """
    if not settings.MAIL_IS_SET_UP:
        return False
    with translation.override(invitation.workspace.language):
        subject = _("Join %(workspace)s on Evergrow") % {"workspace": invitation.workspace.name}
        context = {"invitation": invitation, "url": url, "inviter": invitation.invited_by}
        body = render_to_string("workspaces/mail/invitation.txt", context)
    try:
        _send(subject, body, invitation.email)
    except (OSError, smtplib.SMTPException):
        log.exception("The invitation for %s could not be mailed.", invitation.email)
        return False
    return True


def send_sign_in_link(user: User, url: str, language: str) -> None:
    """Send a one-time link. Raises OSError or SMTPException when the mail server does not take it."""
    with translation.override(language):
        subject = _("Your sign-in link for Evergrow")
        body = render_to_string("workspaces/mail/sign_in_link.txt", {"user": user, "url": url})
    _send(subject, body, user.email)


def _send(subject: str, body: str, to: str) -> None:
    EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[to]).send()
