"""The address ``/batch``, which PostHog and Amplitude share: PostHog's body has ``batch``, Amplitude's ``events``."""

from typing import Any

from evergrow.intake.capture import decode
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats import amplitude, posthog
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Payload, Taken
from evergrow.intake.capture.requests import Request


def is_amplitude(payload: Payload) -> bool:
    """Whether a body is Amplitude's."""
    return isinstance(payload, dict) and "events" in payload and "batch" not in payload


def items(payload: Payload, kind: str) -> list[Any]:
    """The events of either."""
    return (amplitude.items if is_amplitude(payload) else posthog.items)(payload, kind)


def translate(item: Any, envelope: Envelope) -> Any:
    """An event of either: Amplitude's have an ``event_type``, PostHog's an ``event``."""
    is_theirs = isinstance(item, dict) and "event_type" in item and "event" not in item
    return (amplitude.translate if is_theirs else posthog.translate)(item, envelope)


def accepted(taken: Taken) -> Answer:
    """What the client of either waits for."""
    return (amplitude.accepted if is_amplitude(taken.payload) else posthog.accepted)(taken)


def refused(request: Request, problem: Problem) -> Answer:
    """A refusal in the shape of either."""
    try:
        is_theirs = is_amplitude(decode.read_json(posthog.open_body(request)))
    except decode.BadBody:
        is_theirs = False
    return (amplitude.refused if is_theirs else posthog.refused)(request, problem)


FORMAT = Format(
    name="batch",
    items=items,
    translate=translate,
    sent=posthog.sent,
    routes={
        "/batch": Endpoint(kind="batch", open=posthog.open_body, keys=posthog.keys, accepted=accepted, refused=refused)
    },
)
