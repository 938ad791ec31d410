"""How the whole portfolio stands: moves between two days, expected losses, by size, by group, what is missing."""
