"""What is wrong with a row, as a sentence that names the fix, in either language."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from evergrow.intake.words import Words


@dataclass(frozen=True, slots=True)
class Problem:
    """``text`` is a translatable sentence with %(name)s places, ``field`` the label of the field it is about."""

    text: Words
    values: dict[str, Any] = field(default_factory=dict)
    field: Words = ""

    def __str__(self) -> str:
        told = str(self.text) % {name: _short(value) for name, value in self.values.items()}
        return gettext("%(field)s: %(problem)s") % {"field": self.field, "problem": told} if self.field else told

    def told(self, language: str) -> str:
        """The sentence in a language (``zh-hans`` or ``en``)."""
        with translation.override(language):
            return str(self)


class Unreadable(ValueError):
    """A cell that a parser cannot make sense of."""

    def __init__(self, text: Words, **values: Any) -> None:
        super().__init__(text)
        self.text, self.values = text, values


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
