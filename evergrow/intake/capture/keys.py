"""The write keys that work now, in memory: looked up without a query, read again every two seconds."""

import logging
import threading
import time
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q

from evergrow.lib import clock, tokens
from evergrow.workspaces.actions.keys import TOUCH_GAP
from evergrow.workspaces.models import Key, KeyKind

log = logging.getLogger(__name__)
FRESH_SECONDS = 2.0
ASK_AGAIN_SECONDS = 0.25


class Source(NamedTuple):
    """Whom a write key stands for."""

    key_id: int
    workspace_id: int
    name: str


class KeyRing:
    """Every working write key by its hash. A revoked key stops, and a new one works, within two seconds."""

    def __init__(self) -> None:
        self._known: dict[str, Source] = {}
        self._read_at = 0.0
        self._lock = threading.Lock()

    @property
    def is_stale(self) -> bool:
        return time.monotonic() - self._read_at > FRESH_SECONDS

    @property
    def may_ask_again(self) -> bool:
        """Whether an unknown key is worth another look: it may have been made just now."""
        return time.monotonic() - self._read_at > ASK_AGAIN_SECONDS

    def find(self, secret: str) -> Source | None:
        """Whom the secret stands for, as far as we know."""
        return self._known.get(tokens.digest(secret))

    def refresh(self) -> None:
        """Read the keys again. With the database away the known ones go on working."""
        with self._lock:
            try:
                rows = Key.objects.filter(kind=KeyKind.WRITE, revoked_at=None).values_list(
                    "key_hash", "pk", "workspace_id", "name"
                )
                self._known = {key_hash: Source(*rest) for key_hash, *rest in rows}  # type: ignore[arg-type]
            except Exception:
                log.exception("The write keys could not be read; those known go on working.")
            finally:
                self._read_at = time.monotonic()


def note_use(keys: Iterable[int]) -> None:
    """Remember that these keys brought something, at most once a minute each."""
    now = clock.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - TOUCH_GAP)
    Key.objects.filter(stale, pk__in=list(keys)).update(last_used_at=now)
