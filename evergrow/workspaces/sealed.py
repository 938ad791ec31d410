"""Secrets of rows: kept sealed under the instance's key (``EVERGROW_SECRET_KEY``), opened only where they are used."""

from django.conf import settings
from django.utils.translation import gettext as _

from evergrow.lib import sealing
from evergrow.lib.sealing import CannotOpen

__all__ = ["CannotOpen", "opened", "seal", "sentence"]


def seal(text: str, purpose: str) -> str:
    """``text`` as it is kept; an empty one stays empty."""
    return sealing.seal(text, settings.SECRET_KEY, purpose) if text else ""


def opened(kept: str, purpose: str) -> str:
    """The text again. Raises CannotOpen after a change of the instance's key."""
    return sealing.opened(kept, settings.SECRET_KEY, purpose) if kept else ""


def sentence() -> str:
    """What to do when a secret cannot be opened, in the reader's language."""
    return _("What was kept here can no longer be read, because the secret key of this server changed. Enter it anew.")
