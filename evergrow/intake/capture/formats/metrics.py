"""What Prometheus asks: only with the token of the setting EVERGROW_METRICS_TOKEN, and only where one is set."""

import asyncio
import hmac

from django.conf import settings

from evergrow.intake.capture import answers, credentials
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats.format import Door, Format, Page
from evergrow.intake.capture.requests import Request

ABSENT = Problem(404, "not_found", "There is no such page here.")
WRONG = Problem(401, "invalid_token", "Send the token of EVERGROW_METRICS_TOKEN as Authorization: Bearer.")


async def metrics(request: Request, door: Door) -> Answer:
    """The figures of this process in the text format 0.0.4."""
    token = settings.METRICS_TOKEN
    if not token:
        return answers.error(ABSENT)
    scheme = request.header(b"authorization").strip().partition(" ")[0].lower()
    given = credentials.from_header(request.header(b"authorization")) if scheme == "bearer" else ""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return answers.error(WRONG)
    from evergrow.intake.pipeline import exposition

    kind, text = await asyncio.to_thread(exposition.text)
    return Answer(200, text, ((b"content-type", kind.encode()), (b"cache-control", b"no-store")))


FORMAT = Format(name="metrics", routes={"/metrics": Page(answer=metrics)})
