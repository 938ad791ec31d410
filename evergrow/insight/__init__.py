"""Questions asked of events."""
