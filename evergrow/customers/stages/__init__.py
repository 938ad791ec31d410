"""Lifecycles: accounts, people and products go through stages, by criteria or by hand, and the way they went stays.

1. ``definition`` reads what a version says; ``editing`` drafts and publishes it; ``gates`` guard the way on.
2. ``facts`` asks the criteria once for everybody, ``deciding`` says who moves, ``evaluating`` lets them (a job).
3. ``moves`` is the only place that writes stays; it tells the story, the traits and whoever listens (``on_moves``).
4. ``days`` counts, ``timing`` says how long a stage takes, ``board`` and ``flow`` are what the pages show.
"""
