"""Texts sealed with a key, so that whoever reads the store alone cannot read them, nor change them unseen.

AES-256-GCM; the key is derived from a secret and a purpose by HKDF-SHA256 (RFC 5869), so that what was sealed for one
purpose opens for no other. A sealed text is ``s1:`` and, in base64, a nonce of 12 random bytes with the ciphertext.
"""

import base64
import binascii
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK, NONCE = "s1:", 12


class CannotOpen(Exception):
    """A sealed text that this key does not open: it was sealed with another one, or somebody changed it."""


def seal(text: str, secret: str, purpose: str) -> str:
    """``text`` sealed; the same text looks different each time."""
    nonce = secrets.token_bytes(NONCE)
    return (
        MARK + base64.urlsafe_b64encode(nonce + _cipher(secret, purpose).encrypt(nonce, text.encode(), None)).decode()
    )


def opened(sealed: str, secret: str, purpose: str) -> str:
    """The text that was sealed with this secret for this purpose. Raises CannotOpen."""
    if not sealed.startswith(MARK):
        raise CannotOpen
    try:
        made = base64.urlsafe_b64decode(sealed.removeprefix(MARK))
        return _cipher(secret, purpose).decrypt(made[:NONCE], made[NONCE:], None).decode()
    except (binascii.Error, ValueError, InvalidTag):
        raise CannotOpen from None


@lru_cache(maxsize=32)
def _cipher(secret: str, purpose: str) -> AESGCM:
    info = f"evergrow sealed {purpose}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode()))
