"""Criteria: one rule language for segments, tiers, computed traits and the ideal customer profile.

``parse`` reads JSON, ``find`` and ``count`` ask the event store, ``evaluator`` asks one ``subject``, ``sentence`` says
it in words. What the language can say stands in docs/criteria.md.
"""

from evergrow.customers.criteria.ask import count, find, find_many, preview, sample
from evergrow.customers.criteria.bound import Statement
from evergrow.customers.criteria.compile import bitmap, sql
from evergrow.customers.criteria.errors import CostError, CriteriaError
from evergrow.customers.criteria.evaluate import evaluator
from evergrow.customers.criteria.explain import Explained, explain
from evergrow.customers.criteria.load import subject
from evergrow.customers.criteria.needs import Needs, needs
from evergrow.customers.criteria.parse import parse
from evergrow.customers.criteria.subjects import Subject
from evergrow.customers.criteria.text import from_yaml, to_yaml
from evergrow.customers.criteria.tree import Criteria
from evergrow.customers.criteria.words import sentence
from evergrow.customers.criteria.write import as_data

__all__ = [
    "CostError",
    "Criteria",
    "CriteriaError",
    "Explained",
    "Needs",
    "Statement",
    "Subject",
    "as_data",
    "bitmap",
    "count",
    "evaluator",
    "explain",
    "find",
    "find_many",
    "from_yaml",
    "needs",
    "parse",
    "preview",
    "sample",
    "sentence",
    "sql",
    "subject",
    "to_yaml",
]
