"""Whether we are there and take events."""

from evergrow.intake.capture.answers import Answer
from evergrow.intake.capture.formats.format import Door, Format, Page
from evergrow.intake.capture.requests import Request


async def health(request: Request, door: Door) -> Answer:
    """200 while events can be taken, 503 with the reason while they cannot."""
    return door.health()


FORMAT = Format(name="health", routes={"/health": Page(answer=health)})
