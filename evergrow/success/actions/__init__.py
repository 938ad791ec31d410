"""The write verbs of this room. ``raise_signals`` is also for the command that loads the sample."""

from evergrow.success.actions.raising import raise_signals

__all__ = ["raise_signals"]
