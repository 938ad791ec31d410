"""A quarter of the team's work for the sample: done by the product's own actions, each at its own moment.

Which accounts, how fast, and what colleagues wrote is thought up; what became due, who got it, which way a decision
went and what came of it follow from the sample as they would from anybody's data.
"""

from evergrow.success.sample.quarter import load

__all__ = ["load"]
