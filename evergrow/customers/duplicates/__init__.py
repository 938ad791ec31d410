"""People who may be one person, and accounts that may be one customer: found, judged by colleagues, remembered."""
