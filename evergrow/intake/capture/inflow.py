"""How many bytes of bodies are held at once: many slow senders of large bodies must not take all memory."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
MOST = 256 * 1024 * 1024
SMALL = 1024 * 1024


class TooMuchAtOnce(Exception):
    """There is no room for more of this body now; sending it again later helps."""


class Inflow:
    """Bodies over ``small`` bytes are refused while ``most`` bytes are held, smaller ones only while twice as many are:
    whoever fills the room with large bodies does not shut out the usual small ones.
    """

    def __init__(self, most: int = MOST, small: int = SMALL) -> None:
        self.most, self.small = most, small
        self.held = 0

    def share(self, receive: Receive) -> "Share":
        return Share(self, receive)


class Share:
    """One request's part of what is held: counted as it is received, until it is given back."""

    def __init__(self, inflow: Inflow, receive: Receive) -> None:
        self.inflow, self._receive, self.held = inflow, receive, 0

    async def receive(self) -> MutableMapping[str, Any]:
        """The next part of the body. Raises TooMuchAtOnce."""
        message = await self._receive()
        size = len(message.get("body", b""))
        self.held += size
        self.inflow.held += size
        if self.inflow.held > self.inflow.most * (1 if self.held > self.inflow.small else 2):
            raise TooMuchAtOnce
        return message

    def give_back(self) -> None:
        """The body is not held any more."""
        self.inflow.held -= self.held
        self.held = 0
