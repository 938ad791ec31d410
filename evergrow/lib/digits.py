"""Numbers typed into addresses and forms."""


def row_id(text: object) -> int:
    """The id that a text is, from 1 to 18 digits; 0 where it is none."""
    said = str(text)
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else 0


def small(text: object) -> int:
    """The number that a text is, from 1 to 9 digits, such as that of an account or a person; 0 where it is none."""
    found = row_id(text)
    return found if len(str(text)) <= 9 else 0
