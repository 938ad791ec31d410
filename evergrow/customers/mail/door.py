"""The door for mails: SMTP, for the members' own addresses alone, in a thread beside the server.

A recipient that is none is refused at once (RCPT), so that nobody can leave mail here or pass it on. A mail is
acknowledged once it is in the store, on disk; before that its sender is asked to come again.
"""

import asyncio
import logging
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection, connections
from django.db.models import F

from evergrow.customers.mail import addresses, receiving
from evergrow.customers.models import MailAddress, MailSource
from evergrow.lib import clock

log = logging.getLogger(__name__)
MOST_RECIPIENTS = 100
MOST_COMMANDS = {"RCPT": MOST_RECIPIENTS, "AUTH": 3, "*": 200}
PATIENCE = 60.0
LATER = "451 4.3.0 The mail could not be kept just now. Please send it again later."


class Handler:
    """What the door does with the commands that matter."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        try:
            is_known = await asyncio.to_thread(_in_thread, addresses.find, address) is not None
        except Exception:
            log.exception("A recipient could not be looked up.")
            return LATER
        if not is_known:
            return "550 5.1.1 There is no such address here."
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        try:
            await asyncio.to_thread(_in_thread, keep, raw, envelope.mail_from or "", list(envelope.rcpt_tos))
        except Exception:
            log.exception("A mail could not be kept; its sender is asked to send it again.")
            return LATER
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        log.warning("The door for mails stumbled.", exc_info=error)
        return "451 4.3.0 Something went wrong here. Please try again later."


def keep(raw: bytes, sender: str, recipients: list[str]) -> None:
    """Take a mail in for each of its recipients, so that it stays after a power cut too."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=FULL")
    for recipient in dict.fromkeys(recipients):
        row = addresses.find(recipient)
        if row is None:  # renewed a moment ago
            continue
        outcome = receiving.take(raw=raw, member=row.member, source=MailSource.COPY, returns_to=sender)
        left = int(outcome == receiving.Outcome.LEFT_OUT)
        MailAddress.objects.filter(pk=row.pk).update(last_at=clock.now(), left_out=F("left_out") + left)


def _in_thread(act: Any, *arguments: Any) -> Any:
    try:
        return act(*arguments)
    finally:
        connections.close_all()


class Door:
    """Opens and shuts; without a port in the settings it stays shut."""

    def __init__(self) -> None:
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen. Raises OSError where somebody else does already."""
        if not settings.MAIL_PORT:
            return
        self._controller = Controller(
            Handler(),
            hostname=settings.MAIL_BIND,
            port=settings.MAIL_PORT,
            server_hostname=settings.MAIL_DOMAIN,
            ident="Evergrow",
            data_size_limit=settings.MAIL_LIMIT_MIB << 20,
            enable_SMTPUTF8=True,
            timeout=PATIENCE,
            command_call_limit=MOST_COMMANDS,
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


door = Door()
