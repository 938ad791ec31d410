"""Scorecards and the history of every score."""
