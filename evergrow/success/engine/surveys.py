"""Links to surveys: the address with a signed token of run, step and person, by which the answer finds its step."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core import signing

SALT = "success.survey"
PARAMETER = "evergrow"


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a token was made for: primary keys; ``person`` is None where a link was handed over to nobody by name."""

    run: int
    task: int
    person: int | None


def token(run: int, task: int, person: int | None) -> str:
    """A token that only we can make. The same three give the same token."""
    return signing.Signer(salt=SALT).sign(f"{run}-{task}-{person or 0}")


def read(text: str) -> Invited | None:
    """Whom a token was made for, None for one that is not ours."""
    try:
        run, task, person = signing.Signer(salt=SALT).unsign(text).split("-")
    except (signing.BadSignature, ValueError):
        return None
    return Invited(int(run), int(task), int(person) or None)


def link(url: str, token: str) -> str:
    """The survey's address with the token in it."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), (PARAMETER, token)]
    return urlunsplit(parts._replace(query=urlencode(query)))
