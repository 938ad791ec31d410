"""Triggers: what starts playbooks by itself, how often for whom, and who is held out to compare with.

``definition`` what a rule says · ``looking`` whom it concerns now · ``turning`` what that makes fire · ``judging`` what
stands against it · ``writing`` how it is kept · ``evaluating`` all of it in order · ``starting`` runs from what waits.
"""
