"""``evergrow import``: bring a file in, the same way as the import page does."""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from evergrow.cli import Refused
from evergrow.cli.members import find_workspace
from evergrow.lib.terminal import progress

COUNTS = ["created", "updated", "unchanged", "bad"]


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "import",
        help="import a CSV, CSV.gz, Excel or JSON lines file",
        description=__doc__,
        epilog="Columns are guessed from their names; --map says it otherwise, for example: --map 'Company=name'",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--workspace", required=True, help="the workspace's short name, as in its address")
    parser.add_argument("--kind", default="", help="accounts, people, events, subscriptions, … (default: guessed)")
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", dest="mapping")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    from evergrow import warehouse

    workspace = find_workspace(arguments.workspace)
    if not arguments.file.is_file():
        raise Refused(f"{arguments.file} is not a file.")
    try:
        source = prepare(workspace, arguments)
    except ValueError as error:
        raise Refused(str(error)) from None
    report = progress(arguments.file.name)
    try:
        warehouse.migrate()
    except warehouse.StoreUnavailable:
        done = through_the_server(source, report)
    else:
        from evergrow.intake.imports import engine

        done = engine.run(source, report)
    tell(done, as_json=arguments.json)


def prepare(workspace: Any, arguments: argparse.Namespace) -> Any:
    """Keep the file, guess its columns, apply what --map says. Raises ValueError when it cannot be used."""
    from evergrow.intake.imports import by_hand, drafts

    source = drafts.receive(
        workspace=workspace,
        file_name=arguments.file.name,
        pieces=by_hand.pieces(arguments.file),
        by=None,
        kind=arguments.kind,
    )
    try:
        if arguments.mapping:
            said = dict(part.split("=", 1) for part in arguments.mapping if "=" in part)
            wanted = {**source.mapping, "columns": {**source.mapping["columns"], **said}}
            drafts.set_mapping(source=source, wanted=wanted, by=None)
        drafts.make_ready(source=source, by=None)
    except ValueError:
        drafts.discard(source=source, by=None)
        raise
    return source


def through_the_server(source: Any, report: Any) -> Any:
    """The running server holds the event store: it runs the import, and we watch."""
    from evergrow.intake.imports import engine
    from evergrow.intake.models import ImportState

    print("The server is running: it does the import.", flush=True)
    engine.start(source=source, by=None)
    while source.state in (ImportState.READY, ImportState.RUNNING):
        time.sleep(0.2)
        source.refresh_from_db()
        report(source.rows_done, source.rows_total)
    return source


def tell(source: Any, *, as_json: bool) -> None:
    """Print the counts; a failed import ends the command with its reason."""
    counts = {name: getattr(source, name) for name in COUNTS}
    if as_json:
        print(json.dumps({"state": source.state, **counts}))
    else:
        print(", ".join(f"{number:,} {name}" for name, number in counts.items()))
    if source.state != "done":
        raise Refused(f"the import ended as {source.get_state_display()}: {source.error or 'see the import page'}")
