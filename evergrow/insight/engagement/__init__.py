"""Engagement groups: who is valid, active, core by the workspace's own definition, and who moved between them.

``definition`` → ``question`` → ``plan`` → ``compile`` (SQL) → ``ask`` (run) → ``result``.
"""
