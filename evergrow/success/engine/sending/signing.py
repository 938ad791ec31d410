"""The signature of webhooks after the Standard Webhooks scheme: HMAC-SHA256 over id, time and body.

The secret belongs to a workspace and a host. It follows from the secret key of this server, so nothing is stored.
"""

import base64
import hmac
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings

from evergrow.workspaces.models import Workspace

PREFIX = "whsec_"


def secret(workspace: Workspace, url: str) -> str:
    """The secret that the receiver at this address checks signatures with: ``whsec_`` and 32 bytes in base64."""
    host = (urlsplit(url).hostname or "").lower()
    made = hmac.new(settings.SECRET_KEY.encode(), f"webhook {workspace.pk} {host}".encode(), sha256).digest()
    return PREFIX + base64.b64encode(made).decode()


def headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a signed message; ``timestamp`` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
