"""Two accounts turn out to be one customer: shown before, logged, taken back within seven days."""
