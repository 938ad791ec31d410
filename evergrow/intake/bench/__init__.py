"""``evergrow bench capture``: how fast events are acknowledged on disk, and how soon they are in the stores."""

from evergrow.intake.bench.capture import run

__all__ = ["run"]
