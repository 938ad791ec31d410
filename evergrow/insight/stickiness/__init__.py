"""The stickiness question: on how many days, weeks or months of a range was each there, and who comes nearly always.

The way of a question: ``parse`` → ``question`` → ``plan`` → ``compile`` (SQL) → ``ask`` (run) → ``result``.
"""
