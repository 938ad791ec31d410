"""The trend question: how often, or by how many, something was done, period by period.

The way of a question: ``parse`` → ``question`` → ``plan`` (steps) → ``compile`` (SQL) → ``ask`` (run) → ``result``.
"""
