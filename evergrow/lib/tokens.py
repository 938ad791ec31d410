"""Secrets that are shown once: made at random, kept as a hash, compared in constant time."""

import hashlib
import hmac
import secrets


def make(prefix: str = "") -> str:
    """A new secret of 256 random bits in URL-safe letters, after ``prefix``."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The SHA-256 of a secret in 64 hex letters: what we keep instead of it.

    A plain hash is enough because the secret itself is 256 random bits and cannot be guessed from a list.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, kept: str) -> bool:
    """Whether ``kept`` is the digest of ``secret``, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(digest(secret), kept)
