"""Saved questions: kept under a name with their versions, shared, starred, put away and brought back."""
