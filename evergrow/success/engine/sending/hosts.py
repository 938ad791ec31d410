"""Which hosts webhooks may reach: public addresses only, so that nobody asks our own network through us.

``EVERGROW_WEBHOOK_HOSTS`` names hosts that are allowed whatever their address, for receivers in one's own network.
"""

import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from evergrow.lib import outside


class Forbidden(Exception):
    """An address that webhooks may not reach; ``str`` says why."""


def check(url: str) -> str:
    """The host of an address that is written like one of a webhook. Raises Forbidden."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise Forbidden(_("A webhook's address looks like https://example.com/hook, without a user or password in it."))
    if parts.scheme == "http" and parts.hostname.lower() not in settings.WEBHOOK_HOSTS:
        raise Forbidden(_("A webhook's address begins with https://."))
    return parts.hostname.lower()


def address(url: str) -> str:
    """The IP address to connect to. Every address of the host must be public. Raises Forbidden, OSError."""
    host, parts = check(url), urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if host not in settings.WEBHOOK_HOSTS:
        for each in found:
            if not outside.is_public(each.partition("%")[0]):
                raise Forbidden(_("%(host)s lies in a private network, which webhooks do not reach.") % {"host": host})
    return found[0]
