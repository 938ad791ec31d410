"""The files that came with a form."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from evergrow.customers.models import Attachment

PIECE = 1 << 20


def attach(request: HttpRequest, put: Callable[..., Attachment]) -> list[str]:
    """Put each file of the field ``files`` where ``put(name=…, pieces=…)`` says.

    Gives the sentences of those that were refused; the others are kept.
    """
    refused = []
    for file in request.FILES.getlist("files"):
        try:
            put(name=file.name or "", pieces=file.chunks(PIECE))
        except ValidationError as error:
            refused += error.messages
    return refused
