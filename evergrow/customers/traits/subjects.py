"""People and accounts as holders of traits: which of their fields are traits, and how one is read and set."""

from typing import Any, Literal

from evergrow.customers.models import Account, Person
from evergrow.customers.traits.precedence import Said

Kind = Literal["person", "account"]
Subject = Person | Account

# Fields that messages, files and colleagues teach, with the longest value that fits
FIELDS: dict[Kind, dict[str, int]] = {
    "person": {"name": 200, "email": 254, "phone": 40, "title": 120},
    "account": {
        "name": 200,
        "other_name": 200,
        "domain": 200,
        "country": 80,
        "industry": 80,
        "size": 40,
        "channel": 80,
    },
}


def kind_of(row: Subject) -> Kind:
    return "person" if isinstance(row, Person) else "account"


def current(row: Subject, key: str) -> Said:
    """The value that counts now, with its origin."""
    value = (getattr(row, key) or None) if key in FIELDS[kind_of(row)] else row.traits.get(key)
    source, at = row.origins.get(key, ("", 0))
    return Said(value, source, at)


def cleaned(kind: Kind, key: str, value: Any) -> Any:
    """The value as it can be kept. A field takes text that fits; ``None`` where it is empty.

    Raises ValueError for what a field cannot hold.
    """
    if key not in FIELDS[kind]:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{key} takes text.")
    text = value.strip()
    if key == "email" and text:
        text = text.lower()
        if "@" not in text or len(text) > FIELDS[kind][key]:
            raise ValueError(f"{text[:40]!r} is no email.")
    return text[: FIELDS[kind][key]] or None


def put(row: Subject, key: str, said: Said) -> None:
    """Make a value the one that counts."""
    row.origins = {**row.origins, key: [said.source, said.at]}
    if key in FIELDS[kind_of(row)]:
        setattr(row, key, said.value or "")
    elif said.value is None:
        row.traits = {name: value for name, value in row.traits.items() if name != key}
    else:
        row.traits = {**row.traits, key: said.value}
