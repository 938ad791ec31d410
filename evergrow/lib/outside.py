"""Requests to addresses that somebody typed in: never into the private network, and to the host that was checked.

The name is looked up once and the connection goes to that very address, so that a name which answers differently the
second time leads nowhere else.
"""

import ipaddress
import socket
from typing import Any

import httpx

SECONDS = 10.0


class BadAddress(ValueError):
    """The address cannot be used: not https, without a host, unknown, or inside a private network."""


def check(url: str, *, allows_private: bool = False) -> str:
    """The IP address behind ``url``. Raises BadAddress, with a sentence as its text.

    With ``allows_private`` plain http and the own network are allowed: for tests and services of one's own.
    """
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise BadAddress("not-an-address") from None
    if parts.scheme != "https" and not (allows_private and parts.scheme == "http"):
        raise BadAddress("not-https")
    if not parts.host or parts.userinfo:
        raise BadAddress("not-an-address")
    return address(parts.host, parts.port or 443, allows_private=allows_private)


def address(host: str, port: int, *, allows_private: bool = False) -> str:
    """The IP address behind a host. Raises BadAddress."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadAddress("unknown-host") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not allows_private and not all(is_public(each) for each in addresses):
        raise BadAddress("private")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address lies in no private network, not by an IPv4 address written within it either."""
    ip = ipaddress.ip_address(address)
    within = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (within is None or within.is_global)


def post(url: str, *, json: Any, params: dict[str, str] | None = None, allows_private: bool = False) -> httpx.Response:
    """Post ``json`` to ``url``, following no redirect. Raises BadAddress, httpx.HTTPError."""
    ip, parts = check(url, allows_private=allows_private), httpx.URL(url)
    target = parts.copy_with(host=ip)
    target = target.copy_merge_params(params) if params else target
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        headers = {"Host": parts.netloc.decode()}
        return client.post(target, json=json, headers=headers, extensions={"sni_hostname": parts.host})
