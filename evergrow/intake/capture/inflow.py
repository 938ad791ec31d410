"""Bodies as they come in: whole, in time, and not more of them at once than memory has room for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from evergrow.intake.capture import decode
from evergrow.intake.capture.admission import Refused
from evergrow.intake.capture.answers import Problem

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
MOST = 256 * 1024 * 1024
SMALL = 1024 * 1024
BODY_SECONDS = 120.0
TOO_SLOW = "too_slow"


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


async def read_in_time(share: Share, headers: Mapping[bytes, str]) -> bytes:
    """The whole body. Raises TooLarge, TooMuchAtOnce, and Refused when the client left or takes too long."""
    task = asyncio.current_task()
    # A timer of our own: asyncio.timeout costs as much as reading a small body.
    timer = asyncio.get_running_loop().call_later(BODY_SECONDS, task.cancel, TOO_SLOW) if task else None
    try:
        return await read_body(share.receive, headers)
    except asyncio.CancelledError as cancelled:
        if task is None or cancelled.args != (TOO_SLOW,):
            raise
        task.uncancel()
        sentence = f"The body did not arrive within {BODY_SECONDS:.0f} seconds. Send smaller batches."
        raise Refused(Problem(408, TOO_SLOW, sentence)) from cancelled
    finally:
        if timer is not None:
            timer.cancel()


async def read_body(receive: Receive, headers: Mapping[bytes, str]) -> bytes:
    """The whole body as it came. Raises TooLarge, and Refused when the client left before its end."""
    length = headers.get(b"content-length", "")
    if length.isdigit() and int(length) > decode.LIMIT:
        raise decode.too_large()
    message = await part(receive)
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    parts, size = [message.get("body", b"")], len(message.get("body", b""))
    while message.get("more_body"):
        message = await part(receive)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > decode.LIMIT:
            raise decode.too_large()
    return b"".join(parts)


async def part(receive: Receive) -> MutableMapping[str, Any]:
    """The next part of a body. Raises Refused when the client left: half a body must not be taken for a whole one."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Refused(Problem(400, "disconnected", "The connection ended before the body did."))
    return message
