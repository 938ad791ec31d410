"""``evergrow search``: read everything into the full-text index again."""

import argparse
from typing import Any


def add_to(commands: Any) -> None:
    parser = commands.add_parser("search", help="rebuild the full-text index", description=__doc__)
    parser.add_argument("act", choices=["rebuild"], help="forget the index and read everything again")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    from evergrow.customers.search import index

    print(f"{index.rebuild():,} entries can be found.")
