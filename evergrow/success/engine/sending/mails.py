"""Mails over SMTP. The Message-ID follows from the delivery's key, so that a second copy would be known as one."""

import smtplib
from email.utils import parseaddr
from hashlib import sha256
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from evergrow.success.engine.sending import claims
from evergrow.success.engine.sending.answers import Answer
from evergrow.success.models import Delivery


def message_id(delivery: Delivery) -> str:
    """The Message-ID of a delivery, the same at every attempt."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "evergrow.invalid"
    digest = sha256(f"{settings.SECRET_KEY}:{delivery.dedupe_key}".encode()).hexdigest()[:32]
    return f"<{delivery.kind}.{digest}@{domain}>"


def letter(delivery: Delivery) -> EmailMessage:
    """The mail of a delivery, ready to be sent."""
    content = delivery.content
    reply_to = [content["reply_to"]] if content.get("reply_to") else []
    headers = {"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"}
    return EmailMessage(content["subject"], content["body"], to=[delivery.to], reply_to=reply_to, headers=headers)


class Post:
    """A connection to the mail server, opened with the first letter and kept for the next ones."""

    def __init__(self) -> None:
        self._backend: Any = None

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def send(self, delivery: Delivery) -> Answer | None:
        """Hand a letter to the mail server; None when it is no longer ours to send."""
        if not settings.MAIL_IS_SET_UP:
            return Answer("later", "No mail server is set up.")
        try:
            self._open()
            return self._hand_over(delivery)
        except smtplib.SMTPResponseException as error:
            self._close()
            return _refusal(error.smtp_code, _text(error.smtp_error))
        except smtplib.SMTPRecipientsRefused as error:
            self._close()
            code, said = next(iter(error.recipients.values()))
            return _refusal(code, _text(said))
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            return Answer("later", str(error)[:500])

    def _open(self) -> None:
        if self._backend is None:
            self._backend = get_connection()
        self._backend.open()

    def _hand_over(self, delivery: Delivery) -> Answer | None:
        mail, smtp = letter(delivery), getattr(self._backend, "connection", None)
        if smtp is None:
            if not claims.is_mine(delivery):
                return None
            self._backend.send_messages([mail])
            return Answer("sent")
        smtp.ehlo_or_helo_if_needed()
        _ok(*smtp.mail(parseaddr(mail.from_email)[1]))
        _ok(*smtp.rcpt(delivery.to))
        if not claims.is_mine(delivery):
            smtp.rset()
            return None
        code, said = smtp.data(_lines(mail.message().as_bytes()))
        _ok(code, said)
        return Answer("sent", status=code, response=_text(said)[:500])

    def _close(self) -> None:
        if self._backend is not None:
            self._backend.close()
            self._backend = None


def _text(said: bytes | str) -> str:
    return said if isinstance(said, str) else said.decode(errors="replace")


def _lines(mail: bytes) -> bytes:
    return b"\r\n".join(mail.splitlines()) + b"\r\n"


def _ok(code: int, said: bytes) -> None:
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, said)


def _refusal(code: int, said: str) -> Answer:
    """The mail server said no: for good from 500 on."""
    why = f"{code} {said}"[:500]
    return Answer("refused" if 500 <= code < 600 else "later", why, status=code, response=said[:500])
