"""Answers to surveys as a measure of a scorecard, with who answered and when."""
