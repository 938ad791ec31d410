"""Who sends where a format has no ids: the same browser on the same day, without keeping its address.

The way of Plausible and Umami: a keyed hash of address and browser under a key that changes every day (UTC), so that
nobody, we included, can follow a visitor from one day to the next or find out the address.
"""

import hashlib

from django.conf import settings

from evergrow.intake.capture.keys import Source
from evergrow.intake.capture.requests import Request
from evergrow.lib import clock


def of(source: Source, request: Request) -> str:
    """32 hexadecimal digits that stand for the sender of a request until the end of the day."""
    day = f"{clock.now():%Y-%m-%d}"
    key = hashlib.blake2b(f"visitor {day} {settings.SECRET_KEY}".encode(), digest_size=32).digest()
    who = f"{source.workspace_id}\n{request.address}\n{request.header(b'user-agent')}"
    return hashlib.blake2b(who.encode(), key=key, digest_size=16).hexdigest()
