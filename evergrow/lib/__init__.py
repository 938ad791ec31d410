"""Leaf helpers, one topic a file: no Django, no room."""
