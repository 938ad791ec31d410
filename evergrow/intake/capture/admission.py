"""Whether a request may come in: what its source is allowed, and how it is told that it may not."""

from evergrow.intake.capture.answers import Problem
from evergrow.intake.capture.keys import Source
from evergrow.intake.capture.limits import allows, origin_of
from evergrow.intake.capture.requests import Request


class Refused(Exception):
    """Nothing is taken; ``problem`` says why. Where it is known whose request it was, that is counted."""

    def __init__(self, problem: Problem, source: Source | None = None) -> None:
        super().__init__(problem.code)
        self.problem, self.source = problem, source


def admit(source: Source, request: Request) -> None:
    """Raise Refused (403) when the source is paused, or when the request comes from a page that may not send.

    403 because official clients give up at once there, where 429 or 503 would make them come back for ever.
    """
    limits = source.limits
    if limits.is_paused:
        raise Refused(Problem(403, "source_paused", "This source is paused. Resume it on its page."), source)
    check_size(source, len(request.body))
    if not limits.origins:
        return
    origin = request.header(b"origin") or (origin_of(request.header(b"referer")) if request.method == "GET" else "")
    if origin and not allows(limits.origins, origin):
        sentence = f"Pages at {origin[:200]} may not send with this key. Add them to the source's allowed pages."
        raise Refused(Problem(403, "origin_not_allowed", sentence), source)


def check_size(source: Source, size: int) -> None:
    """Raise Refused (413) when a request of so many bytes is larger than its source may send."""
    most = source.limits.request
    if most and size > most:
        sentence = f"A request may hold {most // 1024} KiB, this one holds {size // 1024 + 1}. Send smaller batches."
        raise Refused(Problem(413, "body_too_large", sentence), source)
