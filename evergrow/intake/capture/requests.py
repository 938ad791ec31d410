"""A request at the door, as formats see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from evergrow.intake.capture.keys import Source


@dataclass
class Request:
    """What a client sent. ``path`` has no slash at its end; ``place`` is what stood in the hole of its route.

    The door notes on it whose it is (``source``, once known), how many messages it holds (``count``), and whether a
    body that cannot be read was kept among the rejects (``is_kept``); ``is_large``: its work is worth a thread.
    """

    method: str
    path: str
    query: str
    headers: Mapping[bytes, str]
    body: bytes = b""
    place: str = ""
    address: str = ""
    source: "Source | None" = None
    count: int = 1
    is_kept: bool = False
    is_large: bool = False

    def header(self, name: bytes) -> str:
        """A header by its lower-case name; empty where there is none."""
        return self.headers.get(name, "")

    @cached_property
    def fields(self) -> dict[str, str]:
        """The fields of the query, the last of each name; none where there are more than a thousand."""
        try:
            return dict(parse_qsl(self.query, keep_blank_values=True, max_num_fields=1_000))
        except ValueError:
            return {}
