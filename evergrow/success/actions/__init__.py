"""The write verbs of this room."""
