"""This room's kinds of items in the list of the day; other rooms register theirs with ``day.sources``."""

from evergrow.success.day.kinds import approvals, renewals, rescues, signals, tasks


def register() -> None:
    """Put tasks, signals, approvals, rescues and renewals into the list."""
    for module in (tasks, signals, approvals, rescues, renewals):
        module.register()
