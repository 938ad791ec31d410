"""Changes of many rows at once: shown before, told while they run, taken back within seven days."""
