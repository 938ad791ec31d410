"""Who did an event on each day, kept in memory as bits: what plain questions about people are counted from."""
