"""Where this instance is reached: what the settings say, else where it was served last, which ``serve`` writes down.

The address lies in the data folder, so that commands about the same folder print links that work.
"""

from contextlib import suppress
from pathlib import Path

FILE = "address"
ANY = ("0.0.0.0", "::", "")  # noqa: S104


def of(host: str, port: int) -> str:
    """The address of an instance that listens there; from this machine where it listens everywhere."""
    name = "127.0.0.1" if host in ANY else host
    return _public() or f"http://{f'[{name}]' if ':' in name else name}:{port}"


def leave(host: str, port: int) -> None:
    """Write down where this instance is served. A folder that cannot be written costs other commands the port."""
    with suppress(OSError):
        _file().write_text(of(host, port), encoding="utf-8")


def known() -> str:
    """The address for links: of the settings, of the last time it was served, or the usual one."""
    try:
        left = _file().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        left = ""
    return _public() or (left if left.startswith(("http://", "https://")) else "") or of("127.0.0.1", 8000)


def _public() -> str:
    from django.conf import settings

    return str(settings.PUBLIC_URL or "").rstrip("/")


def _file() -> Path:
    from django.conf import settings

    return Path(settings.DATA) / FILE
