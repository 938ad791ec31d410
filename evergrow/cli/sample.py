"""``evergrow sample``: load the sample into a workspace of its own, score it and raise its signals."""

import argparse
from typing import Any

from evergrow.cli import Refused
from evergrow.cli.members import find_workspace
from evergrow.lib.terminal import Report, progress

READY = "sample.ready"


def add_to(commands: Any) -> None:
    parser = commands.add_parser("sample", help="load the sample into an empty workspace", description=__doc__)
    parser.add_argument("workspace", help="the workspace's short name, as in its address")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    from evergrow import warehouse
    from evergrow.customers.models import Account

    workspace = find_workspace(arguments.workspace)
    if Account.objects.filter(workspace=workspace).exists() and not workspace.is_sample:
        raise Refused(f"{workspace} holds customers already; the sample goes into an empty workspace.")
    try:
        warehouse.migrate()
    except warehouse.StoreUnavailable as error:
        raise Refused(f"{error} Stop the server, or load the sample with the first `evergrow up`.") from None
    workspace.is_sample = True
    workspace.save(update_fields=["is_sample"])
    load(workspace)


def is_loaded(workspace: Any) -> bool:
    """Whether the sample was loaded to its end."""
    return bool(workspace.audit_entries.filter(verb=READY).exists())


def load(workspace: Any) -> None:
    """Import the files, compute today's scores and their history, raise the signals. Going on after a break is safe."""
    from evergrow.customers.stages import sample as stages
    from evergrow.health import actions as health
    from evergrow.intake.sample import load_sample
    from evergrow.success import actions as success
    from evergrow.success import sample as work
    from evergrow.success.campaigns import sample as campaigns
    from evergrow.success.plans import sample as plans
    from evergrow.success.releases import sample as releases
    from evergrow.workspaces import audit

    reports: dict[str, Report] = {}
    load_sample(workspace, lambda kind, done, total: reports.setdefault(kind, progress(kind))(done, total))
    stages.load(workspace)
    health.compute(workspace=workspace, on_progress=progress("Scoring half a year"))
    success.raise_signals(workspace)
    plans.load(workspace)
    campaigns.load(workspace)
    releases.load(workspace)
    work.load(workspace)
    audit.record(workspace, READY, workspace, by=None)
