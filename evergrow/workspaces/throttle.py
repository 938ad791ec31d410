"""How often somebody may knock: counted per window of time in the cache."""

import hashlib

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest


def allow(what: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one try of ``what`` by ``who`` and say whether it is within ``limit`` per ``seconds``.

    The window begins with the first try. Each server process counts for itself unless they share a cache.
    """
    return remaining(what, who, limit=limit, seconds=seconds) >= 0


def remaining(what: str, who: str, *, limit: int, seconds: int) -> int:
    """Count one try; how many more are allowed in this window, negative when there were too many."""
    digest = hashlib.sha256(f"{what}\n{who}".encode("utf-8", "surrogatepass")).hexdigest()
    key = f"throttle:{digest}"
    if cache.add(key, 1, seconds):
        return limit - 1
    try:
        return limit - int(cache.incr(key))
    except ValueError:  # the window ended between the two
        cache.set(key, 1, seconds)
        return limit - 1


def visitor(request: HttpRequest) -> str:
    """The address a request comes from; behind a proxy the one that the proxy saw. One IPv6 network is one visitor."""
    return str(ratelimit.get_ip(request))
