"""Capture and imports: wire formats, spool, files."""
