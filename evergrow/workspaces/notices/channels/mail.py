"""Mail, as text and as HTML. The Message-ID is the same each time, so that a second try is no second letter."""

import hashlib
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from evergrow.workspaces.notices.channel_models import Delivery
from evergrow.workspaces.notices.channels.outcome import OK, Outcome
from evergrow.workspaces.notices.message import Message


def send(delivery: Delivery, message: Message) -> Outcome:
    assert delivery.member is not None
    context = {"message": message, "workspace": delivery.workspace}
    letter = EmailMultiAlternatives(
        " ".join(message.title.split())[:150],
        render_to_string("workspaces/notices/mail.txt", context).strip() + "\n",
        to=[delivery.member.user.email],
        headers={"Message-ID": message_id(message.key), "Auto-Submitted": "auto-generated"},
    )
    letter.attach_alternative(render_to_string("workspaces/notices/mail.html", context), "text/html")
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        is_final = all(code >= 500 for code in codes)
        return Outcome("permanent" if is_final else "retry_after", f"recipient refused: {codes}")
    except smtplib.SMTPResponseException as error:
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
        return Outcome("permanent" if 550 <= error.smtp_code < 560 else "retry_after", said)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("retry_after", f"{type(error).__name__} {error}"[:200])
    return OK


def message_id(key: str) -> str:
    """``<…@host>`` of a delivery, made from its key."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<notice-{hashlib.sha256(f'{settings.SECRET_KEY}{key}'.encode()).hexdigest()[:32]}@{host}>"


def _text(said: bytes | str) -> str:
    return (said.decode(errors="replace") if isinstance(said, bytes) else said)[:200]
