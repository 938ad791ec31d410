"""What segments register when the application starts: cards, acts of the account list, jobs."""

from evergrow.customers.segments import card, list_acts, tasks

__all__ = ["card", "list_acts", "tasks"]
