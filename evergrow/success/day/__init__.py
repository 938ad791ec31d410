"""My day: one ranked list over everything that waits for a person, one item at a time, and the load behind it."""
