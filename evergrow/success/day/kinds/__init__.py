"""This room's kinds of items in the list of the day; other rooms register theirs with ``day.sources``."""

from evergrow.success.day.kinds import approvals, renewals, signals, tasks


def register() -> None:
    """Put tasks, signals, approvals and renewals into the list."""
    for module in (tasks, signals, approvals, renewals):
        module.register()
