"""``evergrow import``: bring a file in, the same way as the import page does."""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from evergrow.cli import Refused
from evergrow.cli.members import find_workspace
from evergrow.lib.terminal import progress

KINDS = ["accounts", "people", "events", "subscriptions", "invoices", "tickets", "touches"]


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "import",
        help="import a CSV, CSV.gz, Excel or JSON lines file",
        description=__doc__,
        epilog="Columns are guessed from their names; --map says what a column means: --map 'Company=name'",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--workspace", required=True)
    parser.add_argument("--kind", required=True, choices=KINDS)
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", dest="mapping")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.set_defaults(run=run)
