"""Calls, meetings, visits: drafted, planned, logged, and split into needs, issues, praise and next steps."""
