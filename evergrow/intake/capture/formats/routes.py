"""Which address belongs to which format."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from evergrow.intake.capture.formats.format import Endpoint, Format, Page

HOLE = "{}"


class Route(NamedTuple):
    """A format's address; ``place`` is what stood in its hole."""

    format: Format
    target: Endpoint | Page
    place: str = ""


class Routes:
    """Addresses without the slash at their end; those with a hole are looked at after the others."""

    def __init__(self, formats: Iterable[Format]) -> None:
        self.exact: dict[str, Route] = {}
        self.holed: dict[tuple[str, str], Route] = {}
        for each in formats:
            for address, target in each.routes.items():
                self._add(address, Route(each, target))

    def _add(self, address: str, route: Route) -> None:
        before, hole, after = address.partition(HOLE)
        taken: object = self.holed.get((before, after)) if hole else self.exact.get(address)
        if taken is not None:
            raise ValueError(f"Two formats listen at {address}.")
        if hole:
            self.holed[before, after] = route
        else:
            self.exact[address] = route

    def find(self, path: str) -> Route | None:
        """The route of a path that has no slash at its end."""
        found = self.exact.get(path)
        if found is not None:
            return found
        for (before, after), route in self.holed.items():
            if path.startswith(before) and path.endswith(after) and len(path) > len(before) + len(after):
                place = path[len(before) : len(path) - len(after)]
                if "/" not in place:
                    return route._replace(place=unquote(place))
        return None
