"""Sources of events: write keys with their limits, how each client is connected, and whether it is."""
