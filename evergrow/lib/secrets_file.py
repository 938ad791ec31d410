"""Secrets that are made on the first run and kept in the data folder, readable by their owner alone."""

import os
import secrets
from pathlib import Path


def read_or_make(folder: Path, name: str, size: int = 48) -> str:
    """The secret kept in ``folder/name``; made with ``size`` random bytes and mode 0600 when it is not there.

    Two processes that start together end with the same secret: only one creates the file.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / name
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(size))
        out.flush()
        os.fsync(out.fileno())
    return file.read_text().strip()
