"""Home: the portfolio at a glance. One file per card; each number knows the list behind it."""
