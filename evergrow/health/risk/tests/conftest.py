"""A short history of scores, as for the other tests of this room."""

from evergrow.health.tests.conftest import short_history

__all__ = ["short_history"]
