"""The room's pages, one topic a file."""
