"""Product lines: each product may have a scorecard of its own, and accounts' scores roll up from theirs."""
