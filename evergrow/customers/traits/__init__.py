"""Traits: what is known of people and accounts, where it is from, how it was before, and what is computed from events.

``learn`` is the one way in for values that are captured, imported or typed.
"""

from evergrow.customers.traits.heard import Heard
from evergrow.customers.traits.learning import Learner, Saying, join, learn, learn_many

__all__ = ["Heard", "Learner", "Saying", "join", "learn", "learn_many"]
