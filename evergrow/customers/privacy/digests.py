"""Keyed hashes of ids: they tell that an id was erased without saying which ids those are."""

import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings

from evergrow.customers.models import ErasedId
from evergrow.lib.batches import batched

ASK = 500


def digest(workspace_id: int, value: str) -> str:
    """HMAC-SHA256 of an id within a workspace, by the instance's secret key. Emails count in small letters."""
    text = value.strip()
    text = text.lower() if "@" in text else text
    key = f"evergrow.erased:{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{workspace_id}:{text}".encode(), hashlib.sha256).hexdigest()


def erased_among(workspace_id: int, values: Iterable[str]) -> set[str]:
    """Which of these ids belong to somebody who was erased."""
    by_digest: dict[str, list[str]] = {}
    for value in {value for value in values if value}:
        by_digest.setdefault(digest(workspace_id, value), []).append(value)
    found: set[str] = set()
    for part in batched(by_digest, ASK):
        rows = ErasedId.objects.filter(workspace_id=workspace_id, digest__in=part)
        for known in rows.values_list("digest", flat=True):
            found.update(by_digest[known])
    return found


def has_erased(workspace_id: int) -> bool:
    """Whether anybody was ever erased here; asked before anything is hashed."""
    return ErasedId.objects.filter(workspace_id=workspace_id).exists()
