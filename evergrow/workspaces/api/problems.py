"""Errors as problem details (RFC 9457): ``application/problem+json`` with type, title, status and detail."""

import json
import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja import errors as ninja
from pydantic import Field

from evergrow.workspaces.errors import Refused

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class InvalidPart(Schema):
    """One part of the request that cannot be used."""

    where: str = Field(description="The path to it, for example body.name or query.limit.")
    detail: str


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type: str = Field("about:blank", description="A name for the kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[InvalidPart] = []


def problem(
    status: int, detail: str = "", *, errors: list[dict[str, str]] | None = None, kind: str = ""
) -> HttpResponse:
    """A response that says what went wrong. ``kind`` is the error's own name, for programs that tell them apart."""
    phrase = HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "type": f"urn:evergrow:problem:{kind}" if kind else "about:blank",
        "title": phrase,
        "status": status,
        "detail": detail or phrase,
    }
    if errors:
        body["errors"] = errors
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


_refusals: dict[type[Exception], int] = {Refused: 422}


def refusal(error: type[Exception], status: int = 409) -> None:
    """Say that errors of this class are refusals: their text is the sentence for the caller."""
    _refusals[error] = status


def answer(request: HttpRequest, error: Any) -> HttpResponse:
    """The problem for any error that an operation raised."""
    for known, status in _refusals.items():
        if isinstance(error, known):
            field = getattr(error, "field", "")
            parts = [{"where": f"body.{field}", "detail": str(error)}] if field else None
            response = problem(status, str(error), errors=parts, kind=type(error).__name__)
            if status == 503:
                response["Retry-After"] = "5"
            return response
    if isinstance(error, ninja.ValidationError):
        return problem(422, _("Some of the request cannot be used."), errors=[_part(part) for part in error.errors])
    if isinstance(error, ninja.Throttled):
        response = problem(429, _("Too many calls. Wait, then go on."))
        response["Retry-After"] = str(error.wait or 60)
        return response
    if isinstance(error, ninja.AuthenticationError):
        return unauthorized(_("Send a working API token: Authorization: Bearer egt_…"))
    if isinstance(error, ninja.HttpError):
        return problem(error.status_code, error.message)
    if isinstance(error, ValidationError):
        return problem(422, " ".join(error.messages), errors=_fields(error), kind=_name(error, ValidationError))
    if isinstance(error, Http404):
        return problem(404, _("There is nothing here, or nothing that this token may see."))
    if isinstance(error, PermissionDenied):
        return problem(403, _("The role of this token does not allow it."))
    log.error("An API operation failed: %s %s", request.method, request.path, exc_info=error)
    return problem(500, _("Something went wrong on our side. It was written to the log."))


def unauthorized(detail: str) -> HttpResponse:
    """401 with the challenge that RFC 9110 asks for."""
    response = problem(401, detail)
    response["WWW-Authenticate"] = 'Bearer realm="evergrow"'
    return response


def _part(error: dict[str, Any]) -> dict[str, str]:
    return {"where": ".".join(str(step) for step in error.get("loc", ())), "detail": str(error.get("msg", ""))}


def _fields(error: ValidationError) -> list[dict[str, str]]:
    if not hasattr(error, "error_dict"):
        return []
    return [{"where": f"body.{field}", "detail": text} for field, texts in error.message_dict.items() for text in texts]


def _name(error: Exception, base: type[Exception]) -> str:
    return "" if type(error) is base else type(error).__name__
