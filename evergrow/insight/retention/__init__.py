"""The retention question: of those who began, how many came back, period by period.

The way of a question: ``parse`` → ``question`` → ``plan`` (steps) → ``bitmaps`` or ``subjects`` (SQL) → ``ask`` (run)
→ ``result``. ``spans`` says which periods a column covers and which cells are full observations, ``mean`` pools them.
"""
