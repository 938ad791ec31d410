"""The lifecycle question: of those who are there, who is new, who returns, who comes back; and who stays away.

The way of a question: ``parse`` → ``question`` → ``plan`` → ``compile`` (SQL) → ``ask`` (run) → ``result``.
"""
