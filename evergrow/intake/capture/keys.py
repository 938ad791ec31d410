"""The write keys that work now, in memory: looked up without a query, read again every two seconds."""

import logging
import threading
import time
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q

from evergrow.intake.capture.limits import Limits, in_force
from evergrow.lib import clock, tokens
from evergrow.workspaces.actions.keys import TOUCH_GAP
from evergrow.workspaces.models import Key, KeyKind

log = logging.getLogger(__name__)
FRESH_SECONDS = 2.0
AGING_SECONDS = 1.0  # then they are read again while somebody sends, so that nobody waits for it
ASK_AGAIN_SECONDS = 0.25
MOST_HEADERS = 10_000


class Source(NamedTuple):
    """Whom a write key stands for, and what it may send."""

    key_id: int
    workspace_id: int
    name: str
    limits: Limits = Limits()


class _Keys(NamedTuple):
    """What one reading found, and the headers that were understood by it."""

    by_hash: dict[str, Source]
    by_header: dict[str, Source]


class KeyRing:
    """Every working write key by its hash. What is changed about keys and their limits works within two seconds."""

    def __init__(self) -> None:
        self._keys = _Keys({}, {})
        self._read_at = 0.0
        self.is_unsure = False  # the last reading failed, so a key that we do not know may well be one
        self._lock = threading.Lock()

    @property
    def is_stale(self) -> bool:
        return time.monotonic() - self._read_at > FRESH_SECONDS

    @property
    def is_aging(self) -> bool:
        return time.monotonic() - self._read_at > AGING_SECONDS

    @property
    def pause(self) -> float:
        """How many seconds to let pass before the next reading: strangers must not keep the database busy."""
        return max(0.0, self._read_at + ASK_AGAIN_SECONDS - time.monotonic())

    def find(self, secret: str) -> Source | None:
        """Whom the secret stands for, as far as we know."""
        return self._keys.by_hash.get(tokens.digest(secret))

    def of_header(self, header: str) -> Source | None:
        """Whom an authorization header stands for, where it was understood since the keys were read."""
        return self._keys.by_header.get(header)

    def understand(self, header: str, secret: str) -> None:
        """Remember what a header stands for until the keys are read again: its like comes thousands of times."""
        keys = self._keys
        source = keys.by_hash.get(tokens.digest(secret))
        if source is not None and len(keys.by_header) < MOST_HEADERS:
            keys.by_header[header] = source

    def refresh(self) -> None:
        """Read the keys again. With the database away the known ones go on working."""
        with self._lock:
            try:
                rows = Key.objects.filter(kind=KeyKind.WRITE, revoked_at=None).select_related("source_settings")
                self._keys = _Keys({key.key_hash: _source(key) for key in rows}, {})
                self.is_unsure = False
            except Exception:
                self.is_unsure = True
                log.exception("The write keys could not be read; those known go on working.")
            finally:
                self._read_at = time.monotonic()


def _source(key: Key) -> Source:
    return Source(key.pk, key.workspace_id, key.name, in_force(getattr(key, "source_settings", None)))


def note_use(keys: Iterable[int]) -> None:
    """Remember that these keys brought something, at most once a minute each."""
    now = clock.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - TOUCH_GAP)
    Key.objects.filter(stale, pk__in=list(keys)).update(last_used_at=now)
