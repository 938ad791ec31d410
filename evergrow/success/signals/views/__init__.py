"""Pages of signals: rules, the inbox, many at once, limits and archive."""
