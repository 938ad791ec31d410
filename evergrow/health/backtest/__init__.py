"""Back-tests: a scorecard run as of past days, compared with what became of the accounts afterwards."""
