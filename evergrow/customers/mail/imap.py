"""Connections to mailboxes over IMAP: to allowed hosts only, encrypted, with trouble told by name.

``EVERGROW_MAIL_HOSTS`` names servers in one's own network, which may also do without encryption. The name is looked up
once and the connection goes to that address, under the certificate of the name.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from imapclient import IMAPClient, imap4, tls
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from imapclient.imapclient import SENT

from evergrow.customers.models import Mailbox, MailSecurity
from evergrow.lib import outside
from evergrow.workspaces import sealed

SECONDS = 20.0
SLACK = 1 << 20
INBOX = "INBOX"


class Trouble(Exception):
    """Why a mailbox cannot be read: a ``code`` and what the server ``said``."""

    def __init__(self, code: str, said: object = "") -> None:
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        if text[:2] in ("b'", 'b"') and text[-1] == text[1]:
            text = text[2:-1]  # imapclient hands on the server's bytes as Python writes them
        super().__init__(code, text)
        self.code, self.said = code, " ".join(text.split())[:300]

    def __str__(self) -> str:
        return sentence(self.code, self.said)


def sentence(code: str, said: str = "") -> str:
    """What went wrong and what to do, in the reader's language."""
    words = {
        "private": _("The server lies in a private network. Whoever runs Evergrow allows it by EVERGROW_MAIL_HOSTS."),
        "open": _("Without encryption only servers named in EVERGROW_MAIL_HOSTS are reached. Choose TLS."),
        "unknown_host": _("No server has this name. Look at how it is written."),
        "no_connection": _("The server does not answer at this port. Look at the port and the encryption."),
        "certificate": _("The server's certificate is not valid for this name."),
        "login": _(
            "The server refuses user name and password. Many providers want IMAP switched on, and an authorization code"
            " in the place of your password."
        ),
        "folder": _("The inbox cannot be opened. Switch IMAP on at your provider."),
        "sealed": sealed.sentence(),
        "answer": _("The server answers in a way that is not understood. It is tried again later."),
    }
    told = words.get(code, words["answer"])
    if not said:
        return told
    answer = _("It said: %(words)s") % {"words": said}
    return f"{told} {answer}"


class _Bounded:
    """Takes no more of the server at once than the largest mail: what it sends lies in memory."""

    def read(self, size: int) -> bytes:
        if size > (settings.MAIL_LIMIT_MIB << 20) + SLACK:
            self.shutdown()  # type: ignore[attr-defined]
            raise IMAPClientError(f"{size} bytes at once are more than a mail may have")
        found: bytes = super().read(size)  # type: ignore[misc]
        return found


class _Plain(_Bounded, imap4.IMAP4WithTimeout):  # type: ignore[misc]
    """Without encryption, or before it begins."""


class _Tls(_Bounded, tls.IMAP4_TLS):  # type: ignore[misc]
    """TLS to an address that was looked up, with the certificate of its name."""

    def __init__(self, name: str, address: str, port: int, context: ssl.SSLContext) -> None:
        self._name = name
        super().__init__(address, port, context, SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout=SECONDS)
        secured: socket.socket = self.ssl_context.wrap_socket(sock, server_hostname=self._name)
        return secured


class _Client(IMAPClient):  # type: ignore[misc]
    def __init__(self, host: str, address: str, port: int, *, is_tls: bool) -> None:
        self._address = address
        super().__init__(host, port, ssl=is_tls, ssl_context=ssl.create_default_context(), timeout=SECONDS)

    def _create_IMAP4(self) -> Any:
        if self.ssl:
            return _Tls(self.host, self._address, self.port, self.ssl_context)
        plain = _Plain(self._address, self.port, SECONDS)
        plain.host = self.host  # the name that STARTTLS looks for in the certificate
        return plain


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """The mailbox, signed in. Raises Trouble, also for what goes wrong while it is used."""
    try:
        with _connected(mailbox) as client:
            _sign_in(client, mailbox)
            yield client
    except ssl.SSLCertVerificationError as error:
        raise Trouble("certificate", error.verify_message) from error
    except (OSError, EOFError, IMAPClientAbortError) as error:
        raise Trouble("no_connection") from error
    except IMAPClientError as error:
        raise Trouble("answer", error.args[0] if error.args else "") from error


@contextmanager
def _connected(mailbox: Mailbox) -> Iterator[IMAPClient]:
    address = _address(mailbox)
    is_tls = mailbox.security == MailSecurity.TLS
    with _Client(mailbox.host, address, mailbox.port, is_tls=is_tls) as client:
        if mailbox.security == MailSecurity.STARTTLS:
            client.starttls(ssl.create_default_context())
        yield client


def _sign_in(client: IMAPClient, mailbox: Mailbox) -> None:
    try:
        client.login(mailbox.user, mailbox.secret)
    except sealed.CannotOpen as error:
        raise Trouble("sealed") from error
    except LoginError as error:
        raise Trouble("login", error.args[0] if error.args else "") from error
    except UnicodeEncodeError as error:  # LOGIN knows ASCII alone
        raise Trouble("login") from error
    if client.has_capability("ID"):  # some Chinese providers open no folder to whom does not say who they are
        client.id_({"name": "Evergrow", "version": "1"})


def _address(mailbox: Mailbox) -> str:
    host = mailbox.host.lower()
    if host in settings.MAIL_HOSTS:
        return mailbox.host
    if mailbox.security == MailSecurity.NONE:
        raise Trouble("open")
    try:
        return outside.address(mailbox.host, mailbox.port)
    except outside.BadAddress as error:
        raise Trouble("private" if str(error) == "private" else "unknown_host") from error


def folders(mailbox: Mailbox) -> list[str]:
    """The folders to be read: what comes in, and what was sent. Raises Trouble."""
    with opened(mailbox) as client:
        try:
            client.select_folder(INBOX, readonly=True)
        except IMAPClientError as error:
            raise Trouble("folder", error.args[0] if error.args else "") from error
        sent = client.find_special_folder(SENT)
    return list(dict.fromkeys([INBOX, *([str(sent)] if sent else [])]))
