"""Scores that people set: always with a reason, a last day and a second colleague's approval, always shown as such."""
