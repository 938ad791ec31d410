"""Why rows were refused, counted from the file of bad rows."""

import csv
from collections import Counter

from evergrow.intake.models import Import

LOOKED_AT = 20_000


def reasons(source: Import, language: str, count: int = 8) -> list[tuple[str, int]]:
    """The most frequent reasons with their number of rows, in a language; of the first 20,000 bad rows."""
    if not source.bad or not source.rejected_path.exists():
        return []
    place = 2 if language.startswith("zh") else 1
    found: Counter[str] = Counter()
    with source.rejected_path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            if number > LOOKED_AT:
                break
            if number and len(row) > place:
                found.update(part for part in row[place].split("; ") if part)
    return found.most_common(count)
