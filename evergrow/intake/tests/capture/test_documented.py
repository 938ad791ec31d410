"""docs/capture.md says where every format listens, and nothing else."""

import re
from pathlib import Path

from evergrow.intake.capture.formats import FORMATS, Endpoint

PAGE = Path(__file__).resolve().parents[4] / "docs" / "capture.md"


def rows() -> list[list[str]]:
    """The cells of the table of addresses."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_address_is_documented_with_its_format_and_its_methods() -> None:
    documented = {
        (name.strip("`"), method.strip(), re.sub(r"\{.*?\}", "{}", address))
        for name, methods, addresses, _ in rows()
        for method in methods.split(",")
        for address in re.findall(r"`(/[^`]*)`", addresses)
    }
    served = {
        (each.name, method, address)
        for each in FORMATS.values()
        for address, target in each.routes.items()
        for method in target.methods
    }
    assert documented == served


def test_every_format_that_takes_messages_says_what_it_keeps() -> None:
    sections = set(re.findall(r"^### (\w+)$", PAGE.read_text(), re.MULTILINE))
    taking = {each.name for each in FORMATS.values() if any(isinstance(t, Endpoint) for t in each.routes.values())}
    assert sections == taking
