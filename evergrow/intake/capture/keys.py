"""The write keys that work now, in memory: looked up without a query, read again every two seconds."""

import logging
import threading
import time
from typing import NamedTuple

from django.db import close_old_connections
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
        self._used: set[int] = set()
        self._noted_at = float("-inf")
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
        source = self._known.get(tokens.digest(secret))
        if source is not None:
            self._used.add(source.key_id)
        return source

    def refresh(self) -> None:
        """Read the keys again and note which were used. With the database away the known ones go on working."""
        with self._lock:
            close_old_connections()
            try:
                rows = Key.objects.filter(kind=KeyKind.WRITE, revoked_at=None).values_list(
                    "key_hash", "pk", "workspace_id", "name"
                )
                self._known = {key_hash: Source(*rest) for key_hash, *rest in rows}  # type: ignore[arg-type]
                self._note_use()
            except Exception:
                log.exception("The write keys could not be read; those known go on working.")
            finally:
                self._read_at = time.monotonic()

    def _note_use(self) -> None:
        if not self._used or time.monotonic() - self._noted_at < TOUCH_GAP.total_seconds():
            return
        used, self._used, self._noted_at = self._used, set(), time.monotonic()
        stale = Q(last_used_at=None) | Q(last_used_at__lte=clock.now() - TOUCH_GAP)
        Key.objects.filter(stale, pk__in=used).update(last_used_at=clock.now())
