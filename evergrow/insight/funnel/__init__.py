"""The funnel question: of those who began, how many went on, step by step, and how long it took.

The way of a question: ``parse`` → ``question`` → ``plan`` (steps) → ``compile`` (SQL) → ``ask`` (run) → ``result``.
``units`` gathers the events of each subject, ``walk`` says in SQL how they fill the steps.
"""
