"""What the robots have in common: one POST of JSON, and errors told apart."""

from collections.abc import Callable
from typing import Any

import httpx
from django.conf import settings

from evergrow.lib import outside
from evergrow.workspaces.notices.channels.outcome import Outcome

Reader = Callable[[httpx.Response], Outcome]


def post(url: str, body: Any, read: Reader, *, params: dict[str, str] | None = None) -> Outcome:
    """Post ``body`` and let ``read`` say what a 200 means. A request that broke off midway is ``unknown``."""
    try:
        answer = outside.post(url, json=body, params=params, allows_private=settings.PRIVATE_WEBHOOKS)
    except outside.BadAddress as error:
        is_passing = str(error) == "unknown-host"
        return Outcome("retry_after" if is_passing else "permanent", f"address: {error}")
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return Outcome("retry_after", _said(error))
    except httpx.HTTPError as error:
        return Outcome("unknown", _said(error))
    if answer.status_code == 429:
        return Outcome("retry_after", "429", retry_after(answer, 60.0))
    if answer.status_code >= 500:
        return Outcome("retry_after", f"{answer.status_code} {answer.text[:200]}")
    if answer.status_code >= 300:
        return Outcome("permanent", f"{answer.status_code} {answer.text[:200]}")
    return read(answer)


def retry_after(answer: httpx.Response, default: float) -> float:
    """The seconds of the answer's Retry-After."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else default


def fields(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where it is none."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def cut(text: str, size: int) -> str:
    """``text`` in at most ``size`` bytes of UTF-8, ended with … where something was cut off."""
    kept = text.encode()
    return text if len(kept) <= size else kept[: size - 3].decode(errors="ignore") + "…"


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:200].strip()
