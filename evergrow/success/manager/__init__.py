"""The manager's view of work: how much, how late, how long, how far, to what end, how evenly; and moving much of it."""
