"""This room's kinds of items in the list of the day; other rooms register theirs with ``day.sources``."""

from evergrow.success.day.kinds import approvals, mentions, renewals, rescues, signals, tasks, visits


def register() -> None:
    """Put tasks, signals, approvals, mentions, visits, rescues and renewals into the list."""
    for module in (tasks, signals, approvals, mentions, visits, rescues, renewals):
        module.register()
