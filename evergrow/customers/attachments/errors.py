"""What is refused about files, each with the sentence that names the way out, in the language of whoever reads it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class FileRefused(ValidationError):
    """The file cannot be kept; its sentence says why."""


class NoRoom(FileRefused):
    """The disk is full: nothing is wrong with the file, and it may come again."""

    def __init__(self, name: str) -> None:
        sentence = _("“%(name)s” could not be written: the disk of the server is full. Tell who runs it.")
        super().__init__(sentence, params={"name": name})


def too_large(name: str, limit: int) -> FileRefused:
    sentence = _("“%(name)s” is larger than %(limit)s MiB. Make it smaller, or paste a link to it instead.")
    return FileRefused(sentence, params={"name": name, "limit": limit})


def too_many(limit: int) -> FileRefused:
    return FileRefused(_("There can be %(limit)s files here. Remove one first."), params={"limit": limit})


def empty(name: str) -> FileRefused:
    return FileRefused(_("“%(name)s” is empty. Choose the file again."), params={"name": name})


def unknown_kind(name: str) -> FileRefused:
    sentence = _(
        "“%(name)s” is of a kind that is not kept. Pictures, PDF, office, text, sound, film and ZIP files are."
    )
    return FileRefused(sentence, params={"name": name})


def other_content(name: str) -> FileRefused:
    sentence = _("“%(name)s” is not what its ending says, and what is in it is of a kind that is not kept.")
    return FileRefused(sentence, params={"name": name})


def other_ending(name: str, endings: tuple[str, ...]) -> FileRefused:
    sentence = _("“%(name)s” is not what its ending says. By its content it should end in %(endings)s.")
    return FileRefused(sentence, params={"name": name, "endings": ", ".join(f".{each}" for each in endings[:3])})
