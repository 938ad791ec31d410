"""What became of the messages of each source: counted as they pass, shown, watched. A source is a write key."""
