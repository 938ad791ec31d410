"""Segments: who meets criteria now, or was put on a list; who came and who left, and when.

``current`` gives the members as numbers, ``members_sql`` as an expression for statements, ``on_moves`` lets another
room hear of every change. Everything else is done by ``customers.actions.segments``.
"""

from evergrow.customers.segments.membership import current, members_sql
from evergrow.customers.segments.moves import Moves, on_moves

__all__ = ["Moves", "current", "members_sql", "on_moves"]
