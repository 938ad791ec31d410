"""SQL texts that live in files, one per question, named after the function that asks it."""

from functools import cache
from pathlib import Path

ROOMS = Path(__file__).resolve().parent.parent


@cache
def statement(room: str, name: str) -> str:
    """The text of ``evergrow/<room>/sql/<name>.sql``. Raises FileNotFoundError when there is none."""
    return (ROOMS / room / "sql" / f"{name}.sql").read_text(encoding="utf-8")
