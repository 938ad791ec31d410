"""What a batch of messages said of one person or account, each trait with the moment it was said."""

from collections.abc import Mapping
from typing import Any

from evergrow.customers.traits.precedence import text_of


class Heard(dict[str, Any]):
    """The newest value of each trait; of two at the same moment as ``precedence`` says."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: dict[str, int] = {}

    def hear(self, traits: Mapping[str, Any], at: int) -> None:
        """Take traits that were said at a moment, in milliseconds since 1970."""
        for key, value in traits.items():
            if key not in self or _rank(value, at) > _rank(self[key], self.moments[key]):
                self[key], self.moments[key] = value, at

    def join(self, other: "Heard") -> None:
        """Take what was said of somebody who turned out to be the same."""
        for key, value in other.items():
            self.hear({key: value}, other.moments[key])

    def by_moment(self) -> dict[int, dict[str, Any]]:
        """The traits under the moment they were said at."""
        found: dict[int, dict[str, Any]] = {}
        for key, value in self.items():
            found.setdefault(self.moments[key], {})[key] = value
        return found


def _rank(value: Any, at: int) -> tuple[int, bool, str]:
    return at, value is None, text_of(value)
