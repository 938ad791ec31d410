"""The read verbs of this room. ``open_tasks`` and ``signals_to_triage`` are for the pages of other rooms."""

from evergrow.success.queries.lists import open_tasks, signals_to_triage

__all__ = ["open_tasks", "signals_to_triage"]
